using System.Text.Json.Nodes;
using KmsLab.LocalAws.Metrics;
using KmsLab.LocalAws.Wire;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.LocalAws;

public sealed class CompositeAlarmTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
    private LocalAwsHost _aws = null!;
    private string _topic = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _aws = await LocalAwsHost.StartAsync(time: _time);
        using var response = await _aws.PostQueryAsync("sns", "Action=CreateTopic&Name=alarms");
        _topic = $"arn:aws:sns:{LocalAwsHost.Region}:{LocalAwsHost.Account}:alarms";
        foreach (var name in (string[])["a", "b", "deploying"])
            await CallAsync("PutMetricAlarm", $$"""{"AlarmName":"{{name}}","Namespace":"N","MetricName":"{{name}}","Statistic":"Sum","Period":60,"EvaluationPeriods":1,"Threshold":1.0,"ComparisonOperator":"GreaterThanThreshold","TreatMissingData":"ignore"}""");
    }

    public ValueTask DisposeAsync() => _aws.DisposeAsync();

    [Theory]
    [InlineData("ALARM(a)", true)]
    [InlineData("ALARM(\"a\") AND OK(b)", true)]
    [InlineData("ALARM(a) AND ALARM(b)", false)]
    [InlineData("ALARM(a) OR ALARM(b) AND FALSE", true)]
    [InlineData("(ALARM(a) OR ALARM(b)) AND FALSE", false)]
    [InlineData("NOT ALARM(b) AND NOT INSUFFICIENT_DATA(b)", true)]
    [InlineData("NOT (ALARM(a) OR TRUE)", false)]
    [InlineData("OK(arn:aws:cloudwatch:us-east-1:000000000000:alarm:b)", true)]
    [InlineData("ALARM(\"with \\\"quotes\\\" (and more)\")", false)]
    public void Rules_hold_as_their_operators_say(string rule, bool holds) =>
        AlarmRule.Parse(rule).Holds(name => AlarmRecord.NameOf(name) switch { "a" => "ALARM", "b" => "OK", _ => "INSUFFICIENT_DATA" }).ShouldBe(holds);

    [Theory]
    [InlineData("")]
    [InlineData("ALARM")]
    [InlineData("ALARM()")]
    [InlineData("ALARM(a) ALARM(b)")]
    [InlineData("ALARM(a) AND")]
    [InlineData("(ALARM(a)")]
    [InlineData("alarm(a)")]
    [InlineData("TRUEST")]
    public void What_is_no_rule_is_refused(string rule) => Should.Throw<AwsException>(() => AlarmRule.Parse(rule)).QueryCode.ShouldBe("ValidationError");

    [Fact]
    public void Rules_that_are_too_deep_are_refused() =>
        Should.Throw<AwsException>(() => AlarmRule.Parse(string.Concat(Enumerable.Repeat("NOT ", 3_000)) + "TRUE")).Message.ShouldContain("500 elements");

    [Fact]
    public async Task Alarm_follows_its_children_also_through_another_composite()
    {
        await PutAsync("inner", "ALARM(a) AND NOT ALARM(deploying)");
        await PutAsync("outer", "ALARM(inner) OR ALARM(b)");
        (await StateAsync("outer")).ShouldBe("OK");

        await SetAsync("a", "ALARM");

        (await StateAsync("inner")).ShouldBe("ALARM");
        var outer = await DescribeAsync("outer");
        outer["StateValue"]!.GetValue<string>().ShouldBe("ALARM");
        outer["StateReason"]!.GetValue<string>().ShouldContain("alarm:inner transitioned to ALARM");
        (await ActionsAsync("outer")).ShouldBe([$"Successfully executed action {_topic}", $"Successfully executed action {_topic}"]);
        await SetAsync("deploying", "ALARM");
        (await StateAsync("outer")).ShouldBe("OK");
    }

    [Fact]
    public async Task State_that_was_set_stays_until_a_child_changes()
    {
        await PutAsync("all", "ALARM(a)");

        await SetAsync("all", "ALARM");
        _time.Advance(TimeSpan.FromMinutes(2));

        (await StateAsync("all")).ShouldBe("ALARM");
        await SetAsync("a", "OK");
        (await StateAsync("all")).ShouldBe("OK");
    }

    [Fact]
    public async Task Survives_a_restart()
    {
        await PutAsync("all", "ALARM(a)");
        await _aws.RestartAsync();

        await SetAsync("a", "ALARM");

        (await StateAsync("all")).ShouldBe("ALARM");
    }

    [Fact]
    public async Task Alarms_that_ask_about_each_other_keep_their_state_and_can_not_be_deleted()
    {
        await PutAsync("first", "ALARM(a)");
        await PutAsync("second", "ALARM(first)");
        await PutAsync("first", "ALARM(second) OR ALARM(a)");

        await SetAsync("a", "ALARM");

        (await StateAsync("second")).ShouldBe("OK");
        (await ErrorAsync("DeleteAlarms", """{"AlarmNames":["first"]}""")).ShouldBe("ValidationException");
        await PutAsync("first", "FALSE");
        await CallAsync("DeleteAlarms", """{"AlarmNames":["second"]}""");
        await CallAsync("DeleteAlarms", """{"AlarmNames":["first","a"]}""");
    }

    [Fact]
    public async Task Relatives_are_told()
    {
        await PutAsync("all", "ALARM(a) OR ALARM(b)");

        var children = await CallAsync("DescribeAlarms", """{"ChildrenOfAlarmName":"all"}""");
        children["MetricAlarms"]!.AsArray().Select(alarm => alarm!["AlarmName"]!.GetValue<string>()).ShouldBe(["a", "b"]);
        var parents = await CallAsync("DescribeAlarms", """{"ParentsOfAlarmName":"b"}""");
        parents["CompositeAlarms"]!.AsArray().Select(alarm => alarm!["AlarmName"]!.GetValue<string>()).ShouldBe(["all"]);
        (await CallAsync("DescribeAlarms", "{}"))["CompositeAlarms"]!.AsArray().ShouldBeEmpty();
        (await CallAsync("DescribeAlarmHistory", """{"AlarmName":"all"}"""))["AlarmHistoryItems"]!.AsArray().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"AlarmName":"x","AlarmRule":"ALARM(none)"}""")]
    [InlineData("""{"AlarmName":"a","AlarmRule":"ALARM(b)"}""")]
    [InlineData("""{"AlarmName":"x","AlarmRule":"ALARM(a)","ActionsSuppressor":"b"}""")]
    [InlineData("""{"AlarmName":"x","AlarmRule":"ALARM(a)","ActionsSuppressor":"none","ActionsSuppressorWaitPeriod":1,"ActionsSuppressorExtensionPeriod":1}""")]
    [InlineData("""{"AlarmName":"x","AlarmRule":"ALARM(a)","ActionsSuppressorWaitPeriod":1}""")]
    [InlineData("""{"AlarmName":"x","AlarmRule":"ALARM(a)","AlarmActions":["topic"]}""")]
    public async Task What_can_not_be_is_refused(string body) => (await ErrorAsync("PutCompositeAlarm", body)).ShouldBe("ValidationException");

    [Fact]
    public async Task Suppressor_in_alarm_keeps_the_actions_back_until_the_extension_is_over()
    {
        await PutAsync("all", "ALARM(a)", suppressor: true);
        await SetAsync("deploying", "ALARM");

        await SetAsync("a", "ALARM");
        (await DescribeAsync("all"))["ActionsSuppressedBy"]!.GetValue<string>().ShouldBe("Alarm");
        _time.Advance(TimeSpan.FromMinutes(10));
        (await AlarmActionsAsync()).ShouldBe(0);

        await SetAsync("deploying", "OK");
        (await DescribeAsync("all"))["ActionsSuppressedBy"]!.GetValue<string>().ShouldBe("ExtensionPeriod");
        _time.Advance(TimeSpan.FromSeconds(100));
        (await AlarmActionsAsync()).ShouldBe(0);
        _time.Advance(TimeSpan.FromSeconds(30));
        await ShouldActAsync(1);
        (await DescribeAsync("all"))["ActionsSuppressedBy"].ShouldBeNull();
    }

    [Fact]
    public async Task Actions_wait_for_the_suppressor_before_they_are_done()
    {
        await PutAsync("all", "ALARM(a)", suppressor: true);

        await SetAsync("a", "ALARM");
        (await DescribeAsync("all"))["ActionsSuppressedBy"]!.GetValue<string>().ShouldBe("WaitPeriod");
        _time.Advance(TimeSpan.FromSeconds(50));
        (await AlarmActionsAsync()).ShouldBe(0);
        _time.Advance(TimeSpan.FromSeconds(20));
        await ShouldActAsync(1);
    }

    [Fact]
    public async Task Suppressor_that_comes_in_time_keeps_the_actions_back()
    {
        await PutAsync("all", "ALARM(a)", suppressor: true);
        await SetAsync("a", "ALARM");

        _time.Advance(TimeSpan.FromSeconds(30));
        await SetAsync("deploying", "ALARM");
        _time.Advance(TimeSpan.FromMinutes(5));

        (await AlarmActionsAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Mute_rule_keeps_the_actions_back_while_it_is_active()
    {
        await PutAsync("all", "ALARM(a)");
        var before = await AlarmActionsAsync();
        await CallAsync("PutAlarmMuteRule", """{"Name":"now","Rule":{"Schedule":{"Expression":"at(2026-11-23T11:30)","Duration":"PT1H"}},"MuteTargets":{"AlarmNames":["all"]}}""");
        (await CallAsync("GetAlarmMuteRule", """{"AlarmMuteRuleName":"now"}"""))["Status"]!.GetValue<string>().ShouldBe("ACTIVE");

        await SetAsync("a", "ALARM");
        (await StateAsync("all")).ShouldBe("ALARM");
        (await AlarmActionsAsync()).ShouldBe(before);
        _time.Advance(TimeSpan.FromMinutes(31));

        (await AlarmActionsAsync()).ShouldBe(before + 1);
        (await CallAsync("GetAlarmMuteRule", """{"AlarmMuteRuleName":"now"}"""))["Status"]!.GetValue<string>().ShouldBe("EXPIRED");
    }

    [Fact]
    public async Task Deleted_mute_rule_lets_the_actions_go()
    {
        await PutAsync("all", "ALARM(a)");
        await CallAsync("PutAlarmMuteRule", """{"Name":"always","Rule":{"Schedule":{"Expression":"cron(* * * * *)","Duration":"PT1H"}},"MuteTargets":{"AlarmNames":["all"]}}""");
        await SetAsync("a", "ALARM");
        (await AlarmActionsAsync()).ShouldBe(0);

        await CallAsync("DeleteAlarmMuteRule", """{"AlarmMuteRuleName":"always"}""");

        await ShouldActAsync(1);
    }

    [Theory]
    [InlineData("cron(0 2 * * SUN)", "PT4H", "UTC", "2026-11-22T05:59:59Z", true)]
    [InlineData("cron(0 2 * * SUN)", "PT4H", "UTC", "2026-11-22T06:00:00Z", false)]
    [InlineData("cron(0 2 * * SUN)", "PT4H", "UTC", "2026-11-23T03:00:00Z", false)]
    [InlineData("cron(0 18 * * FRI)", "P2DT12H", null, "2026-11-23T05:59:00Z", true)]
    [InlineData("cron(0 9 1,15 NOV *)", "PT1M", "Asia/Tokyo", "2026-11-15T00:00:30Z", true)]
    [InlineData("cron(30-40 * * * *)", "PT1M", null, "2026-11-15T00:41:00Z", false)]
    [InlineData("at(2026-07-01T14:00)", "PT1H", "America/New_York", "2026-07-01T18:30:00Z", true)]
    public void Schedules_mute_from_their_times_for_their_duration(string expression, string duration, string? zone, string at, bool active) =>
        MuteSchedule.Parse(new() { Expression = expression, Duration = duration, Timezone = zone })
            .IsActive(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(active);

    [Theory]
    [InlineData("cron(0 2 * *)", "PT1H", "UTC")]
    [InlineData("cron(60 2 * * *)", "PT1H", "UTC")]
    [InlineData("cron(0 5-2 * * *)", "PT1H", "UTC")]
    [InlineData("at(2026-13-01T00:00)", "PT1H", "UTC")]
    [InlineData("rate(1 hour)", "PT1H", "UTC")]
    [InlineData("cron(0 2 * * *)", "PT30S", "UTC")]
    [InlineData("cron(0 2 * * *)", "P16D", "UTC")]
    [InlineData("cron(0 2 * * *)", "P", "UTC")]
    [InlineData("cron(0 2 * * *)", "PT1H", "Mars/Olympus")]
    public void What_is_no_schedule_is_refused(string expression, string duration, string zone) =>
        Should.Throw<AwsException>(() => MuteSchedule.Parse(new() { Expression = expression, Duration = duration, Timezone = zone })).QueryCode.ShouldBe("ValidationError");

    private async Task PutAsync(string name, string rule, bool suppressor = false)
    {
        var body = new JsonObject { ["AlarmName"] = name, ["AlarmRule"] = rule, ["AlarmActions"] = new JsonArray(_topic), ["OKActions"] = new JsonArray(_topic) };
        if (suppressor)
        {
            body["ActionsSuppressor"] = "deploying";
            body["ActionsSuppressorWaitPeriod"] = 60;
            body["ActionsSuppressorExtensionPeriod"] = 120;
        }

        await CallAsync("PutCompositeAlarm", body.ToJsonString());
    }

    // A moment later, so that what comes after something comes after it.
    private async Task SetAsync(string name, string state)
    {
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await CallAsync("SetAlarmState", $$"""{"AlarmName":"{{name}}","StateValue":"{{state}}","StateReason":"test"}""");
    }

    private async Task<JsonNode> DescribeAsync(string name) =>
        (await CallAsync("DescribeAlarms", $$"""{"AlarmNames":["{{name}}"],"AlarmTypes":["CompositeAlarm"]}"""))["CompositeAlarms"]!.AsArray().Single()!;

    private async Task<string> StateAsync(string name) => (await DescribeAsync(name))["StateValue"]!.GetValue<string>();

    private async Task<List<string>> ActionsAsync(string name) =>
        [.. (await CallAsync("DescribeAlarmHistory", $$"""{"AlarmName":"{{name}}","AlarmTypes":["CompositeAlarm"],"HistoryItemType":"Action"}"""))["AlarmHistoryItems"]!.AsArray()
            .Select(item => item!["HistorySummary"]!.GetValue<string>())];

    /// <summary>Waits for the evaluator: a round that a request holds up comes a tick later.</summary>
    private async Task ShouldActAsync(int actions)
    {
        for (var tries = 0; tries < 20 && await AlarmActionsAsync() < actions; tries++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
            _time.Advance(TimeSpan.FromSeconds(5));
        }

        (await AlarmActionsAsync()).ShouldBe(actions);
    }

    /// <summary>Counts the actions beyond that of the first evaluation, which finds the alarm OK.</summary>
    private async Task<int> AlarmActionsAsync() => (await ActionsAsync("all")).Count(summary => summary.StartsWith("Successfully", StringComparison.Ordinal)) - 1;

    private async Task<JsonNode> CallAsync(string operation, string body)
    {
        using var response = await _aws.PostJsonAsync("monitoring", $"GraniteServiceVersion20100801.{operation}", body);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    private async Task<string> ErrorAsync(string operation, string body)
    {
        using var response = await _aws.PostJsonAsync("monitoring", $"GraniteServiceVersion20100801.{operation}", body);
        response.IsSuccessStatusCode.ShouldBeFalse();
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["__type"]!.GetValue<string>();
    }
}
