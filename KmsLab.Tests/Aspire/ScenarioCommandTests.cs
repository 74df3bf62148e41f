using System.Collections.Immutable;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using KmsLab.Simulator;

namespace KmsLab.Tests.Aspire;

/// <summary>The scenarios as commands of the Aspire application's model, inspected without running anything; compiled on a full feed only.</summary>
public sealed class ScenarioCommandTests
{
    [Theory]
    [InlineData("local")]
    [InlineData("localstack")]
    public async Task LocalAws_has_a_command_for_each_scenario(string mode)
    {
        await using var app = await AspireApplication.BuildAsync(mode, TestContext.Current.CancellationToken);

        foreach (var scenario in ScenarioCatalog.All)
        {
            var command = Command(app, scenario.Id);
            command.DisplayName.ShouldBe(scenario.Title);
            command.DisplayDescription.ShouldNotBeNull().ShouldContain(scenario.About);
            (command.ConfirmationMessage is not null).ShouldBe(scenario.IsAttack, scenario.Id);
        }
    }

    [Fact]
    public async Task Real_account_is_never_attacked_by_a_command()
    {
        await using var app = await AspireApplication.BuildAsync("aws", TestContext.Current.CancellationToken);

        var commands = app.Services.GetRequiredService<DistributedApplicationModel>().Resources
            .SelectMany(resource => resource.Annotations.OfType<ResourceCommandAnnotation>()).Select(command => command.Name).ToList();

        foreach (var scenario in ScenarioCatalog.All)
            commands.ShouldNotContain(scenario.Id);
    }

    [Fact]
    public async Task Command_is_enabled_when_LocalAws_runs()
    {
        await using var app = await AspireApplication.BuildAsync("local", TestContext.Current.CancellationToken);

        foreach (var scenario in ScenarioCatalog.All)
        {
            StateOf(app, scenario, KnownResourceStates.Running).ShouldBe(ResourceCommandState.Enabled, scenario.Id);
            StateOf(app, scenario, KnownResourceStates.Starting).ShouldBe(ResourceCommandState.Disabled, scenario.Id);
        }
    }

    [Fact]
    public async Task Command_is_disabled_when_its_scenario_needs_the_vault_and_that_is_Postgres()
    {
        await using var app = await AspireApplication.BuildAsync("localstack", TestContext.Current.CancellationToken);

        foreach (var scenario in ScenarioCatalog.All)
        {
            var expected = scenario.NeedsVault ? ResourceCommandState.Disabled : ResourceCommandState.Enabled;
            StateOf(app, scenario, KnownResourceStates.Running).ShouldBe(expected, scenario.Id);
        }
    }

    private static ResourceCommandAnnotation Command(DistributedApplication app, string name) => app.Services.GetRequiredService<DistributedApplicationModel>()
        .Resources.Single(resource => resource.Name == "localaws").Annotations.OfType<ResourceCommandAnnotation>().Single(command => command.Name == name);

    private static ResourceCommandState StateOf(DistributedApplication app, ScenarioInfo scenario, string state) => Command(app, scenario.Id).UpdateState(new()
    {
        ResourceSnapshot = new() { ResourceType = "Project", Properties = ImmutableArray<ResourcePropertySnapshot>.Empty, State = state },
        Services = app.Services,
    });
}
