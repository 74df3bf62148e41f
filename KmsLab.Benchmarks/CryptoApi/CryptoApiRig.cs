using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KmsLab.AppHost.Databases;
using KmsLab.Benchmarks.Load;
using KmsLab.Benchmarks.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Benchmarks.CryptoApi;

/// <summary>CryptoApi, LocalAws and PostgreSQL, each in processes of its own, as in production: commits wait for the disk, calls are attested.</summary>
internal sealed class CryptoApiRig : IAsyncDisposable
{
    private readonly DirectoryInfo _data;
    private readonly PostgresServer _postgres;
    private readonly string _connectionString;

    private CryptoApiRig(DirectoryInfo data, PostgresServer postgres, string connectionString, ServerUnderTest aws, ServerUnderTest api) =>
        (_data, _postgres, _connectionString, Aws, Api) = (data, postgres, connectionString, aws, api);

    public ServerUnderTest Aws { get; }

    public ServerUnderTest Api { get; }

    /// <summary>Processor time of PostgreSQL with all its backends.</summary>
    public TimeSpan PostgresCpu => ProcessFamily.Cpu(int.Parse(File.ReadLines(Path.Combine(Directory, "postmaster.pid")).First(), CultureInfo.InvariantCulture));

    /// <summary>Its socket lies beside its files.</summary>
    private string Directory => _connectionString.Split(';').First(part => part.StartsWith("Host=", StringComparison.Ordinal))["Host=".Length..];

    /// <summary>Null where there is no PostgreSQL; says so.</summary>
    public static async Task<CryptoApiRig?> StartAsync()
    {
        var (installation, missing) = PostgresInstallation.Find();
        if (installation is null)
        {
            Console.WriteLine($"Needs PostgreSQL: {missing}.");
            return null;
        }

        var data = System.IO.Directory.CreateTempSubdirectory("kmslab-bench-");
        var postgres = await PostgresServer.StartAsync(installation);
        await postgres.KillAsync();
        await postgres.StartAsync("fsync=on");
        var connectionString = await postgres.CreateDatabaseAsync();
        var aws = await ServerUnderTest.LocalAwsAsync(data.FullName);
        return new(data, postgres, connectionString, aws, await ServerUnderTest.CryptoApiAsync(aws.Address, connectionString, data.FullName));
    }

    /// <summary>From now on KMS takes so long for each call.</summary>
    public async Task SetKmsLatencyAsync(TimeSpan latency)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var answer = await http.PutAsJsonAsync($"http://{Aws.Address}/_localaws/faults", new[] { new { action = "kms:*", latency = latency.ToString() } });
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>A request that stores a text under a name of its own.</summary>
    public static ReadOnlyMemory<byte> NewRecord() => Post("/encrypt", new JsonObject { ["Name"] = Guid.NewGuid().ToString(), ["Text"] = "Welcome to ReInvent 2020!" });

    /// <summary>A request to read.</summary>
    public static ReadOnlyMemory<byte> Read(string name, string key) => Post("/decrypt", new JsonObject { ["Name"] = name, ["Key"] = key });

    /// <summary>Stores a text, and returns its Key.</summary>
    public async Task<string> StoreAsync(string name, string text)
    {
        using var connection = new HttpConnection(Api.Address);
        var (status, body) = await connection.ExchangeAsync(Post("/encrypt", new JsonObject { ["Name"] = name, ["Text"] = text }));
        return status == 200
            ? JsonNode.Parse(body.Span)!["Key"]!.GetValue<string>()
            : throw new InvalidOperationException($"/encrypt answered {status}: {Encoding.UTF8.GetString(body.Span)}");
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        Aws.Dispose();
        await _postgres.DisposeAsync();
        _data.Delete(recursive: true);
    }

    private static ReadOnlyMemory<byte> Post(string path, JsonObject body)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(body);
        var head = $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {content.Length}\r\n\r\n";
        return (byte[])[.. Encoding.ASCII.GetBytes(head), .. content];
    }
}
