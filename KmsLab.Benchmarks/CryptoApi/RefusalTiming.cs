using KmsLab.Benchmarks.Load;

namespace KmsLab.Benchmarks.CryptoApi;

/// <summary>
/// Whether the time of a refusal tells a name that is there from one that isn't: requests of each kind in random order on one connection, so that whatever
/// else the machine does meets all kinds alike.
/// </summary>
internal static class RefusalTiming
{
    private const int WarmUp = 2_000;
    private const int LongText = 1024 * 1024;

    public static async Task RunAsync(int samples)
    {
        await using var rig = await CryptoApiRig.StartAsync();
        if (rig is null)
            return;

        var wrong = await rig.StoreAsync("another", "text");
        await rig.StoreAsync("short", "text");
        await rig.StoreAsync("long-", new string('x', LongText));
        Kind[] kinds =
        [
            new("unknown name", CryptoApiRig.Read("nobdy", wrong)),
            new("wrong Key of a short text", CryptoApiRig.Read("short", wrong)),
            new("wrong Key of a text of 1 MiB", CryptoApiRig.Read("long-", wrong)),
            new("unknown name again (the method's own error)", CryptoApiRig.Read("noone", wrong)),
        ];

        using (var connection = new HttpConnection(rig.Api.Address))
        {
            await MeasureAsync(connection, kinds, WarmUp);
            foreach (var kind in kinds)
                kind.Times.Clear();
            await MeasureAsync(connection, kinds, samples);
        }

        Print(kinds);
    }

    /// <summary>One request of each kind a round, in an order that is drawn anew.</summary>
    private static async Task MeasureAsync(HttpConnection connection, Kind[] kinds, int rounds)
    {
        Kind[] order = [.. kinds];
        for (var round = 0; round < rounds; round++)
        {
            Random.Shared.Shuffle(order);
            foreach (var kind in order)
            {
                var sent = TimeProvider.System.GetTimestamp();
                var (status, _) = await connection.ExchangeAsync(kind.Request);
                kind.Times.Add(TimeProvider.System.GetElapsedTime(sent).TotalMicroseconds);
                if (status != 400)
                    throw new InvalidOperationException($"{kind.Name}: {status}");
            }
        }
    }

    private static void Print(Kind[] kinds)
    {
        Console.WriteLine($"{kinds[0].Times.Count:N0} requests of each kind\n\n| refusal | p50 µs | p90 µs | p99 µs | median difference to an unknown name, µs, with 95% confidence | later than an unknown name in |\n|---|---|---|---|---|---|");
        foreach (var kind in kinds)
        {
            var sorted = kind.Times.Order().ToArray();
            var compared = kind == kinds[0] ? "– | –" : $"{Difference(kind.Times, kinds[0].Times)} | {Later(kind.Times, kinds[0].Times):P1} of pairs";
            Console.WriteLine($"| {kind.Name} | {sorted[sorted.Length / 2]:0} | {sorted[(int)(sorted.Length * 0.9)]:0} | {sorted[(int)(sorted.Length * 0.99)]:0} | {compared} |");
        }
    }

    /// <summary>Of the differences within a round; its confidence interval from order statistics, which assumes nothing about their distribution.</summary>
    private static string Difference(List<double> times, List<double> others)
    {
        var differences = times.Zip(others, (time, other) => time - other).Order().ToArray();
        var (middle, reach) = (differences.Length / 2, (int)Math.Ceiling(1.96 * Math.Sqrt(differences.Length) / 2));
        return $"{differences[middle]:+0.0;-0.0;0.0} ({differences[middle - reach]:+0.0;-0.0;0.0} to {differences[middle + reach]:+0.0;-0.0;0.0})";
    }

    private static double Later(List<double> times, List<double> others) => times.Zip(others).Average(pair => pair.First > pair.Second ? 1.0 : pair.First < pair.Second ? 0.0 : 0.5);

    private sealed record Kind(string Name, ReadOnlyMemory<byte> Request)
    {
        public List<double> Times { get; } = [];
    }
}
