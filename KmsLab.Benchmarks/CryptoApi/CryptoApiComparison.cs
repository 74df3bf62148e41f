using System.Diagnostics;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using KmsLab.Benchmarks.Load;

namespace KmsLab.Benchmarks.CryptoApi;

/// <summary>CryptoApi and the bare KMS call of the same SDK against the same LocalAws, in turns: what a request costs beyond its KMS call.</summary>
/// <remarks>
/// LocalAws answers in a fraction of a millisecond, so against it alone the percentage says how fast LocalAws is. With the latency of a KMS across a
/// network it says what a user sees. Both are measured.
/// </remarks>
internal static class CryptoApiComparison
{
    private const int Rounds = 5;

    private static readonly int[] Connections = [1, 4, 16];
    private static readonly TimeSpan[] KmsLatencies = [TimeSpan.FromMilliseconds(8), TimeSpan.Zero];
    private static readonly TimeSpan WarmUpRound = TimeSpan.FromSeconds(2);
    private const int MostWarmUpRounds = 20;

    public static async Task RunAsync(TimeSpan duration)
    {
        await using var rig = await CryptoApiRig.StartAsync();
        if (rig is null)
            return;

        using var kms = new AmazonKeyManagementServiceClient(
            new BasicAWSCredentials("AKIABENCHMARK0000000", "secret"),
            new AmazonKeyManagementServiceConfig { ServiceURL = $"http://{rig.Aws.Address}", AuthenticationRegion = "us-east-1" });
        var decrypt = CryptoApiRig.Read("read", await rig.StoreAsync("read", "Welcome to ReInvent 2020!"));
        var sample = await EncryptBareAsync(kms);
        Comparison[] comparisons =
        [
            new("Encrypt", _ => EncryptBareAsync(kms), _ => CryptoApiRig.NewRecord()),
            new("Decrypt", _ => DecryptBareAsync(kms, sample), _ => decrypt),
        ];

        foreach (var comparison in comparisons)
            await WarmUpAsync(rig, comparison);
        Console.WriteLine(
            "| KMS latency | what | connections | bare KMS call/s | p50 ms | p99 ms | CPU ms/call | CryptoApi requests/s | p50 ms | p99 ms | CPU ms/request | of it PostgreSQL | failed | added at p50 |\n"
            + "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var latency in KmsLatencies)
        {
            await rig.SetKmsLatencyAsync(latency);
            foreach (var connections in Connections)
            {
                foreach (var comparison in comparisons)
                    Console.WriteLine($"| {(latency == TimeSpan.Zero ? "none" : $"{latency.TotalMilliseconds} ms")} {await MeasureAsync(rig, comparison, connections, duration)}");
            }
        }

        Console.WriteLine($"\nCryptoApi: {rig.Api.Memory / 1e6:0} MB at the end");
    }

    /// <summary>Until the just-in-time compiler has nothing left to do: three rounds in a row no faster than the best before.</summary>
    private static async Task WarmUpAsync(CryptoApiRig rig, Comparison comparison)
    {
        var (best, noFaster) = (0.0, 0);
        for (var round = 0; round < MostWarmUpRounds && noFaster < 3; round++)
        {
            await LoadRun.CallAsync(comparison.Bare, 16, WarmUpRound / 4);
            var speed = (await LoadRun.RunAsync(rig.Api.Address, comparison.Request, 16, WarmUpRound)).PerSecond;
            noFaster = speed > best * 1.03 ? 0 : noFaster + 1;
            best = Math.Max(best, speed);
        }
    }

    private static async Task<string> MeasureAsync(CryptoApiRig rig, Comparison comparison, int connections, TimeSpan duration)
    {
        var (bare, whole) = (new Measured(), new Measured());
        var postgres = TimeSpan.Zero;
        for (var round = 0; round < Rounds; round++)
        {
            await bare.AddAsync(() => Process.GetCurrentProcess().TotalProcessorTime, () => LoadRun.CallAsync(comparison.Bare, connections, duration / Rounds));
            var before = rig.PostgresCpu;
            await whole.AddAsync(() => rig.Api.Cpu, () => LoadRun.RunAsync(rig.Api.Address, comparison.Request, connections, duration / Rounds));
            postgres += rig.PostgresCpu - before;
        }

        var (alone, all) = (bare.Result, whole.Result);
        var added = all.P50 - alone.P50;
        return $"| {comparison.Name} | {connections} | {alone.PerSecond:N0} | {alone.P50.TotalMilliseconds:0.00} | {alone.P99.TotalMilliseconds:0.00} | {bare.Cpu.TotalMilliseconds / alone.Requests:0.00} "
            + $"| {all.PerSecond:N0} | {all.P50.TotalMilliseconds:0.00} | {all.P99.TotalMilliseconds:0.00} | {(whole.Cpu + postgres).TotalMilliseconds / all.Requests:0.00} "
            + $"| {postgres.TotalMilliseconds / all.Requests:0.00} | {all.Failures} | {added.TotalMilliseconds:0.00} ms ({added / alone.P50:P0}) |";
    }

    private static async Task<MemoryStream> EncryptBareAsync(AmazonKeyManagementServiceClient kms) =>
        (await kms.EncryptAsync(new EncryptRequest { KeyId = "alias/kmslab", Plaintext = new MemoryStream(new byte[32]), EncryptionContext = Context() })).CiphertextBlob;

    private static Task<DecryptResponse> DecryptBareAsync(AmazonKeyManagementServiceClient kms, MemoryStream ciphertext) =>
        kms.DecryptAsync(new DecryptRequest { KeyId = "alias/kmslab", CiphertextBlob = new MemoryStream(ciphertext.ToArray()), EncryptionContext = Context() });

    private static Dictionary<string, string> Context() => new() { ["r"] = new string('0', 32), ["t"] = new string('B', 43) };

    /// <summary>A KMS call, and the request that contains one.</summary>
    private sealed record Comparison(string Name, Func<long, Task> Bare, Func<long, ReadOnlyMemory<byte>> Request);

    /// <summary>One side's runs, and the processor time that they took.</summary>
    private sealed class Measured
    {
        private readonly List<LoadResult> _runs = [];

        public TimeSpan Cpu { get; private set; }

        public LoadResult Result => LoadResult.Of(_runs);

        public async Task AddAsync(Func<TimeSpan> cpu, Func<Task<LoadResult>> run)
        {
            var before = cpu();
            _runs.Add(await run());
            Cpu += cpu() - before;
        }
    }
}
