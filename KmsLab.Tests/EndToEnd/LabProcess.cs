using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace KmsLab.Tests.EndToEnd;

/// <summary>The lab, or one of its services, as users have it: a process of its own, stopped by a signal.</summary>
internal sealed class LabProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    private LabProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Everything it printed so far.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Starts a program of ours.</summary>
    /// <param name="arguments">Its command line.</param>
    /// <param name="environment">Variables over those of the test run.</param>
    /// <param name="program">Its assembly.</param>
    public static LabProcess Start(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string program = "KmsLab.AppHost")
    {
        var start = new ProcessStartInfo("dotnet", [PathOf(program), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return new LabProcess(Process.Start(start)!);
    }

    /// <summary>Path of a program: AppHost's in its own folder, the services' beside the tests.</summary>
    /// <remarks>AppHost brings other versions of the frameworks' packages.</remarks>
    private static string PathOf(string program)
    {
        var project = program == "KmsLab.AppHost" ? program : "KmsLab.Tests";
        var folder = AppContext.BaseDirectory.Replace("KmsLab.Tests", project, StringComparison.Ordinal);
        return Path.GetFullPath(Path.Combine(folder, $"{program}.dll"));
    }

    /// <summary>A port that was free a moment ago: a process can't tell us which one it took.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until it answers at <paramref name="address"/>; fails when it ends first.</summary>
    public async Task WaitForAsync(Uri address)
    {
        using var direct = new SocketsHttpHandler { UseProxy = false };
        using var http = new HttpClient(direct);
        using var deadline = Deadline();
        while (!await AnswersAsync(http, address, deadline.Token))
        {
            FailIfEnded();
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, deadline.Token);
        }
    }

    /// <summary>Waits until it printed <paramref name="text"/>; fails when it ends first.</summary>
    public async Task WaitForAsync(string text)
    {
        using var deadline = Deadline();
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            FailIfEnded();
            if (deadline.IsCancellationRequested)
                Assert.Fail($"It does not print '{text}', but: {Output}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>Sends a signal, such as <c>INT</c> for Ctrl-C.</summary>
    public void Signal(string name) => Signal(name, _process.Id);

    /// <summary>Sends a signal to any process.</summary>
    public static void Signal(string name, int process)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{process}"]);
        kill.WaitForExit(Patience);
    }

    public async Task<int> WaitForExitAsync()
    {
        using var deadline = Deadline();
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    /// <summary>kill -9: no goodbye, no flush.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit(Patience);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static CancellationTokenSource Deadline()
    {
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        return deadline;
    }

    private static async Task<bool> AnswersAsync(HttpClient http, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(address, "/health"), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Fails the test if it ended by itself.</summary>
    public void FailIfEnded()
    {
        if (_process.HasExited)
            Assert.Fail($"The process ended with {_process.ExitCode}: {Output}");
    }

    private void Keep(string? line)
    {
        if (line is not null)
            _output.Enqueue(line);
    }
}
