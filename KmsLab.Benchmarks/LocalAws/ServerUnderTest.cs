using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KmsLab.Benchmarks.LocalAws;

/// <summary>An AWS endpoint in a process of its own, on a free loopback port.</summary>
internal sealed class ServerUnderTest : IDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private ServerUnderTest(string name, Process process, IPEndPoint address, TimeSpan startedIn) =>
        (Name, _process, Address, StartedIn) = (name, process, address, startedIn);

    public string Name { get; }

    public IPEndPoint Address { get; }

    /// <summary>From the start of the process to its first HTTP answer.</summary>
    public TimeSpan StartedIn { get; }

    /// <summary>Resident memory now, in bytes.</summary>
    public long Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Processor time used so far: unlike throughput, hardly changed by what else the machine is doing.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static Task<ServerUnderTest> LocalAwsAsync(string dataDirectory) => StartAsync("LocalAws", port => new ProcessStartInfo(
        "dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "KmsLab.LocalAws.dll"), $"--LocalAws:Url=http://127.0.0.1:{port}",
            $"--LocalAws:DataDirectory={dataDirectory}", "--Logging:LogLevel:Default=Warning",
        ]));

    /// <summary>As in production: attested calls, on PostgreSQL. Without the rate limit, which is there to stop what a benchmark does.</summary>
    public static Task<ServerUnderTest> CryptoApiAsync(IPEndPoint aws, string postgres, string dataDirectory) => StartAsync("CryptoApi", port => new ProcessStartInfo(
        "dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "KmsLab.CryptoApi.dll"), $"--CryptoApi:Url=http://127.0.0.1:{port}", "--CryptoApi:CreateKey=true",
            $"--ConnectionStrings:vault={postgres};Maximum Pool Size=64", "--CryptoApi:Limits:RequestsPerSecond=0",
            "--CryptoApi:Attestation:CreateKeyFile=true", $"--CryptoApi:Attestation:PrivateKeyFile={Path.Combine(dataDirectory, "attestation.pem")}", "--Logging:LogLevel:Default=Warning",
            $"--AWS:ServiceURL=http://{aws}", "--AWS:Region=us-east-1", "--AWS:AccessKeyId=AKIALABCRYPTOAPI0000", "--AWS:SecretAccessKey=secret",
        ]), "/health");

    /// <summary>Null where moto is not installed.</summary>
    public static async Task<ServerUnderTest?> MotoAsync() => IsOnPath("moto_server")
        ? await StartAsync("moto", port => new ProcessStartInfo("moto_server", ["-H", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture)]))
        : null;

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static async Task<ServerUnderTest> StartAsync(string name, Func<int, ProcessStartInfo> command, string readyAt = "/")
    {
        var port = FreePort();
        var start = command(port);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        var clock = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        while (!await AnswersAsync(http, port, readyAt))
        {
            if (process.HasExited || clock.Elapsed > StartTimeout)
                throw new InvalidOperationException($"{name} did not start.");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
        }

        return new ServerUnderTest(name, process, new IPEndPoint(IPAddress.Loopback, port), clock.Elapsed);
    }

    private static async Task<bool> AnswersAsync(HttpClient http, int port, string path)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}{path}"));
            return path == "/" || answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static bool IsOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
