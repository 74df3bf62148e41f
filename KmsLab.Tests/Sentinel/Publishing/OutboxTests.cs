using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Publishing;
using KmsLab.Sentinel.Queries;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.Publishing;

/// <summary>One delivery for each notification and channel: what one channel does is no concern of another.</summary>
public sealed class OutboxTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

    public static TheoryData<DatabaseProvider> Databases => PipelineTests.Databases;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Channel_that_is_down_neither_holds_up_nor_repeats_the_others(DatabaseProvider database)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        var down = Add(bed, new ScriptedChannel("down", _ => SendOutcome.Failed("503 from the receiver.")));
        var sentinel = bed.Start();
        await AttackAsync(sentinel, "a");

        for (var pass = 0; pass < 3; pass++)
        {
            await sentinel.SendAsync();
            bed.Time.Advance(TimeSpan.FromMinutes(1));
        }

        bed.Sent.ShouldHaveSingleItem();
        down.Attempts.Count.ShouldBe(3);
        down.Attempts.Distinct().ShouldHaveSingleItem().ShouldBe(bed.Sent[0].Id);
        var status = await sentinel.StatusAsync();
        status.PendingNotifications.ShouldBe(1);
        Of(status, "test").ShouldBe(new ChannelAnswer("test", "idle", 0, 0, 0, null, Noon, null));
        Of(status, "down").ShouldBe(new ChannelAnswer("down", "failing", 1, 1, 0, Noon, null, "503 from the receiver."));

        down.Answer = _ => SendOutcome.Sent;
        bed.Time.Advance(TimeSpan.FromMinutes(1));
        await bed.Start().SendAsync();

        down.Sent.ShouldBe([bed.Sent.ShouldHaveSingleItem().Id]);
        (await sentinel.StatusAsync()).PendingNotifications.ShouldBe(0);
    }

    [Fact]
    public async Task Notification_that_could_not_be_marked_is_marked_later_and_not_sent_again()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start(new CrashPlan(TurnStep.Sent, 1));
        await AttackAsync(sentinel, "a");
        await Should.ThrowAsync<SimulatedCrashException>(sentinel.SendAsync);

        await sentinel.SendAsync();

        bed.Sent.ShouldHaveSingleItem();
        (await sentinel.StatusAsync()).PendingNotifications.ShouldBe(0);
    }

    [Fact]
    public async Task Overtaken_leader_sends_nothing_and_the_next_one_sends_once()
    {
        await using var bed = await BedAsync();
        var overtaken = bed.Start();
        await AttackAsync(overtaken, "a");
        var leading = bed.Start();

        await Should.ThrowAsync<NotLeadingException>(overtaken.SendAsync);
        bed.Sent.ShouldBeEmpty();
        await leading.SendAsync();

        bed.Sent.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Channel_that_throws_is_tried_again_and_its_message_is_shown_nowhere()
    {
        await using var bed = await BedAsync();
        var broken = Add(bed, new ScriptedChannel("broken", _ => throw new HttpRequestException("https://hooks.example/T0/hunter2 refused")));
        var sentinel = bed.Start();
        await AttackAsync(sentinel, "a");

        await sentinel.SendAsync();

        Of(await sentinel.StatusAsync(), "broken").Problem.ShouldBe("HttpRequestException.");
        bed.Messages.ShouldAllBe(message => !message.Contains("hunter2"));
        broken.Answer = _ => SendOutcome.Sent;
        bed.Time.Advance(TimeSpan.FromMinutes(1));
        await sentinel.SendAsync();
        broken.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Refused_notification_is_given_up_visibly_and_the_next_one_goes_out()
    {
        await using var bed = await BedAsync();
        var channel = Add(bed, new ScriptedChannel("picky", notification => notification.Group["principal"].EndsWith('a') ? SendOutcome.Refused("400 Bad Request.") : SendOutcome.Sent));
        var sentinel = bed.Start();
        await AttackAsync(sentinel, "a");
        await AttackAsync(sentinel, "b");

        await sentinel.SendAsync();
        bed.Time.Advance(TimeSpan.FromHours(1));
        await sentinel.SendAsync();

        channel.Attempts.Count.ShouldBe(2);
        channel.Sent.Count.ShouldBe(1);
        var answer = Of(await sentinel.StatusAsync(), "picky");
        (answer.State, answer.Pending, answer.GaveUp, answer.Problem).ShouldBe(("idle", 0, 1, "400 Bad Request."));
        bed.Messages.ShouldContain(message => message.StartsWith("Error picky: notification") && message.EndsWith("was given up. 400 Bad Request."));
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 1)]
    public async Task Notification_is_given_up_when_it_has_grown_too_old_and_not_before(int milliseconds, long gaveUp)
    {
        await using var bed = await BedAsync();
        Add(bed, new ScriptedChannel("down", _ => SendOutcome.Failed("No answer.")));
        var sentinel = bed.Start();
        await AttackAsync(sentinel, "a");

        bed.Time.Advance(bed.Options.Notifications.GiveUpAfter + TimeSpan.FromMilliseconds(milliseconds));
        await sentinel.SendAsync();

        var answer = Of(await sentinel.StatusAsync(), "down");
        answer.GaveUp.ShouldBe(gaveUp);
        answer.Pending.ShouldBe(1 - gaveUp);
    }

    [Fact]
    public async Task Notification_that_always_fails_does_not_keep_other_alarms_from_leaving()
    {
        await using var bed = await BedAsync();
        var channel = Add(bed, new ScriptedChannel("poisoned", notification => notification.Group["principal"].EndsWith('a') ? SendOutcome.Failed("500.") : SendOutcome.Sent));
        var sentinel = bed.Start();
        await AttackAsync(sentinel, "a");
        await AttackAsync(sentinel, "b");
        await AttackAsync(sentinel, "c");

        await sentinel.SendAsync();
        channel.Sent.ShouldBeEmpty();
        bed.Time.Advance(TimeSpan.FromSeconds(1));
        await sentinel.SendAsync();

        channel.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Ok_waits_for_its_alarm_where_that_has_not_arrived_yet()
    {
        await using var bed = await BedAsync();
        var channel = Add(bed, new ScriptedChannel("down", _ => SendOutcome.Failed("No answer.")));
        var sentinel = bed.Start();
        await AttackAsync(sentinel, "a");
        await sentinel.SendAsync();
        await sentinel.CompleteAsync(Noon.AddMinutes(5));

        bed.Time.Advance(TimeSpan.FromMinutes(1));
        await sentinel.SendAsync();
        channel.Attempts.Distinct().ShouldHaveSingleItem("OK must not be tried before ALARM has arrived or is given up");
        channel.Answer = _ => SendOutcome.Sent;
        bed.Time.Advance(TimeSpan.FromMinutes(5));
        await sentinel.SendAsync();

        channel.Sent.ShouldBe([.. bed.Sent.Select(sent => sent.Id)]);
    }

    [Fact]
    public async Task Receiver_that_asks_for_a_pause_gets_it_up_to_the_limit()
    {
        await using var bed = await BedAsync();
        var channel = Add(bed, new ScriptedChannel("busy", _ => SendOutcome.Failed("429.", TimeSpan.FromHours(10))));
        var sentinel = bed.Start();
        await AttackAsync(sentinel, "a");
        await sentinel.SendAsync();

        bed.Time.Advance(bed.Options.Notifications.LongestPause - TimeSpan.FromMilliseconds(1));
        await sentinel.SendAsync();
        channel.Attempts.Count.ShouldBe(1);
        bed.Time.Advance(TimeSpan.FromMilliseconds(1));
        await sentinel.SendAsync();

        channel.Attempts.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Channel_below_whose_severity_an_alarm_is_hears_nothing_of_it()
    {
        await using var bed = await BedAsync();
        var (high, critical) = (Add(bed, new("high", _ => SendOutcome.Sent) { MinimumSeverity = Severity.High }), Add(bed, new("critical", _ => SendOutcome.Sent) { MinimumSeverity = Severity.Critical }));
        var sentinel = bed.Start();
        await AttackAsync(sentinel, "a");

        await sentinel.SendAsync();

        high.Sent.Count.ShouldBe(1);
        critical.Attempts.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_meant_for_a_channel_that_is_gone_is_given_up()
    {
        await using var bed = await BedAsync();
        Add(bed, new ScriptedChannel("gone", _ => SendOutcome.Failed("No answer.")));
        await AttackAsync(bed.Start(), "a");
        bed.Channels.Clear();

        var restarted = bed.Start();
        await restarted.SendAsync();

        var answer = Of(await restarted.StatusAsync(), "gone");
        (answer.State, answer.Pending, answer.GaveUp, answer.Problem).ShouldBe(("removed", 0, 1, "The channel is no longer configured."));
    }

    [Fact]
    public async Task Settled_notifications_are_forgotten_with_the_retention_and_pending_ones_are_not()
    {
        await using var bed = await BedAsync();
        bed.Options.Notifications.GiveUpAfter = TimeSpan.FromDays(30);
        Add(bed, new ScriptedChannel("down", _ => SendOutcome.Failed("No answer.")));
        var sentinel = bed.Start();
        await AttackAsync(sentinel, "a");
        await sentinel.SendAsync();

        bed.Time.Advance(bed.Options.Retention + TimeSpan.FromMinutes(1));
        await sentinel.Pipeline.PruneAsync(TestContext.Current.CancellationToken);

        var status = await sentinel.StatusAsync();
        Of(status, "test").LastSent.ShouldBeNull();
        Of(status, "down").Pending.ShouldBe(1);
    }

    private static ScriptedChannel Add(SentinelBed bed, ScriptedChannel channel)
    {
        bed.Channels.Add(channel);
        return channel;
    }

    private static ChannelAnswer Of(StatusAnswer status, string channel) => status.Channels.Single(answer => answer.Name == channel);

    private static Task AttackAsync(SentinelProcess sentinel, string role) => sentinel.TakeAsync(
        TestRecords.WrongKey(Noon, $"arn:aws:iam::1:role/{role}").Utf8(), TestRecords.WrongKey(Noon, $"arn:aws:iam::1:role/{role}").Utf8());

    private Task<SentinelBed> BedAsync() => SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
}
