using System.Globalization;
using KmsLab.Sentinel.Replay.Rates;
using Spectre.Console;

namespace KmsLab.Sentinel.Replay;

/// <summary>Shows people what a replay found.</summary>
internal static class ReplayTables
{
    private const int WidthOfFiles = 240;
    private const int RatesShown = 40;
    private const int EvidenceShown = 10;

    public static void Print(ReplayReport report, IAnsiConsole console)
    {
        if (Console.IsOutputRedirected)
            console.Profile.Width = WidthOfFiles;
        PrintSummary(report, console);
        PrintRates(report.Rates, console, "--json shows all.");
        foreach (var alarm in report.Alarms)
            PrintAlarm(alarm, console);
    }

    /// <summary>Shows what was counted.</summary>
    public static void Print(RatesReport report, IAnsiConsole console)
    {
        if (Console.IsOutputRedirected)
            console.Profile.Width = WidthOfFiles;
        var records = report.Records;
        console.MarkupLineInterpolated($"[bold]{records.Counted:N0} records[/] counted of {records.Read:N0} in {report.Files.Found:N0} files; {records.Ignored:N0} of other services, {records.Outside:N0} outside the time asked for, {records.Duplicates:N0} duplicates, {records.Replaced:N0} replaced by corrections, {records.Twins:N0} network twins, {records.Malformed:N0} malformed.");
        PrintFiles(report.Files, console);
        PrintMalformed(records.Problems.Select(problem => (problem.Origin.ToString(), problem.Problem)), console);
        PrintRates([.. report.Series.Select(series => series.Rate)], console, "--json shows all, by the minute.");
    }

    private static void PrintSummary(ReplayReport report, IAnsiConsole console)
    {
        var (files, records) = (report.Files, report.Records);
        console.MarkupLineInterpolated($"[bold]{records.Counted:N0} records[/] judged of {records.Read:N0} in {files.Found:N0} files; {records.Ignored:N0} of other services, {records.Outside:N0} outside the time asked for, {records.Duplicates:N0} duplicates, {records.Twins:N0} network twins, {records.TooLate:N0} too late, {records.Malformed:N0} malformed.");
        PrintFiles(files, console);
        PrintMalformed(report.Malformed.Select(malformed => (malformed.Origin, malformed.Problem)), console);
    }

    private static void PrintFiles(ReplayFiles files, IAnsiConsole console)
    {
        if (files.Digests > 0)
            console.MarkupLineInterpolated($"{files.Digests:N0} digest files passed over.");
        if (files.Unrelated > 0)
            console.MarkupLineInterpolated($"{files.Unrelated:N0} files hold nothing of CloudTrail's: {string.Join(", ", files.UnrelatedNames)}");
    }

    private static void PrintMalformed(IEnumerable<(string Origin, string Problem)> malformed, IAnsiConsole console)
    {
        foreach (var (origin, problem) in malformed)
            console.MarkupLineInterpolated($"[yellow]{origin}[/] {problem}");
        console.WriteLine();
    }

    private static void PrintRates(IReadOnlyList<ReplayRate> rates, IAnsiConsole console, string more)
    {
        if (rates.Count == 0)
            return;

        var table = Table("Calls", "Operation", "Outcome", "Principal", "Key", "Through", "From", "To");
        table.Columns[0].RightAligned();
        foreach (var rate in rates.Take(RatesShown))
            Add(table, rate.Calls.ToString("N0", CultureInfo.InvariantCulture), rate.Operation, rate.Outcome, Short(rate.Principal), Short(rate.KeyArn), rate.Service ?? "", Instant(rate.From), Instant(rate.To));
        console.Write(table);
        if (rates.Count > RatesShown)
            console.MarkupLineInterpolated($"{rates.Count - RatesShown:N0} more; {more}");
    }

    private static void PrintAlarm(ReplayAlarm found, IAnsiConsole console)
    {
        var alarm = found.Alarm;
        console.WriteLine();
        console.MarkupLineInterpolated($"[bold red]{alarm.Detection}[/] [bold]{alarm.Title}[/] ({alarm.Severity}, {alarm.Technique}, {alarm.Occurrence:N0}x)");
        console.MarkupLineInterpolated($"{string.Join(", ", alarm.Group.Select(member => $"{member.Key} {member.Value}"))}");
        console.MarkupLineInterpolated($"{alarm.Why}");
        foreach (var relative in alarm.Relatives)
            console.MarkupLineInterpolated($"  {(relative.AlarmId == alarm.Leader ? "led by" : "with")} {relative.Detection} ({relative.Severity}): same {string.Join(", ", relative.Ties)}");
        foreach (var change in found.History)
            console.MarkupLineInterpolated($"  {Instant(change.At)} {Name(change.State)} {change.Why}");

        var table = Table("Time", "Operation", "Error", "Principal", "Key", "From", "Event id");
        foreach (var record in alarm.Evidence.TakeLast(EvidenceShown))
            Add(table, Instant(record.EventTime), record.EventName, record.ErrorCode ?? "", Short(record.Principal), Short(record.KeyArn), record.SourceIp ?? "", record.EventId);
        console.Write(table);
        if (alarm.EvidenceTotal > EvidenceShown)
            console.MarkupLineInterpolated($"The last {Math.Min(EvidenceShown, alarm.Evidence.Count)} of {alarm.EvidenceTotal:N0} records; --json shows up to 50.");
        foreach (var step in alarm.Runbook)
            console.MarkupLineInterpolated($"  - {step}");
    }

    private static Table Table(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
            table.AddColumn(column);
        return table;
    }

    /// <summary>What a record says is no markup, and no command for the terminal.</summary>
    private static void Add(Table table, params string[] cells) =>
        table.AddRow([.. cells.Select(cell => new Text(string.Concat(cell.Select(c => char.IsControl(c) ? ' ' : c))))]);

    /// <summary>An ARN from its Region or account on: the rest is the same in every row.</summary>
    private static string Short(string? arn) => arn?.Split(':') is ["arn", _, _, .. var rest] ? string.Join(':', rest.Where(part => part.Length > 0)) : arn ?? "";

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Name(Alarms.AlarmState state) => state switch
    {
        Alarms.AlarmState.Ok => "OK",
        Alarms.AlarmState.Alarm => "ALARM",
        _ => "INSUFFICIENT_DATA",
    };
}
