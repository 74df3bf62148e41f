using System.Globalization;
using Spectre.Console;

namespace KmsLab.AppHost.Scenarios;

/// <summary>Prints a scenario's report.</summary>
internal static class ScenarioTables
{
    public static void Print(ScenarioReport report, IAnsiConsole console)
    {
        console.WriteLine();
        console.MarkupLineInterpolated($"[bold]{report.Truth.Scenario}[/]: {report.Truth.Calls} calls, seed {report.Truth.Seed}.");
        foreach (var attack in report.Truth.Attacks)
            console.MarkupLineInterpolated($"The attack: {At(attack.From)} to {At(attack.To)} UTC, by {attack.Client ?? attack.Principal}.");
        PrintFindings(report, console);
        PrintAlarms("Raised besides (another view of the attack, or a false alarm)", report.Besides, console);
        PrintAlarms("Raised before the attack: false alarms", report.Before, console);
        if (report.NormalProblem is { } problem)
            console.MarkupLineInterpolated($"[red]There was no normal traffic around it, or not to its end: {problem}[/]");
        if (report.Truth.Note is { } note)
            console.MarkupLineInterpolated($"[yellow]{note}[/]");
    }

    private static void PrintFindings(ScenarioReport report, IAnsiConsole console)
    {
        if (report.Findings.Count == 0)
        {
            console.MarkupLine("Nothing is expected to find this in a lab that has not learned what is normal for some weeks.");
            return;
        }

        var table = new Table().AddColumns("expected to find it", "found", "after", "why");
        foreach (var finding in report.Findings)
        {
            table.AddRow(
                new Text(finding.Detection),
                finding.Alarm is { } found ? new Text(At(found.ChangedAt), Color.Green) : new Text("missed", Color.Red),
                new Text(finding.After is { } after ? string.Create(CultureInfo.InvariantCulture, $"{after.TotalSeconds:0.0} s") : finding.Alarm is null ? "" : "fired already"),
                new Text(finding.Alarm?.Why ?? ""));
        }

        console.Write(table);
    }

    private static void PrintAlarms(string title, IReadOnlyList<SeenAlarm> alarms, IAnsiConsole console)
    {
        if (alarms.Count == 0)
            return;

        console.MarkupLineInterpolated($"{title}:");
        foreach (var alarm in alarms)
            console.MarkupLineInterpolated($"  {At(alarm.ChangedAt)} {alarm.Detection} ({alarm.Severity}): {alarm.Why}");
    }

    private static string At(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
}
