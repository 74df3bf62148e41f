using KmsLab.Simulator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace KmsLab.AppHost;

/// <summary>The simulator's scenarios as commands on Aspire's dashboard, and for <c>aspire resource localaws ID</c>.</summary>
/// <remarks>
/// They are commands of LocalAws, because it is what they attack. In mode <c>aws</c> there are none: a real account is never attacked by a button.
/// What cancels one is the dashboard's notification of it.
/// </remarks>
internal static class ScenarioCommands
{
    /// <summary>Adds one command a scenario, named by its id.</summary>
    /// <param name="localAws">What is attacked.</param>
    /// <param name="cryptoApi">The application.</param>
    /// <param name="vault">Connection string of the application's SQLite database; null where it is Postgres: what needs a copy of it is disabled.</param>
    public static IResourceBuilder<ProjectResource> WithScenarios(
        this IResourceBuilder<ProjectResource> localAws, IResourceBuilder<ProjectResource> cryptoApi, string? vault)
    {
        var runs = new ScenarioRuns(localAws.GetEndpoint("http"), cryptoApi.GetEndpoint("http"), vault, TimeProvider.System);
        localAws.ApplicationBuilder.Services.AddHostedService(_ => runs);
        foreach (var scenario in ScenarioCatalog.All)
            localAws.WithCommand(scenario.Id, scenario.Title, context => runs.RunAsync(scenario, context), OptionsOf(scenario, scenario.NeedsVault && vault is null));
        return localAws;
    }

    private static CommandOptions OptionsOf(ScenarioInfo scenario, bool lacksVault) => new()
    {
        Description = lacksVault ? $"{scenario.About} Only with --Lab:Mode=local: the thief's copy of the database is one of a SQLite file." : scenario.About,
        ConfirmationMessage = scenario.IsAttack ? $"{scenario.About} This attacks the lab for real, and puts right afterwards what it changed." : null,
        IconName = scenario.IsAttack ? "ShieldError" : "People",
        UpdateState = context => !lacksVault && context.ResourceSnapshot.HealthStatus == HealthStatus.Healthy ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
    };
}
