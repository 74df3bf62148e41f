using System.Diagnostics;
using KmsLab.AppHost.Databases;
using KmsLab.Sentinel;
using KmsLab.Sentinel.Host;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Sources.Files;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;
using KmsLab.Tests.Sentinel.Faults;
using Microsoft.Extensions.Logging.Abstractions;

namespace KmsLab.Benchmarks.Sentinel;

/// <summary>How many records a second the engine takes from bytes to commit, on SQLite and PostgreSQL, and where the time goes.</summary>
/// <remarks>Pages as CloudWatch Logs gives them, about 1 MB, and as a replay takes them. All records are distinct but for 5 % duplicates.</remarks>
internal static class SentinelThroughput
{
    private const int Seed = 1;

    private static readonly int[] PageSizes = [1000, 5000];

    public static async Task RunAsync(int records)
    {
        var folder = Directory.CreateTempSubdirectory("kmslab-bench-").FullName;
        try
        {
            new SyntheticTrail(Seed, records).WriteTo(Directory.CreateDirectory(Path.Combine(folder, "trail")).FullName);
            var events = await ReadAsync(Path.Combine(folder, "trail"));
            Console.WriteLine("| database | records a page | records/s | CPU us/record | allocated KB/record | where the time goes |\n|---|---|---|---|---|---|");
            foreach (var pageSize in PageSizes)
                await MeasureAsync(DatabaseProvider.Sqlite, $"Data Source={Path.Combine(folder, $"bench-{pageSize}.db")}", events, pageSize);
            if (PostgresInstallation.Find().Found is { } installation)
            {
                await using var server = await PostgresServer.StartAsync(installation);
                foreach (var pageSize in PageSizes)
                    await MeasureAsync(DatabaseProvider.PostgreSql, await server.CreateDatabaseAsync(), events, pageSize);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<List<SourceEvent>> ReadAsync(string trail)
    {
        var events = new List<SourceEvent>();
        await foreach (var page in new FileSource(trail, NullLogger<FileSource>.Instance).ReadAsync(CancellationToken.None))
            events.AddRange(page.Events);
        return events;
    }

    private static async Task MeasureAsync(DatabaseProvider provider, string connectionString, List<SourceEvent> events, int pageSize)
    {
        await new DatabaseMigrator("sentinel", connectionString, provider, typeof(SentinelExtensions).Assembly).StartingAsync(CancellationToken.None);
        await using var database = new Database(DatabaseExtensions.CreateSource(connectionString, provider), provider);
        var steps = new StepTimes();
        await using var services = Services(database, steps);
        var lease = ActivatorUtilities.CreateInstance<LeaseKeeper>(services);
        await lease.StepAsync(CancellationToken.None);
        var pipeline = services.GetRequiredService<Pipeline>();
        await pipeline.TakeAsync(new Turn.Tick(), CancellationToken.None);

        using var process = Process.GetCurrentProcess();
        var (cpu, allocated, start) = (process.TotalProcessorTime, GC.GetTotalAllocatedBytes(), TimeProvider.System.GetTimestamp());
        foreach (var page in events.Chunk(pageSize))
            await pipeline.TakeAsync(new Turn.Page("bench", page), CancellationToken.None);
        var elapsed = TimeProvider.System.GetElapsedTime(start);

        process.Refresh();
        Console.WriteLine(
            $"| {provider} | {pageSize} | {events.Count / elapsed.TotalSeconds:N0} | {(process.TotalProcessorTime - cpu).TotalMicroseconds / events.Count:0} "
            + $"| {(GC.GetTotalAllocatedBytes() - allocated) / 1024.0 / events.Count:0.0} | {steps} |");
    }

    private static ServiceProvider Services(Database database, StepTimes steps)
    {
        var services = new ServiceCollection();
        services.AddMetrics();
        services.AddLogging();
        services.AddSingleton<ILogger<Pipeline>>(steps.For<Pipeline>());
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(database);
        services.Configure<SentinelOptions>(options => (options.LogGroups, options.Retention) = (["bench"], TimeSpan.FromDays(36_500)));
        services.AddSentinelOptions();
        services.AddLeadership();
        services.AddSentinelPipeline();
        return services.BuildServiceProvider();
    }
}
