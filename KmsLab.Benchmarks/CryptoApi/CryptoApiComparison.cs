using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using KmsLab.Benchmarks.Load;
using KmsLab.Benchmarks.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Benchmarks.CryptoApi;

/// <summary>
/// CryptoApi on PostgreSQL (fsync on) and the bare KMS call of the same SDK against the same LocalAws, in turns: what a request costs beyond its KMS call.
/// </summary>
internal static class CryptoApiComparison
{
    private static readonly int[] Connections = [1, 16, 64];

    public static async Task RunAsync(TimeSpan duration)
    {
        var (installation, missing) = PostgresInstallation.Find();
        if (installation is null)
        {
            Console.WriteLine($"Needs PostgreSQL: {missing}.");
            return;
        }

        var data = Directory.CreateTempSubdirectory("kmslab-bench-");
        try
        {
            await using var postgres = await StartPostgresAsync(installation);
            using var aws = await ServerUnderTest.LocalAwsAsync(data.FullName);
            using var api = await ServerUnderTest.CryptoApiAsync(aws.Address, await postgres.CreateDatabaseAsync());
            await CompareAsync(aws, api, duration);
            Console.WriteLine($"\nCryptoApi: {api.Memory / 1e6:0} MB at the end");
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    /// <summary>As in production: a commit waits for the disk.</summary>
    private static async Task<PostgresServer> StartPostgresAsync(PostgresInstallation installation)
    {
        var server = await PostgresServer.StartAsync(installation);
        await server.KillAsync();
        await server.StartAsync("fsync=on");
        return server;
    }

    private static async Task CompareAsync(ServerUnderTest aws, ServerUnderTest api, TimeSpan duration)
    {
        using var kms = new AmazonKeyManagementServiceClient(
            new BasicAWSCredentials("AKIABENCHMARK0000000", "secret"),
            new AmazonKeyManagementServiceConfig { ServiceURL = $"http://{aws.Address}", AuthenticationRegion = "us-east-1" });
        var decrypt = await StoreOneAsync(api);
        var sample = await EncryptBareAsync(kms, CancellationToken.None);

        Console.WriteLine("| what | connections | bare KMS call/s | p50 ms | p99 ms | CryptoApi requests/s | p50 ms | p99 ms | failed | added at p50 |\n|---|---|---|---|---|---|---|---|---|---|");
        foreach (var connections in Connections)
        {
            await PrintAsync("Encrypt", connections, _ => EncryptBareAsync(kms, CancellationToken.None), _ => NewRecord());
            await PrintAsync("Decrypt", connections, _ => DecryptBareAsync(kms, sample), _ => decrypt);
        }

        async Task PrintAsync(string what, int connections, Func<long, Task> bare, Func<long, ReadOnlyMemory<byte>> request)
        {
            await LoadRun.CallAsync(bare, connections, duration / 4);
            await LoadRun.RunAsync(api.Address, request, connections, duration / 4);
            var alone = await LoadRun.CallAsync(bare, connections, duration);
            var whole = await LoadRun.RunAsync(api.Address, request, connections, duration);
            var added = whole.P50 - alone.P50;
            Console.WriteLine(
                $"| {what} | {connections} | {alone.PerSecond:N0} | {alone.P50.TotalMilliseconds:0.00} | {alone.P99.TotalMilliseconds:0.00} | {whole.PerSecond:N0} "
                + $"| {whole.P50.TotalMilliseconds:0.00} | {whole.P99.TotalMilliseconds:0.00} | {whole.Failures} | {added.TotalMilliseconds:0.00} ms ({added / alone.P50:P0}) |");
        }
    }

    private static ReadOnlyMemory<byte> NewRecord() =>
        Post("/encrypt", new JsonObject { ["Name"] = Guid.NewGuid().ToString(), ["Text"] = "Welcome to ReInvent 2020!" });

    private static async Task<ReadOnlyMemory<byte>> StoreOneAsync(ServerUnderTest api)
    {
        using var connection = new HttpConnection(api.Address);
        var (status, body) = await connection.ExchangeAsync(Post("/encrypt", new JsonObject { ["Name"] = "read", ["Text"] = "Welcome to ReInvent 2020!" }));
        return status == 200
            ? Post("/decrypt", new JsonObject { ["Name"] = "read", ["Key"] = JsonNode.Parse(body.Span)!["Key"]!.GetValue<string>() })
            : throw new InvalidOperationException($"/encrypt answered {status}: {Encoding.UTF8.GetString(body.Span)}");
    }

    private static async Task<MemoryStream> EncryptBareAsync(AmazonKeyManagementServiceClient kms, CancellationToken cancellationToken) =>
        (await kms.EncryptAsync(new EncryptRequest { KeyId = "alias/kmslab", Plaintext = new MemoryStream(new byte[32]), EncryptionContext = Context() }, cancellationToken)).CiphertextBlob;

    private static Task<DecryptResponse> DecryptBareAsync(AmazonKeyManagementServiceClient kms, MemoryStream ciphertext) =>
        kms.DecryptAsync(new DecryptRequest { KeyId = "alias/kmslab", CiphertextBlob = new MemoryStream(ciphertext.ToArray()), EncryptionContext = Context() });

    private static Dictionary<string, string> Context() => new() { ["r"] = new string('0', 32), ["t"] = new string('B', 43) };

    private static ReadOnlyMemory<byte> Post(string path, JsonObject body)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(body);
        var head = $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {content.Length}\r\n\r\n";
        return (byte[])[.. Encoding.ASCII.GetBytes(head), .. content];
    }
}
