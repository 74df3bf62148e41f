using System.Globalization;
using Spectre.Console;

namespace KmsLab.Benchmarks.Detection;

/// <summary>Shows people the report.</summary>
internal static class QualityTables
{
    private const int WidthOfFiles = 260;

    public static void Print(QualityReport report, TimeSpan took)
    {
        var console = AnsiConsole.Console;
        if (Console.IsOutputRedirected)
            console.Profile.Width = WidthOfFiles;
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"{report.Runs} runs of {report.Weeks * 7 / report.Seeds:0} days, {report.Seeds} seeds, {report.Weeks:0.0} weeks of normal traffic, in {took.TotalMinutes:0.0} min. Times are from an attack's first call to the record that fires; CloudTrail's delivery, about 5 min, comes on top.");
        console.Write(Attacks(report));
        console.Write(Detections(report));
        console.MarkupLineInterpolated($"fixed threshold: more than {string.Join(", ", report.FixedThresholds)} Decrypts in 5 minutes");
        foreach (var alarm in report.FalseAlarms)
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"false: {alarm.Detection} at {alarm.At.UtcDateTime:yyyy-MM-dd HH:mm}, seed {alarm.Seed}, {alarm.Run}: {alarm.Group}");
        foreach (var missed in report.Missed)
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"missed: {missed.Attack}, seed {missed.Seed}, {(missed.IsFound ? "found, but not" : "not found")} by {string.Join(", ", missed.By)}");
        foreach (var target in report.Targets)
            console.MarkupLine($"{(target.IsMet ? "[green]met[/]" : "[red]not met[/]")}: {Markup.Escape(target.Wanted)}: {Markup.Escape(target.Measured)}");
    }

    private static Table Attacks(QualityReport report)
    {
        var table = TableOf("Attack", "Sentinel", "median", "max", "by (times, median)", "Lab's alarm", "median", "Fixed threshold", "median");
        foreach (var attack in report.Attacks)
        {
            table.AddRow(
                attack.Attack, Of(attack.Sentinel, attack.Runs), Span(attack.Sentinel.MedianSeconds), Span(attack.Sentinel.MaxSeconds),
                string.Join(", ", attack.By.Select(by => FormattableString.Invariant($"{by.Key} ({by.Value.Found}, {Span(by.Value.MedianSeconds)})"))),
                Of(attack.Lab, attack.Runs), Span(attack.Lab.MedianSeconds), Of(attack.Fixed, attack.Runs), Span(attack.Fixed.MedianSeconds));
        }

        return table;
    }

    private static Table Detections(QualityReport report)
    {
        var table = TableOf("Detection", "true", "false", "false, stirred by attacks", "precision", "recall", "false a week");
        foreach (var one in report.Detections)
        {
            table.AddRow(
                one.Detection, Number(one.True), Number(one.False), Number(one.Stirred), Percent(one.Precision),
                one.Recall is null ? "-" : FormattableString.Invariant($"{Percent(one.Recall)} ({one.Found} of {one.Meant})"), one.FalseAWeek.ToString("0.00", CultureInfo.InvariantCulture));
        }

        return table;
    }

    private static Table TableOf(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Markdown);
        foreach (var column in columns)
            table.AddColumn(column);
        return table;
    }

    private static string Of(Findings findings, int runs) =>
        FormattableString.Invariant($"{findings.Found} of {runs}") + (findings.Silent > 0 ? FormattableString.Invariant($", silent in {findings.Silent}") : "");

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Percent(double? share) => share is { } value ? value.ToString("P0", CultureInfo.InvariantCulture) : "-";

    private static string Span(double? seconds) => seconds switch
    {
        null => "-",
        < 120 => FormattableString.Invariant($"{seconds:0} s"),
        < 7200 => FormattableString.Invariant($"{seconds / 60:0} min"),
        < 172_800 => FormattableString.Invariant($"{seconds / 3600:0.0} h"),
        _ => FormattableString.Invariant($"{seconds / 86_400:0.0} d"),
    };
}
