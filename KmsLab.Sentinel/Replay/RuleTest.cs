using System.CommandLine;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Languages;
using Spectre.Console;

namespace KmsLab.Sentinel.Replay;

/// <summary>
/// Makes <c>Sentinel test FILE --records R</c>: says which rules and detections of a configuration would fire on some records, and which saw nothing.
/// </summary>
internal static class RuleTest
{
    private const int WidthOfFiles = 200;

    private const string About = "Say which rules and detections of a configuration would fire on some records. "
        + "Exit code: 0 when it was tried, 4 if there was no record to judge, 1 on an error.";

    private static readonly Argument<string> File = new("file")
    {
        Description = "A JSON file with a section Sentinel: rules, detections, protected sets.",
    };

    private static readonly Option<string> Records = new("--records")
    {
        Description = "Records as replay reads them: a file, a folder, or a glob in quotes.",
        Required = true,
    };

    public static Command Create()
    {
        var command = new Command("test", About) { File, Records };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetRequiredValue(File), parsed.GetRequiredValue(Records), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string file, string records, CancellationToken cancellationToken)
    {
        var totals = new SelectionTotals();
        var replay = new ReplayOptions(records, null, null, null, true, file) { Selections = totals };
        return await ReplayProgram.GuardAsync(replay, async () =>
        {
            var report = await ReplayProgram.ReplayAsync(replay, cancellationToken);
            Print(report, totals.Catalog!, totals, AnsiConsole.Console);
            return report.Records.Counted > 0 ? ReplayProgram.Quiet : await ReplayProgram.NothingAsync(report);
        });
    }

    private static void Print(ReplayReport report, DetectionCatalog catalog, SelectionTotals totals, IAnsiConsole console)
    {
        if (Console.IsOutputRedirected)
            console.Profile.Width = WidthOfFiles;
        var alarms = report.Alarms.ToLookup(alarm => alarm.Alarm.Detection, StringComparer.OrdinalIgnoreCase);
        var builtIn = DetectionCatalog.BuiltIn.Select(definition => definition.Id).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var table = new Table().Border(TableBorder.Minimal)
            .AddColumns("", "name", "mode", "records it counts", "needs", "alarms", "most within the window");
        foreach (var detection in catalog.All.OrderBy(detection => builtIn.Contains(detection.Definition.Id)))
        {
            var (id, settings) = (detection.Definition.Id, detection.Settings);
            var isRule = !builtIn.Contains(id);
            if (!isRule && totals[id] == 0 && !alarms[id].Any())
                continue;

            var most = alarms[id].Select(alarm => (long?)alarm.Alarm.Observed).Max();
            table.AddRow(
                isRule ? "rule" : "detection",
                Markup.Escape(id),
                $"{settings.Mode}",
                $"{totals[id]:N0}",
                Markup.Escape(DetectionRule.Of(detection.Definition, settings, Texts.English)),
                $"{alarms[id].Count():N0}",
                most is null ? "" : $"{most:N0}");
        }

        var records = report.Records;
        console.MarkupLineInterpolated(
            $"[bold]{records.Counted:N0} records[/] judged of {records.Read:N0}; {records.Malformed:N0} malformed, {records.Ignored:N0} of services that nothing here reads.");
        console.Write(table);
        var silent = catalog.Active.Count(detection => builtIn.Contains(detection.Definition.Id) && totals[detection.Definition.Id] == 0);
        console.MarkupLineInterpolated($"{silent} other detections are on, and no record was of interest to them.");
    }
}
