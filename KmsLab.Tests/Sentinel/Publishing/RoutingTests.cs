using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Publishing;
using KmsLab.Sentinel.Publishing.Routing;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.Publishing;

/// <summary>Channels that are told of some alarms only.</summary>
public sealed class RoutingTests(PostgresCluster cluster)
{
    private const string At = "Sentinel:Notifications:Routes";

    [Fact]
    public void Without_routes_every_channel_is_told() => Routes().For(TestNotifications.Of()).ShouldBe(["log", "webhook:ops", "webhook:dev", "pagerduty:oncall"]);

    [Fact]
    public void Routes_that_match_count_together_and_the_log_hears_all()
    {
        var routes = Routes(
            ("burst", new() { Match = new() { Detections = ["kms-error-*"] }, Channels = ["webhook:dev"] }),
            ("high", new() { Match = new() { Severities = [Severity.High] }, Channels = ["pagerduty:*"] }),
            ("critical", new() { Match = new() { Severities = [Severity.Critical] }, Channels = ["webhook:ops"] }));

        routes.For(TestNotifications.Of()).ShouldBe(["log", "webhook:dev", "pagerduty:oncall"]);
        routes.For(TestNotifications.Of(severity: Severity.Critical)).ShouldBe(["log", "webhook:ops", "webhook:dev"]);
    }

    [Fact]
    public void Alarm_that_no_route_matches_goes_to_the_default_channels()
    {
        var routes = Routes(("other", new() { Match = new() { Accounts = ["999999999999"] }, Channels = ["pagerduty:oncall"] }));
        routes.For(TestNotifications.Of()).ShouldBe(["log", "webhook:ops", "webhook:dev", "pagerduty:oncall"]);

        _options.DefaultChannels = ["webhook:ops"];
        routes.For(TestNotifications.Of()).ShouldBe(["log", "webhook:ops"]);
    }

    [Fact]
    public void Set_of_a_key_that_was_used_counts_where_the_detection_counts_by_something_else()
    {
        var routes = Routes(("vault", new() { Match = new() { Sets = ["vault"] }, Channels = ["webhook:dev"] }));

        routes.For(TestNotifications.Of()).ShouldBe(["log", "webhook:dev"]);
    }

    [Fact]
    public void Acknowledgement_goes_only_where_alarms_are_kept_open() =>
        Routes().For(TestNotifications.Of() with { AcknowledgedBy = "alice" }).ShouldBe(["pagerduty:oncall"]);

    [Fact]
    public async Task Alarm_is_delivered_on_its_route_and_its_end_as_well()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var (told, untold) = (new ScriptedChannel("told", _ => SendOutcome.Sent), new ScriptedChannel("untold", _ => SendOutcome.Sent));
        bed.Channels.AddRange([told, untold]);
        bed.Options.Notifications.Routes["a"] = new() { Match = new() { Principals = ["*:role/a"] }, Channels = ["told"] };
        var sentinel = bed.Start();

        await sentinel.TakeAsync(TestRecords.WrongKey(TestRecords.Noon, "arn:aws:iam::1:role/a").Utf8(), TestRecords.WrongKey(TestRecords.Noon, "arn:aws:iam::1:role/a").Utf8());
        await sentinel.SendAsync();
        await sentinel.CompleteAsync(TestRecords.Noon.AddMinutes(5));
        await sentinel.SendAsync();

        told.Sent.Count.ShouldBe(2);
        untold.Attempts.ShouldBeEmpty();
    }

    [Fact]
    public async Task Acknowledged_alarm_is_acknowledged_there_once_and_changes_nothing_elsewhere()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var pager = new ScriptedChannel("pager", _ => SendOutcome.Sent) { KeepsOpen = true };
        bed.Channels.Add(pager);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(TestRecords.WrongKey(TestRecords.Noon, "arn:aws:iam::1:role/a").Utf8(), TestRecords.WrongKey(TestRecords.Noon, "arn:aws:iam::1:role/a").Utf8());
        await sentinel.SendAsync();
        var alarm = await sentinel.AlarmAsync();

        await bed.SubmitAsync(new("c1", alarm.Id, AlarmCommandKind.Acknowledge, alarm.Occurrence, TestRecords.Noon, "alice", "looking"));
        await sentinel.TickAsync();
        await sentinel.TickAsync();
        await sentinel.SendAsync();

        pager.Sent.Count.ShouldBe(2);
        pager.Sent[1].ShouldBe($"{pager.Sent[0]}-a{TestRecords.Noon.ToUnixTimeMilliseconds()}");
        bed.Sent.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Wrong_routes_are_told_at_the_start_with_the_nearest_name()
    {
        var invalid = await Should.ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => SentinelHost.StartAsync(
            "http://127.0.0.1:1",
            ("Sentinel:Notifications:Webhooks:ops:Url", "https://hooks.example.com/x"), ("Sentinel:Notifications:Webhooks:ops:Secret", WebhookReceiver.Secret),
            ($"{At}:a:Channels:0", "webhook:opps"), ($"{At}:a:Match:Detections:0", "kms-error-brust"), ($"{At}:a:Match:Sets:0", "vault"),
            ($"{At}:b:Match:Accounts:0", "12-34"), ("Sentinel:Notifications:DefaultChannels:0", "pagerduty:*")));

        invalid.Failures.ShouldBe(
            [
                $"{At}:a:Channels: no channel is like 'webhook:opps': did you mean 'webhook:ops'?",
                $"{At}:a:Match:Detections: no detection is like 'kms-error-brust': did you mean 'kms-error-burst'?",
                $"{At}:a:Match:Sets: no protected set is like 'vault'.",
                $"{At}:b:Channels names no channel",
                $"{At}:b:Match:Accounts: '12-34' is no account number of 12 digits",
                "Sentinel:Notifications:DefaultChannels: no channel is like 'pagerduty:*'.",
            ]);
    }

    private readonly NotificationOptions _options = new();

    private ChannelRoutes Routes(params (string Name, NotificationRoute Route)[] routes)
    {
        foreach (var (name, route) in routes)
            _options.Routes.Add(name, route);
        INotificationChannel[] channels =
        [
            .. new[] { "log", "webhook:ops", "webhook:dev" }.Select(name => new ScriptedChannel(name, _ => SendOutcome.Sent)),
            new ScriptedChannel("pagerduty:oncall", _ => SendOutcome.Sent) { KeepsOpen = true },
        ];
        return new(new([], channels), _options, new([new() { Name = "vault", Keys = [TestRecords.KeyArn] }]));
    }
}
