using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using KmsLab.Tests.EndToEnd;

namespace KmsLab.Tests.LocalAws;

/// <summary>Moto's server, an emulator that nobody here wrote: what LocalAws can stand before.</summary>
internal sealed class MotoServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly int _port;
    private readonly string? _account;
    private Process _process;

    private MotoServer(int port, string? account)
    {
        (_port, _account) = (port, account);
        _process = Start();
    }

    public string Url => $"http://127.0.0.1:{_port.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Starts one on a free port, or skips the test where moto is not installed.</summary>
    /// <param name="account">The account that it has; its own, 123456789012, when null.</param>
    public static async Task<MotoServer> StartAsync(string? account = null)
    {
        Assert.SkipUnless(Command() is not null, "moto_server is not on PATH (pip install 'moto[server]')");
        var server = new MotoServer(LabProcess.FreePort(), account);
        try
        {
            await server.UntilReadyAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it; all that it knew is gone.</summary>
    public async Task StopAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    /// <summary>Starts it again, empty, on the same port.</summary>
    public async Task RestartAsync()
    {
        _process = Start();
        await UntilReadyAsync();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private static string? Command() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, "moto_server")).FirstOrDefault(File.Exists);

    private Process Start()
    {
        var start = new ProcessStartInfo(Command()!, ["-H", "127.0.0.1", "-p", _port.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (_account is not null)
            start.Environment["MOTO_ACCOUNT_ID"] = _account;
        var process = Process.Start(start)!;
        // It writes a line for each request; nobody reads them.
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task UntilReadyAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using var socket = new TcpClient();
            try
            {
                await socket.ConnectAsync("127.0.0.1", _port, TestContext.Current.CancellationToken);
                return;
            }
            catch (SocketException) when (TimeProvider.System.GetElapsedTime(started) < Patience)
            {
                _process.HasExited.ShouldBeFalse("moto_server ended");
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
            }
        }
    }
}
