using System.Globalization;
using Spectre.Console;

namespace KmsLab.AppHost.Scenarios;

/// <summary>Prints a scenario's verdict.</summary>
internal static class ScenarioTables
{
    public static void Print(SimulatorRun run, Verdict verdict, IAnsiConsole console)
    {
        console.WriteLine();
        var color = verdict.IsGood ? "green" : "red";
        console.MarkupLineInterpolated($"[bold]{run.Scenario}[/]: {run.Done} calls, seed {run.Seed}: [{color}]{verdict.Summary}[/]");
        PrintFindings(verdict.Findings, console);
        PrintAlarms("Raised besides (another view of the attack, or a false alarm)", verdict.Besides, console);
        PrintAlarms("Raised before the attack: false alarms", verdict.Before, console);
        if (verdict.NormalProblem is { } problem)
            console.MarkupLineInterpolated($"[red]There was no normal traffic around it, or not to its end: {problem}[/]");
        if ((run.Problem ?? run.Note) is { } note)
            console.MarkupLineInterpolated($"[yellow]{note}[/]");
    }

    private static void PrintFindings(IReadOnlyList<Finding> findings, IAnsiConsole console)
    {
        if (findings.Count == 0)
            return;

        var table = new Table().AddColumns("expected to find it", "found", "why");
        foreach (var finding in findings)
            table.AddRow(new Text(finding.Detection), Found(finding), new Text(finding.Why ?? ""));
        console.Write(table);
    }

    private static Text Found(Finding finding) => finding switch
    {
        { Found: false } => new Text("missed", Color.Red),
        { AfterSeconds: { } after } => new Text(string.Create(CultureInfo.InvariantCulture, $"after {after:0.0} s"), Color.Green),
        _ => new Text("fired already", Color.Green),
    };

    private static void PrintAlarms(string title, IReadOnlyList<RaisedAlarm> alarms, IAnsiConsole console)
    {
        if (alarms.Count == 0)
            return;

        console.MarkupLineInterpolated($"{title}:");
        foreach (var alarm in alarms)
            console.MarkupLineInterpolated($"  {At(alarm.ChangedAt)} {alarm.Detection} ({alarm.Severity}): {alarm.Why}");
    }

    private static string At(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
}
