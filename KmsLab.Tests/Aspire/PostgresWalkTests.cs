namespace KmsLab.Tests.Aspire;

/// <summary>What people do with the application, on PostgreSQL.</summary>
[Collection(PostgresApplicationTests.Name)]
public sealed class PostgresWalkTests(PostgresApplication postgres)
{
    [Fact]
    public async Task Application_encrypts_and_raises_an_alarm() => await LabWalk.PlayAsync(postgres.Application);

    [Fact]
    public async Task Scenario_by_command_says_what_found_it()
    {
        var said = await postgres.Application.CommandAsync("localaws", "dry-run-probing");

        said.ShouldMatch(@"^dry-run-probing: found after \d+\.\d s by dry-run-probing$");
        (await postgres.Application.SentinelAsync("/api/alarms")).AsArray()
            .ShouldContain(alarm => alarm!["detection"]!.GetValue<string>() == "dry-run-probing");
    }
}
