using System.Text.Json.Nodes;
using KmsLab.Benchmarks.Load;

namespace KmsLab.Benchmarks.LocalAws;

/// <summary>LocalAws and moto_server side by side, in turns, so that a machine whose speed drifts treats both alike.</summary>
internal static class LocalAwsComparison
{
    private static readonly int[] Connections = [1, 16, 64];
    private const int LogEvents = 100_000;
    private const int ObjectBytes = 1024 * 1024;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);

    public static async Task RunAsync(TimeSpan duration)
    {
        var data = Directory.CreateTempSubdirectory("kmslab-bench-");
        try
        {
            using var localAws = await ServerUnderTest.LocalAwsAsync(data.FullName);
            using var moto = await ServerUnderTest.MotoAsync();
            ServerUnderTest[] servers = moto is null ? [localAws] : [localAws, moto];
            if (moto is null)
                Console.WriteLine("moto_server is not on PATH: LocalAws alone.");
            foreach (var server in servers)
                Console.WriteLine($"{server.Name,-9} first answer after {server.StartedIn.TotalMilliseconds:0} ms, {server.Memory / 1e6:0} MB");

            await CompareKmsAsync(servers, duration);
            await CompareLogsAsync(servers, duration);
            await CompareObjectsAsync(servers, duration);

            foreach (var server in servers)
                Console.WriteLine($"{server.Name,-9} {server.Memory / 1e6:0} MB at the end");
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static async Task CompareKmsAsync(ServerUnderTest[] servers, TimeSpan duration)
    {
        Console.WriteLine("\n| KMS | connections | server | requests/s | p50 ms | p99 ms | CPU µs/request | failed |\n|---|---|---|---|---|---|---|---|");
        foreach (var operation in new[] { "Encrypt", "Decrypt" })
        {
            var requests = new Dictionary<string, byte[]>();
            foreach (var server in servers)
                requests[server.Name] = await KmsRequestAsync(server, operation);
            // Until the just-in-time compiler has nothing left to do.
            foreach (var server in servers)
                await LoadRun.RunAsync(server.Address, requests[server.Name], connections: 16, WarmUp);
            foreach (var connections in Connections)
            {
                foreach (var server in servers)
                {
                    var cpu = server.Cpu;
                    var result = await LoadRun.RunAsync(server.Address, requests[server.Name], connections, duration);
                    Console.WriteLine($"| {operation} | {connections} | {server.Name} | {result.PerSecond:N0} | {result.P50.TotalMilliseconds:0.00} | {result.P99.TotalMilliseconds:0.00} | {(server.Cpu - cpu).TotalMicroseconds / result.Requests:0} | {result.Failures} |");
                }
            }
        }
    }

    private static async Task<byte[]> KmsRequestAsync(ServerUnderTest server, string operation)
    {
        using var connection = new HttpConnection(server.Address);
        var key = await CallAsync(connection, "kms", "TrentService.CreateKey", []);
        var encrypt = new JsonObject
        {
            ["KeyId"] = key["KeyMetadata"]!["KeyId"]!.GetValue<string>(),
            ["Plaintext"] = Convert.ToBase64String(new byte[32]),
            ["EncryptionContext"] = new JsonObject { ["r"] = "AAAAAAAAAAAAAAAAAAAAAA", ["t"] = new string('B', 43) },
        };
        if (operation == "Encrypt")
            return AwsJsonRequest.Create("kms", "TrentService.Encrypt", encrypt);

        var encrypted = await CallAsync(connection, "kms", "TrentService.Encrypt", encrypt);
        return AwsJsonRequest.Create("kms", "TrentService.Decrypt", new JsonObject
        {
            ["CiphertextBlob"] = encrypted["CiphertextBlob"]!.GetValue<string>(),
            ["EncryptionContext"] = encrypt["EncryptionContext"]!.DeepClone(),
        });
    }

    private static async Task CompareLogsAsync(ServerUnderTest[] servers, TimeSpan duration)
    {
        Console.WriteLine("\n| Logs | server | events/s | note |\n|---|---|---|---|");
        foreach (var server in servers)
        {
            using var connection = new HttpConnection(server.Address);
            var (put, taken) = await PutAsync(connection);
            Console.WriteLine($"| PutLogEvents, {put:N0} in batches of 1,000 | {server.Name} | {put / taken.TotalSeconds:N0} | |");
            var (read, matched, time) = await FilterAsync(connection, put, duration);
            Console.WriteLine($"| FilterLogEvents, JSON pattern | {server.Name} | {read / time.TotalSeconds:N0} | {matched:N0} of {put:N0} matched; {Expected(put):N0} is right |");
        }
    }

    private static async Task CompareObjectsAsync(ServerUnderTest[] servers, TimeSpan duration)
    {
        Console.WriteLine("\n| S3 | connections | server | requests/s | MB/s | p50 ms | p99 ms | CPU µs/request | failed |\n|---|---|---|---|---|---|---|---|---|");
        var get = S3Request.Create("GET", "/bench-bucket/object");
        foreach (var server in servers)
        {
            using var connection = new HttpConnection(server.Address);
            await ObjectAsync(connection, S3Request.Create("PUT", "/bench-bucket"));
            await ObjectAsync(connection, S3Request.Create("PUT", "/bench-bucket/object", new byte[ObjectBytes]));
            if (await ObjectAsync(connection, get) != ObjectBytes)
                throw new InvalidOperationException($"{server.Name} answers with something else than the object.");
            await LoadRun.RunAsync(server.Address, get, connections: 4, WarmUp);
        }

        foreach (var connections in new[] { 1, 16 })
        {
            foreach (var server in servers)
            {
                var cpu = server.Cpu;
                var result = await LoadRun.RunAsync(server.Address, get, connections, duration);
                Console.WriteLine($"| GetObject, 1 MB | {connections} | {server.Name} | {result.PerSecond:N0} | {result.PerSecond * ObjectBytes / 1e6:N0} | {result.P50.TotalMilliseconds:0.00} | {result.P99.TotalMilliseconds:0.00} | {(server.Cpu - cpu).TotalMicroseconds / result.Requests:0} | {result.Failures} |");
            }
        }
    }

    /// <summary>Makes a call of S3 that must succeed.</summary>
    /// <returns>The length of its answer's body.</returns>
    private static async Task<int> ObjectAsync(HttpConnection connection, byte[] request)
    {
        var (status, body) = await connection.ExchangeAsync(request);
        return status == 200 ? body.Length : throw new InvalidOperationException($"S3 answered {status}: {System.Text.Encoding.UTF8.GetString(body.Span)}");
    }

    private static async Task<(long Events, TimeSpan Time)> PutAsync(HttpConnection connection)
    {
        await CallAsync(connection, "logs", "Logs_20140328.CreateLogGroup", new JsonObject { ["logGroupName"] = "bench" });
        await CallAsync(connection, "logs", "Logs_20140328.CreateLogStream", new JsonObject { ["logGroupName"] = "bench", ["logStreamName"] = "s" });
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var requests = Enumerable.Range(0, LogEvents / 1_000).Select(batch => AwsJsonRequest.Create("logs", "Logs_20140328.PutLogEvents", new JsonObject
        {
            ["logGroupName"] = "bench",
            ["logStreamName"] = "s",
            ["logEvents"] = new JsonArray([.. Enumerable.Range(0, 1_000).Select(i => (JsonNode)new JsonObject
            {
                ["timestamp"] = now,
                ["message"] = Message((batch * 1_000) + i),
            })]),
        })).ToList();

        var start = TimeProvider.System.GetTimestamp();
        foreach (var request in requests)
            await connection.ExchangeAsync(request);
        return (LogEvents, TimeProvider.System.GetElapsedTime(start));
    }

    private static async Task<(long Read, long Matched, TimeSpan Time)> FilterAsync(HttpConnection connection, long events, TimeSpan duration)
    {
        var start = TimeProvider.System.GetTimestamp();
        long read = 0, matched = 0;
        while (TimeProvider.System.GetElapsedTime(start) < duration)
        {
            matched = await FilterOnceAsync(connection);
            read += events;
        }

        return (read, matched, TimeProvider.System.GetElapsedTime(start));
    }

    private static async Task<long> FilterOnceAsync(HttpConnection connection)
    {
        long matched = 0;
        string? token = null;
        do
        {
            var page = await CallAsync(connection, "logs", "Logs_20140328.FilterLogEvents", new JsonObject
            {
                ["logGroupName"] = "bench",
                ["filterPattern"] = "{ $.eventSource = \"kms.amazonaws.com\" && $.errorCode = \"*\" }",
                ["nextToken"] = token,
            });
            matched += page["events"]!.AsArray().Count;
            token = page["nextToken"]?.GetValue<string>();
        }
        while (token is not null);

        return matched;
    }

    /// <summary>A record of CloudTrail's usual size; each hundredth is a KMS error.</summary>
    private static string Message(int i)
    {
        var record = new JsonObject
        {
            ["eventVersion"] = "1.11",
            ["eventSource"] = i % 2 == 0 ? "kms.amazonaws.com" : "s3.amazonaws.com",
            ["eventName"] = "Decrypt",
            ["userAgent"] = new string('u', 600),
            ["requestParameters"] = new JsonObject { ["encryptionContext"] = new JsonObject { ["r"] = $"{i}", ["t"] = new string('t', 43) } },
        };
        if (i % 100 == 0)
            record["errorCode"] = "InvalidCiphertextException";
        return record.ToJsonString();
    }

    private static long Expected(long events) => events / 100;

    private static async Task<JsonNode> CallAsync(HttpConnection connection, string service, string target, JsonObject body)
    {
        foreach (var absent in body.Where(member => member.Value is null).Select(member => member.Key).ToList())
            body.Remove(absent);
        var (status, answer) = await connection.ExchangeAsync(AwsJsonRequest.Create(service, target, body));
        if (status != 200)
            throw new InvalidOperationException($"{target} answered {status}: {System.Text.Encoding.UTF8.GetString(answer.Span)}");
        return answer.Length == 0 ? new JsonObject() : JsonNode.Parse(answer.Span)!;
    }
}
