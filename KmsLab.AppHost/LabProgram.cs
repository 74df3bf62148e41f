using System.Runtime.InteropServices;
using KmsLab.AppHost.Scenarios;
using KmsLab.Simulator;

namespace KmsLab.AppHost;

/// <summary>The embedded lab as a console program: start, say where everything is, run until a signal, stop in order.</summary>
internal static class LabProgram
{
    /// <summary>Runs the lab.</summary>
    /// <returns>The exit code: 0 after a signal, 1 when the lab could not start; after a scenario what <see cref="LabScenario.PlayAsync"/> says, 130 after a signal in the midst of one.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        if (LabArguments.AsksForHelp(args))
        {
            Console.WriteLine(LabArguments.Help);
            return 0;
        }

        using var stop = new CancellationTokenSource();
        using var interrupt = OnSignal(PosixSignal.SIGINT, stop);
        using var terminate = OnSignal(PosixSignal.SIGTERM, stop);
        LabScenario? scenario = null;
        try
        {
            var arguments = LabArguments.Parse(args);
            scenario = LabScenario.Of(arguments);
            await using var lab = await EmbeddedLab.StartAsync(arguments, stop.Token);
            Console.WriteLine(Welcome.Text(lab));
            if (scenario is not null)
                return await scenario.PlayAsync(lab, stop.Token);
            await stop.Token.WhenCancelledAsync();
            Console.WriteLine("Stopping.");
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return scenario is null ? 0 : LabScenario.Interrupted;
        }
        catch (Exception problem) // The process edge: whatever went wrong becomes one line that says what to do.
        {
            await Console.Error.WriteLineAsync($"KmsLab could not {(problem is SimulatorException ? "play the scenario" : "start")}: {problem.Message}");
            return 1;
        }
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, CancellationTokenSource stop) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true; // We stop the services in order ourselves; the runtime would end the process under them.
            stop.Cancel();
        });

    private static Task WhenCancelledAsync(this CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.Register(cancelled.SetResult);
        return cancelled.Task;
    }
}
