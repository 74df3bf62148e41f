using System.Globalization;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Rates;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Benchmarks.Sentinel;

/// <summary>Memory of Sentinel's rates at many series: one for each of 1,000 keys, of as many principals as it takes, each with two operations.</summary>
internal static class SeriesMemory
{
    private const int Keys = 1000;

    public static void Run(int series)
    {
        var at = DateTimeOffset.UnixEpoch.AddYears(56);

        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var services = Services(series);
        var store = services.GetRequiredService<SeriesStore>();
        for (var number = 0; number < series;)
        {
            for (var inTurn = 0; inTurn < 10_000 && number < series; inTurn++, number++)
                store.Add(KeyOf(number), at);
            // A turn's changes are gone after its commit.
            store.Committed();
        }

        var after = GC.GetTotalMemory(forceFullCollection: true);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{store.Count:N0} series: {(after - before) / (1024.0 * 1024):N1} MiB, {(after - before) / (double)store.Count:N0} bytes each"));
        GC.KeepAlive(store);
    }

    private static ServiceProvider Services(int series)
    {
        var services = new ServiceCollection();
        services.AddMetrics();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new SeriesOptions { MaxSeries = series });
        services.AddSingleton<LeaderStatus>();
        services.AddSingleton<SentinelStatus>();
        services.AddSingleton<SentinelMetrics>();
        services.AddSingleton<Counters>();
        services.AddSingleton<SeriesStore>();
        return services.BuildServiceProvider();
    }

    /// <summary>In texts of its own, as each record brings them.</summary>
    private static SeriesKey KeyOf(int number) => new(
        string.Create(CultureInfo.InvariantCulture, $"arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-{number % Keys:D12}"),
        string.Create(CultureInfo.InvariantCulture, $"arn:aws:iam::000000000000:role/application-{number / Keys / 2:D6}"),
        number / Keys % 2 == 0 ? "Decrypt" : "Encrypt",
        SeriesKey.Success,
        null);
}
