using System.Text.Json;
using KmsLab.Sentinel.Host;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Replay.Rates;
using KmsLab.Sentinel.Sources;
using KmsLab.Sentinel.Sources.Files;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using KmsLab.ServiceDefaults.Settings;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Spectre.Console;

namespace KmsLab.Sentinel.Replay;

/// <summary><c>KmsLab.Sentinel replay</c>: what the service would have found in files of records, told on the console. Needs no AWS and no server.</summary>
internal static class ReplayProgram
{
    /// <summary>Nothing was found.</summary>
    public const int Quiet = 0;

    /// <summary>It could not be done.</summary>
    public const int Failed = 1;

    /// <summary>There are alarms.</summary>
    public const int Alarms = 2;

    /// <summary>No record was judged: that is no all-clear.</summary>
    public const int Nothing = 4;

    /// <summary>A hundred years: in a replay no record is too old.</summary>
    private static readonly TimeSpan Unlimited = TimeSpan.FromDays(36_500);

    /// <summary>Replays.</summary>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(ReplayOptions asked, CancellationToken cancellationToken) => GuardAsync(asked, () => S3Replay.WithFilesAsync(asked, async replay =>
    {
        if (replay.Rates)
            return await RatesProgram.RunAsync(replay, cancellationToken);

        var report = await ReplayAsync(replay, cancellationToken);
        if (replay.Json)
            Console.WriteLine(JsonSerializer.Serialize(report, ReplayJson.Default.ReplayReport));
        else
            ReplayTables.Print(report, AnsiConsole.Console);
        return report.Alarms.Count > 0 ? Alarms : report.Records.Counted > 0 ? Quiet : await NothingAsync(report);
    }, cancellationToken));

    /// <summary>Does what a command asks for, and says in a line why it can't be done.</summary>
    public static async Task<int> GuardAsync(ReplayOptions replay, Func<Task<int>> work, string command = "replay")
    {
        try
        {
            return await work();
        }
        catch (OptionsValidationException invalid)
        {
            return await FailAsync(command, string.Join(Environment.NewLine, invalid.Failures));
        }
        catch (Exception problem) when (problem is ReplayException or SourceAbsentException or CommandLineException)
        {
            return await FailAsync(command, problem.Message);
        }
        catch (OperationCanceledException)
        {
            return await FailAsync(command, replay.Database is null ? "Stopped." : $"Stopped. The same command goes on from here.");
        }
        catch (Exception problem) // The process edge: whatever went wrong becomes one line and an exit code.
        {
            return await FailAsync(command, $"{problem.GetType().Name}: {problem.Message}");
        }
    }

    /// <summary>Replays without a console.</summary>
    internal static async Task<ReplayReport> ReplayAsync(ReplayOptions replay, CancellationToken cancellationToken)
    {
        var source = new FileSource(replay.Path, NullLogger<FileSource>.Instance);
        FileSet.List(replay.Path); // A wrong path is told before a database is made.
        await using var database = await ReplayDatabase.OpenAsync(replay.Database, source.Name, cancellationToken);
        await using var services = Services(replay, source, database.Opened);
        if (SettingsCheck.Find(services, SentinelOptions.Section) is { Problems: [_, ..] problems })
            throw new SettingsException(problems);

        var lease = ActivatorUtilities.CreateInstance<LeaseKeeper>(services);
        await lease.StepAsync(cancellationToken);
        if (services.GetRequiredService<LeaderStatus>().Current is null)
            throw new ReplayException($"{replay.Database} is in use by another replay. Wait for it, or name another file with --database.");

        try
        {
            return await ReplayAsync(replay, source, services, cancellationToken);
        }
        finally
        {
            await lease.StopAsync(CancellationToken.None);
        }
    }

    private static async Task<ReplayReport> ReplayAsync(ReplayOptions replay, FileSource source, ServiceProvider services, CancellationToken cancellationToken)
    {
        var run = services.GetRequiredService<ReplayRun>();
        var done = Task.Run(() => run.RunAsync(cancellationToken), cancellationToken);
        await (replay.ShowsProgress ? new ReplayProgress(() => source.Report, TimeProvider.System).ShowAsync(done) : done);
        return await services.GetRequiredService<ReplayQuery>().ReadAsync(source.Report, cancellationToken);
    }

    private static ServiceProvider Services(ReplayOptions replay, FileSource source, Database database)
    {
        var services = new ServiceCollection();
        services.AddMetrics();
        services.AddLogging();
        services.AddSingleton(new ReplayClock(TimeProvider.System));
        services.AddSingleton<TimeProvider>(provider => provider.GetRequiredService<ReplayClock>());
        services.AddSingleton(_ => database);
        services.AddSingleton(replay);
        services.AddSingleton(source);
        services.AddSingleton<IRecordSource>(source);
        services.AddSingleton<IConfiguration>(Configuration(replay));
        services.AddSentinelSettings().PostConfigure(options => Adapt(options, replay));
        services.AddSentinelOptions();
        services.AddLeadership();
        services.AddSingleton(new CommitGroup { IsForReport = replay.Database is null });
        if (replay.Database is null)
            services.AddScoped<SeenRecords, SeenFile>();
        services.AddSentinelPipeline();
        if (replay.Selections is { } totals)
        {
            services.AddSingleton(totals);
            services.AddTurnPart<SelectionCounts>();
        }

        services.AddSingleton<ReplayRun>();
        services.AddSingleton<ReplayQuery>();
        return services.BuildServiceProvider();
    }

    /// <summary>Detections are configured as the service's are.</summary>
    private static IConfigurationRoot Configuration(ReplayOptions replay)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables();
        if (replay.Config is { } file)
            configuration.AddConfigFile(file);
        return configuration.Build();
    }

    private static void Adapt(SentinelOptions options, ReplayOptions replay)
    {
        (options.LogGroups, options.EventHistory, options.Files) = ([], false, [replay.Path]);
        options.Retention = Unlimited;
        options.Rates.KeepFor = Unlimited;
        options.Canary.KeyId = null;
    }

    public static async Task<int> NothingAsync(ReplayReport report)
    {
        await Console.Error.WriteLineAsync(
            $"Sentinel judged no record, so this is no all-clear: {report.Files.Found} files, {report.Records.Read} records in them. Name files with CloudTrail's records, and a time that they are of.");
        return Nothing;
    }

    private static async Task<int> FailAsync(string command, string message)
    {
        await Console.Error.WriteLineAsync($"Sentinel could not {command}: {message}");
        return Failed;
    }
}
