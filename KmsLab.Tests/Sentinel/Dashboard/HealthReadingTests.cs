using KmsLab.Sentinel.Dashboard;
using KmsLab.Sentinel.Languages;
using KmsLab.Sentinel.Queries;

namespace KmsLab.Tests.Sentinel.Dashboard;

/// <summary>What is green on the page, and what is not: a green light over a blind Sentinel would be worse than none.</summary>
public sealed class HealthReadingTests
{
    private const string Source = "logs:trail";

    private static readonly DateTimeOffset Now = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    private static readonly StatusAnswer Good = new(
        Now, new("leader", "me", "me", Now, 1), new("running", 0, 0, null, null), Now.AddMinutes(-16), 960,
        [new(Source, "reading", Now, Now, 0, 0, null)], new(1, 0, 0, 1, 0, 0, 0, 0, 0, 0), new(0, 0, 0, 0, 0, 0), [], 0, [new("log", "idle", 0, 0, 0, null, null, null)])
    {
        Canary = new("arn:key", Now.AddSeconds(-30), "answered", 0, null, null),
        Delivery = [new(Source, 200, Now.AddMinutes(-4), 4, 0)],
        Guard = new(Now.AddSeconds(-20), [], [], [], []),
    };

    [Fact]
    public void All_is_green_while_records_come_as_CloudTrail_delivers_them() =>
        Read(Good).ShouldAllBe(light => light.State == Health.Good);

    [Fact]
    public void Trail_that_has_been_silent_is_red_though_the_last_canary_was_quick()
    {
        var silent = Good with { LagSeconds = 3 * 3600, Delivery = [new(Source, 4, Now.AddHours(-3), 180, 0)] };

        Of(silent, "Delivery lag").ShouldBe((Health.Bad, "3 hours"));
        Of(silent, "Canary").ShouldBe((Health.Bad, "stays out"));
    }

    [Fact]
    public void Row_of_the_event_history_hides_nothing_and_blames_nothing()
    {
        var history = Good with { Delivery = [.. Good.Delivery, new("event-history", 1, Now.AddDays(-3), 4000, 0)] };

        Of(history, "Canary").ShouldBe((Health.Good, "comes back"));
    }

    [Fact]
    public void Canary_that_makes_no_calls_any_more_is_red() =>
        Of(Good with { Canary = Good.Canary! with { LastCalledAt = Now.AddHours(-1) } }, "Canary").ShouldBe((Health.Bad, "silent"));

    [Fact]
    public void Canary_that_can_not_call_says_why()
    {
        var light = Read(Good with { Canary = Good.Canary! with { Problem = "AccessDenied" } }).Single(light => light.Name == "Canary");

        (light.State, light.Detail).ShouldBe((Health.Bad, "AccessDenied"));
    }

    [Fact]
    public void Trail_that_departs_from_what_was_accepted_is_red_and_says_how()
    {
        var changed = Good with { Guard = Good.Guard! with { Departures = [new("trail", "logging", "true", "false", Now, "The trail does not log.")] } };

        Read(changed).Single(light => light.Name == "Trail").ShouldBe(new HealthLight("Trail", Health.Bad, "changed", "The trail does not log.", IsStored: true));
    }

    [Fact]
    public void Guard_that_has_not_looked_for_long_is_not_green() =>
        Of(Good with { Guard = Good.Guard! with { LastLookAt = Now.AddMinutes(-10) } }, "Trail").ShouldBe((Health.Doubtful, "not looked at"));

    [Fact]
    public void Database_that_does_not_answer_is_red() =>
        Of(Good with { Loop = new("running", 0, 0, null, "The database: Unreachable.") }, "Sentinel").ShouldBe((Health.Bad, "no database"));

    [Fact]
    public void Standby_is_green_while_somebody_leads_and_red_while_nobody_does()
    {
        var standby = Good with { Loop = new("standby", 0, 0, null, null) };

        Of(standby with { Leadership = new("standby", "me", "other", Now, 2) }, "Sentinel").ShouldBe((Health.Good, "standby"));
        Of(standby with { Leadership = new("standby", "me", null, null, 2) }, "Sentinel").ShouldBe((Health.Bad, "nobody leads"));
    }

    [Fact]
    public void Source_that_fails_and_channel_that_fails_are_red()
    {
        var failing = Good with
        {
            Sources = [new(Source, "failing", Now, Now, 3, 3, "Rate exceeded")],
            Channels = [new("sns", "failing", 2, 2, 0, Now, null, "AuthorizationError")],
        };

        Of(failing, "Source").ShouldBe((Health.Bad, "failing"));
        Of(failing, "Notifications").ShouldBe((Health.Bad, "failing"));
    }

    private static IReadOnlyList<HealthLight> Read(StatusAnswer status) =>
        HealthReading.Of(status, 0, new(new() { KeyId = "alias/canary" }, new(), new(), new()), Texts.English);

    private static (Health, string) Of(StatusAnswer status, string light) => Read(status).Where(one => one.Name == light).Select(one => (one.State, one.Text)).Single();
}
