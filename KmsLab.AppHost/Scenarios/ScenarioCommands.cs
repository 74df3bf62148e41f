using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace KmsLab.AppHost.Scenarios;

/// <summary>The simulator's scenarios as commands on Aspire's dashboard, and for <c>aspire resource localaws ID</c>.</summary>
/// <remarks>
/// They are commands of LocalAws, because it is what they attack.
/// In mode <c>aws</c> there are none: a real account is never attacked by a button.
/// </remarks>
internal static partial class ScenarioCommands
{
    /// <summary>Adds one command a scenario, named by its id.</summary>
    public static IResourceBuilder<ProjectResource> WithScenarioCommands(
        this IResourceBuilder<ProjectResource> localAws, IResourceBuilder<ProjectResource> simulator)
    {
        foreach (var scenario in ScenarioList.All)
        {
            localAws.WithCommand(
                scenario.Id,
                scenario.Title,
                context => PlayAsync(scenario, simulator.GetEndpoint("http"), context),
                OptionsOf(scenario));
        }

        return localAws;
    }

    private static CommandOptions OptionsOf(Scenario scenario) => new()
    {
        Description = scenario.About,
        ConfirmationMessage = scenario.IsAttack
            ? $"{scenario.About} This attacks the lab for real, and puts right afterwards what it changed."
            : null,
        IconName = scenario.IsAttack ? "ShieldError" : "People",
        UpdateState = context =>
            context.ResourceSnapshot.HealthStatus == HealthStatus.Healthy ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
    };

    private static async Task<ExecuteCommandResult> PlayAsync(Scenario scenario, EndpointReference simulator, ExecuteCommandContext context)
    {
        using var client = new SimulatorClient(new Uri(simulator.Url));
        try
        {
            var run = await client.StartAsync(scenario.Id, null, amidNormalTraffic: false, context.CancellationToken);
            return ResultOf(await client.FollowAsync(
                run,
                entered => Log.Phase(context.Logger, entered.Scenario, entered.Phase, entered.Done, entered.Total),
                context.CancellationToken));
        }
        catch (LabException refused)
        {
            return CommandResults.Failure(refused.Message);
        }
    }

    private static ExecuteCommandResult ResultOf(SimulatorRun run) => run switch
    {
        { Problem: { } problem } => CommandResults.Failure(problem),
        { State: "stopped" } => CommandResults.Canceled(),
        { Verdict: { } verdict } => CommandResults.Success($"{run.Scenario}: {verdict.Summary}"),
        _ => CommandResults.Success($"{run.Scenario}: {run.Done} calls."),
    };

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Scenario}: {Phase}, {Done} of {Total} calls.")]
        public static partial void Phase(ILogger logger, string scenario, string phase, int done, int total);
    }
}
