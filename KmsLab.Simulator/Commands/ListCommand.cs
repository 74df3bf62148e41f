using System.CommandLine;
using Spectre.Console;

namespace KmsLab.Simulator.Commands;

/// <summary><c>list</c>: the scenarios.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var command = new Command("list", "Shows the scenarios.");
        command.SetAction(_ => Show());
        return command;
    }

    private static void Show()
    {
        if (Console.IsOutputRedirected)
            ShowLines();
        else
            ShowTable();
    }

    private static void ShowLines()
    {
        foreach (var scenario in ScenarioCatalog.All)
            Console.WriteLine($"{scenario.Id,-22} {scenario.Title}. Found by: {FoundBy(scenario)}.");
    }

    private static void ShowTable()
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("scenario", "what happens", "found by");
        foreach (var scenario in ScenarioCatalog.All)
            table.AddRow(new Markup($"[bold]{scenario.Id}[/]"), new Text(scenario.About), new Text(FoundBy(scenario)));
        AnsiConsole.Write(table);
    }

    private static string FoundBy(ScenarioInfo scenario) => !scenario.IsAttack
        ? "nothing"
        : string.Join(", ", scenario.Expected.Concat(scenario.ExpectedWithHistory.Select(detection => $"{detection} (once it has learned, or is configured for it)")));
}
