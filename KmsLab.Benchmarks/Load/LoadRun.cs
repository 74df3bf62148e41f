using System.Diagnostics;
using System.Net;

namespace KmsLab.Benchmarks.Load;

/// <summary>What a load run measured.</summary>
/// <param name="Latencies">Of each completed request in ticks, ascending.</param>
/// <param name="Elapsed">How long it ran.</param>
/// <param name="Failures">Responses other than 200.</param>
internal sealed record LoadResult(long[] Latencies, TimeSpan Elapsed, long Failures)
{
    /// <summary>Completed requests.</summary>
    public int Requests => Latencies.Length;

    /// <summary>The same a second.</summary>
    public double PerSecond => Requests / Elapsed.TotalSeconds;

    /// <summary>Median latency.</summary>
    public TimeSpan P50 => Percentile(0.5);

    /// <summary>99th percentile of latency.</summary>
    public TimeSpan P99 => Percentile(0.99);

    /// <summary>Several runs as one.</summary>
    public static LoadResult Of(IReadOnlyCollection<LoadResult> runs) => new(
        [.. runs.SelectMany(run => run.Latencies).Order()], TimeSpan.FromTicks(runs.Sum(run => run.Elapsed.Ticks)), runs.Sum(run => run.Failures));

    private TimeSpan Percentile(double rank) => TimeSpan.FromTicks(Latencies.ElementAtOrDefault((int)(Requests * rank)));
}

/// <summary>A closed loop: each connection sends its next request when the last one is answered. Bounded in time; loopback only.</summary>
internal static class LoadRun
{
    /// <summary>Sends one request over and over.</summary>
    public static Task<LoadResult> RunAsync(IPEndPoint server, ReadOnlyMemory<byte> request, int connections, TimeSpan duration) =>
        RunAsync(server, _ => request, connections, duration);

    /// <summary>Sends what <paramref name="request"/> makes; it gets the worker's count of requests.</summary>
    public static Task<LoadResult> RunAsync(IPEndPoint server, Func<long, ReadOnlyMemory<byte>> request, int connections, TimeSpan duration)
    {
        if (!IPAddress.IsLoopback(server.Address))
            throw new ArgumentException("Load goes to loopback only.", nameof(server));

        return MeasureAsync(connections, async measure =>
        {
            using var connection = new HttpConnection(server);
            await measure(async count => (await connection.ExchangeAsync(request(count))).Status == 200);
        }, duration);
    }

    /// <summary>Makes a call of a client library over and over; one that throws ends the run.</summary>
    public static Task<LoadResult> CallAsync(Func<long, Task> call, int connections, TimeSpan duration) => MeasureAsync(
        connections,
        measure => measure(async count =>
        {
            await call(count);
            return true;
        }),
        duration);

    private static async Task<LoadResult> MeasureAsync(int workers, Func<Func<Func<long, Task<bool>>, Task>, Task> work, TimeSpan duration)
    {
        var clock = Stopwatch.StartNew();
        var samples = await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(async () =>
        {
            var latencies = new List<long>(1 << 14);
            var failures = 0L;
            await work(async once =>
            {
                while (clock.Elapsed < duration)
                {
                    var sent = clock.Elapsed.Ticks;
                    if (!await once(latencies.Count))
                        failures++;
                    latencies.Add(clock.Elapsed.Ticks - sent);
                }
            });
            return (Latencies: latencies, Failures: failures);
        })));
        var elapsed = clock.Elapsed;

        return new LoadResult([.. samples.SelectMany(sample => sample.Latencies).Order()], elapsed, samples.Sum(sample => sample.Failures));
    }
}
