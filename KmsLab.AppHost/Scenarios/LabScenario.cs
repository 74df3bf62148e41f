using System.Globalization;
using KmsLab.Simulator;
using Spectre.Console;

namespace KmsLab.AppHost.Scenarios;

/// <summary>The scenario that the command line asks for.</summary>
internal sealed class LabScenario(ScenarioInfo scenario, int seed)
{
    /// <summary>Something that was expected was not found, something fired that should not have, or there was no normal traffic.</summary>
    public const int Missed = 3;

    /// <summary>A signal ended it, so nothing is known: 128 and SIGINT's 2, as shells have it.</summary>
    public const int Interrupted = 130;

    /// <summary>Reads <c>--scenario</c> and <c>--seed</c>.</summary>
    /// <returns>Null when none is asked for.</returns>
    /// <exception cref="LabException">There is no such scenario, or the seed is no number.</exception>
    public static LabScenario? Of(IReadOnlyDictionary<string, string?> arguments)
    {
        if (!arguments.TryGetValue(LabArguments.ScenarioKey, out var id) || id is null)
            return null;

        var scenario = ScenarioCatalog.Find(id) ?? throw new LabException($"there is no scenario {id}. Choose among {string.Join(", ", ScenarioCatalog.All.Select(one => one.Id))}.");
        return new(scenario, SeedOf(arguments.GetValueOrDefault(LabArguments.SeedKey)));
    }

    /// <summary>Plays it, and prints what was detected.</summary>
    /// <returns>The exit code: 0 when all was as expected, 3 otherwise.</returns>
    public async Task<int> PlayAsync(EmbeddedLab lab, CancellationToken cancellationToken)
    {
        var report = await new ScenarioShow(lab.Sentinel, lab.Target, TimeProvider.System, Console.Out).RunAsync(scenario, seed, cancellationToken);
        ScenarioTables.Print(report, AnsiConsole.Console);
        return report.IsGood ? 0 : Missed;
    }

    private static int SeedOf(string? text) => text is null
        ? 1
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : throw new LabException($"--seed '{text}' is no number. Write it as --seed 7.");
}
