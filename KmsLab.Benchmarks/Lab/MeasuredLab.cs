using System.Diagnostics;
using KmsLab.Benchmarks.Load;

namespace KmsLab.Benchmarks.Lab;

/// <summary>A lab started by <c>dotnet run</c> on a data directory of its own, with all its processes. It uses the usual ports, so no other may run.</summary>
internal sealed class MeasuredLab : IDisposable
{
    private const string LastLineOfWelcome = "Ctrl-C stops the lab.";

    private readonly string _mark = Guid.NewGuid().ToString("n");
    private readonly string _variable;
    private readonly string _data = Directory.CreateTempSubdirectory("kmslab-measured-").FullName;
    private readonly TaskCompletionSource<TimeSpan> _healthy = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _lines = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Process _process;

    public MeasuredLab(string variable, IReadOnlyList<string> arguments)
    {
        _variable = variable;
        var start = new ProcessStartInfo("dotnet", ["run", "--project", Path.Combine(Repository(), "KmsLab.AppHost"), "--", "--data", _data, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [variable] = _mark },
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Waits for the welcome, which is printed when all are healthy.</summary>
    /// <exception cref="InvalidOperationException">The lab ended, or was not healthy in time; with what it printed.</exception>
    public async Task<TimeSpan> HealthyAsync(TimeSpan deadline)
    {
        await Task.WhenAny(_healthy.Task, _process.WaitForExitAsync(), Task.Delay(deadline, TimeProvider.System, CancellationToken.None));
        if (!_healthy.Task.IsCompletedSuccessfully)
            throw new InvalidOperationException($"The lab did not become healthy:\n{Output()}");
        return await _healthy.Task;
    }

    /// <summary>All its processes that run now.</summary>
    public IReadOnlyList<int> Processes() => ProcessFamily.WithEnvironment(_variable, _mark);

    /// <summary>Sends AppHost what a terminal's Ctrl-C sends, and waits until no process is left.</summary>
    public async Task<TimeSpan> StopAsync(TimeSpan deadline)
    {
        var clock = Stopwatch.StartNew();
        var appHost = Processes().First(process => NameOf(process).StartsWith("KmsLab.AppHost", StringComparison.Ordinal));
        Process.Start("kill", ["-INT", $"{appHost}"])?.Dispose();
        while (Processes().Count > 0)
        {
            if (clock.Elapsed > deadline)
                throw new InvalidOperationException($"These were left: {string.Join(", ", Processes().Select(NameOf))}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
        }

        return clock.Elapsed;
    }

    /// <summary>The program that a process runs.</summary>
    public static string NameOf(int process)
    {
        var parts = ProcessFamily.CommandLine(process);
        return parts switch
        {
            [] => "",
            [var program, var first, ..] when Path.GetFileName(program) is "dotnet" => first == "run" ? "dotnet run" : Path.GetFileName(first),
            [var program, ..] => Path.GetFileName(program),
        };
    }

    public void Dispose()
    {
        foreach (var process in Processes())
            Process.Start("kill", ["-KILL", $"{process}"])?.Dispose();
        _process.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    private void Take(string? line)
    {
        if (line is null)
            return;

        lock (_lines)
            _lines.Add(line);
        if (line.Contains(LastLineOfWelcome, StringComparison.Ordinal))
            _healthy.TrySetResult(_clock.Elapsed);
    }

    private string Output()
    {
        lock (_lines)
            return string.Join('\n', _lines);
    }

    private static string Repository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "KmsLab.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("KmsLab.sln was not found above this program: run it from the repository.");
    }
}
