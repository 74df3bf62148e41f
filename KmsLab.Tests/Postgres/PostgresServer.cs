using System.Diagnostics;
using KmsLab.AppHost.Databases;
using Npgsql;

namespace KmsLab.Tests.Postgres;

/// <summary>
/// A private PostgreSQL server in a temporary folder, reached through a Unix socket in it: no port to collide on, nobody else to talk to.
/// It can be killed and started again.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string ReadyMessage = "database system is ready to accept connections";

    private readonly PostgresInstallation _installation;
    private readonly string _directory;
    private Process? _shell;
    private int _databases;

    private PostgresServer(PostgresInstallation installation, string directory) => (_installation, _directory) = (installation, directory);

    /// <summary>Makes a cluster and starts its server.</summary>
    /// <param name="installation">The programs.</param>
    /// <param name="parent">Where its folder is made: that of temporary files unless named.</param>
    public static async Task<PostgresServer> StartAsync(PostgresInstallation installation, string? parent = null)
    {
        var server = new PostgresServer(installation, Path.Combine(parent ?? Path.GetTempPath(), $"kmslab-pg-{Guid.NewGuid().ToString("N")[..12]}"));
        try
        {
            await server.InitializeAsync();
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates an empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test{Interlocked.Increment(ref _databases)}";
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    /// <summary>Starts the server, again after <see cref="KillAsync"/>, and returns when it accepts connections.</summary>
    /// <param name="settings">Settings over the usual ones, such as <c>ssl=on</c>.</param>
    public async Task StartAsync(params IEnumerable<string> settings)
    {
        // fsync=off: these tests kill processes, never the machine, and the operating system keeps what a process wrote.
        var shell = Process.Start(_installation.Server(
        [
            "-D", _directory, "-k", _directory, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200", "-c", "shared_buffers=32MB",
            .. settings.SelectMany(setting => new[] { "-c", setting }),
        ]))!;
        _shell = shell;

        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var lines = new List<string>();
        shell.OutputDataReceived += (_, _) => { };
        shell.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null)
                ready.TrySetException(new InvalidOperationException($"PostgreSQL ended: {string.Join(" | ", lines)}"));
            else if (line.Data.Contains(ReadyMessage, StringComparison.Ordinal))
                ready.TrySetResult();
            else if (!ready.Task.IsCompleted)
                lines.Add(line.Data);
        };
        shell.BeginOutputReadLine();
        shell.BeginErrorReadLine();
        await ready.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }

    /// <summary>Kills the server as a crash would (SIGKILL), and returns when it is gone.</summary>
    public async Task KillAsync()
    {
        var processId = int.Parse(File.ReadLines(Path.Combine(_directory, "postmaster.pid")).First(), System.Globalization.CultureInfo.InvariantCulture);
        using var server = Process.GetProcessById(processId);
        server.Kill();
        await StopShellAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopShellAsync();
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }

    private async Task InitializeAsync()
    {
        using var initdb = Process.Start(_installation.Process(
            "initdb", "-D", _directory, "-U", "kmslab", "-E", "UTF8", "--locale=C", "--auth=trust", "--no-sync"))!;
        initdb.StandardInput.Close();
        var output = initdb.StandardOutput.ReadToEndAsync();
        var errors = await initdb.StandardError.ReadToEndAsync();
        await output;
        await initdb.WaitForExitAsync();
        if (initdb.ExitCode != 0)
            throw new InvalidOperationException($"initdb failed: {errors}");
    }

    private async Task StopShellAsync()
    {
        if (Interlocked.Exchange(ref _shell, null) is not { } shell)
            return;

        shell.StandardInput.Close();
        await shell.WaitForExitAsync();
        shell.Dispose();
    }

    private string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = _directory,
        Username = "kmslab",
        Database = database,
        MaxPoolSize = 30,
    }.ToString();
}
