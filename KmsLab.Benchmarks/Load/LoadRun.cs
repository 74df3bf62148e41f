using System.Diagnostics;
using System.Net;

namespace KmsLab.Benchmarks.Load;

/// <summary>What a load run measured.</summary>
/// <param name="Requests">Completed requests.</param>
/// <param name="PerSecond">The same a second.</param>
/// <param name="P50">Median latency.</param>
/// <param name="P99">99th percentile of latency.</param>
/// <param name="Failures">Responses other than 200.</param>
internal sealed record LoadResult(int Requests, double PerSecond, TimeSpan P50, TimeSpan P99, long Failures);

/// <summary>A closed loop: each connection sends its next request when the last one is answered. Bounded in time; loopback only.</summary>
internal static class LoadRun
{
    public static async Task<LoadResult> RunAsync(IPEndPoint server, ReadOnlyMemory<byte> request, int connections, TimeSpan duration)
    {
        if (!IPAddress.IsLoopback(server.Address))
            throw new ArgumentException("Load goes to loopback only.", nameof(server));

        var clock = Stopwatch.StartNew();
        var workers = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => WorkAsync(server, request, clock, duration))));
        var elapsed = clock.Elapsed;

        var latencies = workers.SelectMany(worker => worker.Latencies).Order().ToArray();
        return new LoadResult(
            latencies.Length,
            latencies.Length / elapsed.TotalSeconds,
            TimeSpan.FromTicks(latencies.ElementAtOrDefault(latencies.Length / 2)),
            TimeSpan.FromTicks(latencies.ElementAtOrDefault((int)(latencies.Length * 0.99))),
            workers.Sum(worker => worker.Failures));
    }

    private static async Task<(List<long> Latencies, long Failures)> WorkAsync(IPEndPoint server, ReadOnlyMemory<byte> request, Stopwatch clock, TimeSpan duration)
    {
        using var connection = new HttpConnection(server);
        var latencies = new List<long>(1 << 14);
        var failures = 0L;
        while (clock.Elapsed < duration)
        {
            var sent = clock.Elapsed.Ticks;
            var (status, _) = await connection.ExchangeAsync(request);
            latencies.Add(clock.Elapsed.Ticks - sent);
            if (status != 200)
                failures++;
        }

        return (latencies, failures);
    }
}
