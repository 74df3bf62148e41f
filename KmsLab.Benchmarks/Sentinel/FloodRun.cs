using System.Diagnostics;
using System.Text.Json.Nodes;
using Amazon.CloudWatchLogs;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using KmsLab.Tests.Sentinel.Sources;

namespace KmsLab.Benchmarks.Sentinel;

/// <summary>
/// Pours records into the trail's log group at 5 MB a second, with AWS's own quotas, and plants an attack among them: how long until its alarm, and how old
/// canary and trail guard become meanwhile. Sentinel runs with its defaults.
/// </summary>
internal static class FloodRun
{
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Sampling = TimeSpan.FromMilliseconds(250);

    public static async Task RunAsync(int records)
    {
        await using var host = new BenchHost();
        await host.StartLocalAwsAsync(
            null, ("LocalAws:Limits:Aws", "true"), ("LocalAws:Limits:Rules:0:Actions:0", "logs:PutLogEvents"), ("LocalAws:Limits:Rules:0:RequestBytesPerSecond", "5000000"));
        var credentials = new BasicAWSCredentials("AKIALABATTACKER00000", "secret");
        using var kms = new AmazonKeyManagementServiceClient(credentials, new AmazonKeyManagementServiceConfig { ServiceURL = host.LocalAwsUrl, AuthenticationRegion = "us-east-1" });
        using var logs = new AmazonCloudWatchLogsClient(credentials, new AmazonCloudWatchLogsConfig { ServiceURL = host.LocalAwsUrl, AuthenticationRegion = "us-east-1" });
        var key = (await kms.CreateKeyAsync(new CreateKeyRequest())).KeyMetadata.Arn;
        using var http = new HttpClient
        {
            BaseAddress = await host.StartSentinelAsync(
                ("Sentinel:ProtectedSets:vault:Keys:0", key), ("Sentinel:Evidence:TrailArns:0", "arn:aws:cloudtrail:us-east-1:000000000000:trail/kmslab"),
                ("Sentinel:Canary:KeyId", "alias/kmslab-canary"), ("Sentinel:Canary:CreateKey", "true")),
        };

        using var stop = new CancellationTokenSource();
        var ages = new Ages();
        var watching = WatchAsync(http, ages, stop.Token);
        await WaitAsync(Before);
        Console.WriteLine($"before the flood: {ages}");
        ages.Reset();

        var writer = new FloodWriter(logs, "kmslab-trail", "000000000000_CloudTrail_us-east-1_7");
        var clock = Stopwatch.StartNew();
        var pouring = writer.WriteAsync(records, TimeProvider.System, CancellationToken.None);
        while (writer.Written < records / 2)
            await WaitAsync(Sampling);
        Console.WriteLine($"{clock.Elapsed.TotalSeconds:0} s: {writer.Written:N0} records written, {await CountedAsync(http):N0} read; the attack");
        var attack = Stopwatch.StartNew();
        await AttackAsync(kms, key);
        await UntilAsync(http, "kms-error-burst");
        Console.WriteLine($"time to alarm: {attack.Elapsed.TotalSeconds:0.0} s ({writer.Written:N0} records written, {await CountedAsync(http):N0} read)");
        await UntilAsync(http, "evidence-flood");
        Console.WriteLine($"evidence-flood: known {clock.Elapsed.TotalSeconds:0} s after the first record, or sooner");
        await pouring;
        Console.WriteLine($"{clock.Elapsed.TotalSeconds:0} s: all {records:N0} written");
        while (await CountedAsync(http) < records)
            await WaitAsync(Sampling);
        Console.WriteLine($"{clock.Elapsed.TotalSeconds:0} s: all read");
        Console.WriteLine($"during the flood: {ages}");
        await stop.CancelAsync();
        await watching;
    }

    private static Task WaitAsync(TimeSpan pause) => Task.Delay(pause, TimeProvider.System, CancellationToken.None);

    private static async Task WatchAsync(HttpClient http, Ages ages, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var status = await http.GetFromJsonAsync<JsonNode>("/api/status", CancellationToken.None);
            ages.Note(status!);
            await Task.Delay(Sampling, TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task AttackAsync(AmazonKeyManagementServiceClient kms, string key)
    {
        var encrypted = await kms.EncryptAsync(new EncryptRequest { KeyId = key, Plaintext = new([1]), EncryptionContext = new() { ["a"] = "right" } });
        for (var call = 0; call < 3; call++)
        {
            encrypted.CiphertextBlob.Position = 0;
            try
            {
                await kms.DecryptAsync(new DecryptRequest { CiphertextBlob = encrypted.CiphertextBlob, EncryptionContext = new() { ["a"] = "wrong" } });
            }
            catch (InvalidCiphertextException)
            {
                // As it should be.
            }
        }
    }

    private static async Task UntilAsync(HttpClient http, string detection)
    {
        while (true)
        {
            var alarms = await http.GetFromJsonAsync<JsonNode>("/api/alarms");
            if (alarms!.AsArray().Any(alarm => alarm!["detection"]!.GetValue<string>() == detection))
                return;
            await WaitAsync(Sampling);
        }
    }

    private static async Task<long> CountedAsync(HttpClient http) => (await http.GetFromJsonAsync<JsonNode>("/api/status"))!["records"]!["counted"]!.GetValue<long>();

    /// <summary>The greatest ages that were seen, in seconds.</summary>
    private sealed class Ages
    {
        private double _canary;
        private double _guard;
        private double _watermark;

        public void Reset() => (_canary, _guard, _watermark) = (0, 0, 0);

        public void Note(JsonNode status)
        {
            var now = TimeProvider.System.GetUtcNow();
            _canary = Math.Max(_canary, AgeOf(status["canary"]?["lastCalledAt"], now));
            _guard = Math.Max(_guard, AgeOf(status["guard"]?["lastLookAt"], now));
            _watermark = Math.Max(_watermark, AgeOf(status["watermark"], now));
        }

        public override string ToString() => $"canary at most {_canary:0} s old, guard {_guard:0} s, watermark {_watermark:0} s";

        private static double AgeOf(JsonNode? at, DateTimeOffset now) => at is null ? 0 : (now - at.GetValue<DateTimeOffset>()).TotalSeconds;
    }
}
