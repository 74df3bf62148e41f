using System.Globalization;
using Spectre.Console;

namespace KmsLab.Simulator.Commands;

/// <summary>Shows how far a run is: a bar on a terminal, now and then a line in a file.</summary>
internal static class RunProgress
{
    public static Task<GroundTruth> ShowAsync(ScenarioInfo scenario, Func<IProgress<ScenarioProgress>, Task<GroundTruth>> run) =>
        Console.IsOutputRedirected ? run(new ProgressLines(Console.Out, TimeProvider.System)) : ShowBarAsync(scenario, run);

    /// <summary>Says what it was, once it is over.</summary>
    public static void Tell(GroundTruth truth)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{truth.Scenario}: {truth.Calls} calls in {(truth.To - truth.From).TotalSeconds:0.0} s, {truth.Failed} of them failed otherwise than planned."));
        foreach (var attack in truth.Attacks)
        {
            var who = attack.Client is { } client ? $"{client} through {attack.Principal}" : attack.Principal;
            var by = attack.Expected.Count == 0 ? "nothing without history" : string.Join(", ", attack.Expected);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {attack.From:HH:mm:ss.f} to {attack.To:HH:mm:ss.f} UTC by {who}; to be found by {by}"));
        }

        if (truth.Note is { } note)
            Console.WriteLine($"  {note}");
    }

    private static Task<GroundTruth> ShowBarAsync(ScenarioInfo scenario, Func<IProgress<ScenarioProgress>, Task<GroundTruth>> run) =>
        AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(context => run(new Bar(context.AddTask(scenario.Id))));

    private sealed class Bar(ProgressTask task) : IProgress<ScenarioProgress>
    {
        public void Report(ScenarioProgress value)
        {
            (task.MaxValue, task.Value) = (Math.Max(1, value.Total), value.Done);
            task.Description = Markup.Escape($"{value.Scenario}: {value.Phase}");
            if (value.Note is { } note)
                AnsiConsole.MarkupLineInterpolated($"[grey]{note}[/]");
        }
    }
}
