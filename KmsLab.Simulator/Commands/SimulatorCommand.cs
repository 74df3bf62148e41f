using System.CommandLine;

namespace KmsLab.Simulator.Commands;

/// <summary>The program's command line.</summary>
internal static class SimulatorCommand
{
    /// <summary>It was done.</summary>
    public const int Done = 0;

    /// <summary>It could not be done.</summary>
    public const int Failed = 1;

    /// <summary>System.CommandLine ends the process 2 s after Ctrl-C otherwise, and a run puts right first what it changed, for a minute if it has to.</summary>
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Runs a command.</summary>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(string[] args)
    {
        if (ServeCommand.IsAsked(args))
            return ServeCommand.RunAsync(args[1..]);

        var root = new RootCommand("Normal traffic and attacks, for trying out what watches the keys.")
        {
            ListCommand.Create(), RunCommand.Create(), WriteCommand.Create(), ServeCommand.Create(),
        };
        return root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TerminationTimeout });
    }

    /// <summary>The process edge of each command: what went wrong becomes one line that says what to change.</summary>
    public static async Task<int> GuardAsync(Func<Task> action)
    {
        try
        {
            await action();
            return Done;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped.");
        }
        catch (Exception problem) // The process edge.
        {
            await Console.Error.WriteLineAsync(problem is SimulatorException ? problem.Message : $"{problem.GetType().Name}: {problem.Message}");
        }

        return Failed;
    }

    /// <summary>The scenario with this id.</summary>
    /// <exception cref="SimulatorException">There is none.</exception>
    public static ScenarioInfo Scenario(string id) =>
        ScenarioCatalog.Find(id) ?? throw new SimulatorException($"There is no scenario '{id}'. There are {string.Join(", ", ScenarioCatalog.All.Select(one => one.Id))}.");
}
