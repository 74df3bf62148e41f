using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace KmsLab.Sentinel.Replay;

/// <summary>The command line of <c>replay</c>.</summary>
internal static class ReplayCommand
{
    private static readonly Argument<string> PathArgument = new("path")
    {
        Description = "A folder, a glob in quotes such as 'logs/**/*.json.gz', or a file: CloudTrail's delivery files, records one a line, "
            + "lookup-events, EventBridge, CloudWatch Logs, SNS and SQS, exports of CloudTrail Lake and Athena. Or a place in the trail's bucket, "
            + "such as s3://bucket/AWSLogs/111122223333/: files delivered from --from to a day after --to are fetched.",
    };

    private static readonly Option<string?> Database = new("--database") { Description = "Keep the outcome in this SQLite file, and go on from there when started again." };

    private static readonly Option<DateTimeOffset?> From = Instant("--from", "Leave out records from before this time, such as 2026-11-23 or 2026-11-23T12:00:00Z.");

    private static readonly Option<DateTimeOffset?> To = Instant("--to", "Leave out records from this time on.");

    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON instead of tables." };

    private static readonly Option<bool> Rates = new("--rates")
    {
        Description = "Count the calls of KMS by key, principal, operation, outcome, service and minute, and nothing else: no detections, no database, all cores. "
            + "A record counts once, as without --rates: its eventID is remembered, in about 20 bytes.",
    };

    private static readonly Option<bool> CountDuplicates = new("--count-duplicates")
    {
        Description = "With --rates: count a record as often as the files hold it, as a GROUP BY does. No eventID is remembered, so memory grows with the counts alone.",
    };

    private static readonly Option<string?> Config = new("--config")
    {
        Description = "A JSON file with a section Sentinel: detections, rules, protected sets. "
            + "It counts above environment variables (Sentinel__...).",
    };

    /// <summary>Makes it. Its exit code: 0 without alarms, 2 with alarms, 4 if no record was judged, 1 if it could not be done.</summary>
    public static Command Create()
    {
        const string Description = "Find in CloudTrail files what Sentinel would have found when it happened. "
            + "Exit code: 0 without alarms, 2 with alarms, 4 if there was no record to judge (or with --rates, to count), 1 on an error.";
        var command = new Command("replay", Description)
        {
            PathArgument, Rates, CountDuplicates, Database, From, To, Json, Config,
        };
        command.Validators.Add(Check);
        command.SetAction((parsed, cancellationToken) => ReplayProgram.RunAsync(OptionsOf(parsed), cancellationToken));
        return command;
    }

    private static ReplayOptions OptionsOf(ParseResult parsed) => new(
        parsed.GetRequiredValue(PathArgument), parsed.GetValue(Database), parsed.GetValue(From), parsed.GetValue(To), parsed.GetValue(Json), parsed.GetValue(Config))
    {
        Rates = parsed.GetValue(Rates),
        CountsDuplicates = parsed.GetValue(CountDuplicates),
    };

    /// <summary>What would be without effect is refused.</summary>
    private static void Check(CommandResult result)
    {
        if (!result.GetValue(Rates))
        {
            if (result.GetValue(CountDuplicates))
                result.AddError("--count-duplicates goes with --rates: detections never count a record twice.");
            return;
        }

        if (result.GetValue(Database) is not null)
            result.AddError("--rates keeps nothing: leave out --database, or leave out --rates to keep the outcome.");
        if (result.GetValue(Config) is not null)
            result.AddError("--rates judges nothing, so there is nothing to configure: leave out --config.");
    }

    internal static Option<DateTimeOffset?> Instant(string name, string description) =>
        new(name) { Description = description, CustomParser = argument => InstantOf(name, argument) };

    private static DateTimeOffset? InstantOf(string name, ArgumentResult argument)
    {
        if (DateTimeOffset.TryParse(argument.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
            return at;

        argument.AddError($"{name} '{argument.Tokens[0].Value}' is no time: write it as 2026-11-23 or 2026-11-23T12:00:00Z.");
        return null;
    }
}
