using System.Text.Json.Nodes;
using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using Amazon.SimpleNotificationService;
using KmsLab.LocalAws.Sns;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.LocalAws;

public sealed class MetricsAlarmTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;
    private static readonly DateTime Noon = new(2026, 11, 23, 12, 0, 0, DateTimeKind.Utc);

    private readonly FakeTimeProvider _time = new(Noon);
    private LocalAwsHost _aws = null!;
    private AmazonCloudWatchClient _client = null!;
    private string _topic = "";

    public async ValueTask InitializeAsync()
    {
        _aws = await LocalAwsHost.StartAsync(time: _time);
        _client = new(LocalAwsHost.Credentials, _aws.Configure(new AmazonCloudWatchConfig()));
        using var sns = new AmazonSimpleNotificationServiceClient(LocalAwsHost.Credentials, _aws.Configure(new AmazonSimpleNotificationServiceConfig()));
        _topic = (await sns.CreateTopicAsync(new() { Name = "alarms" }, Cancelled)).TopicArn;
        await sns.SubscribeAsync(new() { TopicArn = _topic, Protocol = "sms", Endpoint = "+15550100" }, Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _aws.DisposeAsync();
    }

    [Fact]
    public async Task Alarm_rises_falls_and_rises_again_and_tells_each_time_once()
    {
        await PutAlarmAsync(alarm => alarm.TreatMissingData = "notBreaching");
        (await AlarmAsync()).StateReason.ShouldBe("Unchecked: Initial alarm creation");
        Minutes(1);
        (await AlarmAsync()).StateValue.ShouldBe(StateValue.OK);

        await CallsAsync(3);
        Minutes(1);
        var alarm = await AlarmAsync();
        alarm.StateValue.ShouldBe(StateValue.ALARM);
        alarm.StateReason.ShouldBe("Threshold Crossed: 1 datapoint [3.0 (23/11/26 12:01:00)] was greater than the threshold (1.0) (minimum 1 datapoint for OK -> ALARM transition).");
        JsonNode.Parse(alarm.StateReasonData)!["recentDatapoints"]![0]!.GetValue<double>().ShouldBe(3);
        Minutes(1);
        Mails().Count(mail => mail["NewStateValue"]!.GetValue<string>() == "ALARM").ShouldBe(1);

        Minutes(5);
        (await AlarmAsync()).StateValue.ShouldBe(StateValue.OK);
        await CallsAsync(2);
        Minutes(1);
        (await AlarmAsync()).StateValue.ShouldBe(StateValue.ALARM);

        Mails().Select(mail => (mail["OldStateValue"]!.GetValue<string>(), mail["NewStateValue"]!.GetValue<string>()))
            .ShouldBe([("INSUFFICIENT_DATA", "OK"), ("OK", "ALARM"), ("ALARM", "OK"), ("OK", "ALARM")]);
        var notice = Mails()[^1];
        notice["AlarmName"]!.GetValue<string>().ShouldBe("errors");
        notice["Region"]!.GetValue<string>().ShouldBe("US East (N. Virginia)");
        notice["Trigger"]!["Statistic"]!.GetValue<string>().ShouldBe("SUM");
        _aws.Services.GetRequiredService<Mailbox>().List(null, 1)[0].Subject.ShouldBe("ALARM: \"errors\" in US East (N. Virginia)");
    }

    [Fact]
    public async Task Alarm_without_data_has_insufficient_data()
    {
        await PutAlarmAsync();
        await CallsAsync(3);
        Minutes(1);
        (await AlarmAsync()).StateValue.ShouldBe(StateValue.ALARM);

        Minutes(5);

        var alarm = await AlarmAsync();
        alarm.StateValue.ShouldBe(StateValue.INSUFFICIENT_DATA);
        alarm.StateReason.ShouldBe("Insufficient Data: 1 datapoint was unknown.");
    }

    [Fact]
    public async Task Ignored_missing_data_leave_the_alarm_up()
    {
        await PutAlarmAsync(alarm => alarm.TreatMissingData = "ignore");
        await CallsAsync(3);
        Minutes(10);

        (await AlarmAsync()).StateValue.ShouldBe(StateValue.ALARM);
    }

    [Fact]
    public async Task Two_of_three_periods_raise_the_alarm()
    {
        await PutAlarmAsync(alarm => (alarm.EvaluationPeriods, alarm.DatapointsToAlarm, alarm.TreatMissingData) = (3, 2, "notBreaching"));
        await CallsAsync(3);
        Minutes(1);
        (await AlarmAsync()).StateValue.ShouldNotBe(StateValue.ALARM);

        await CallsAsync(0);
        Minutes(1);
        await CallsAsync(5);
        Minutes(1);

        var alarm = await AlarmAsync();
        alarm.StateValue.ShouldBe(StateValue.ALARM);
        alarm.StateReason.ShouldStartWith("Threshold Crossed: 2 out of the last 3 datapoints [3.0 (23/11/26 12:00:00), 5.0 (23/11/26 12:02:00)] were greater than the threshold (1.0)");
    }

    [Theory]
    [InlineData("GreaterThanThreshold", 1, "OK")]
    [InlineData("GreaterThanThreshold", 1.5, "ALARM")]
    [InlineData("GreaterThanOrEqualToThreshold", 1, "ALARM")]
    [InlineData("LessThanThreshold", 1, "OK")]
    [InlineData("LessThanThreshold", 0.5, "ALARM")]
    [InlineData("LessThanOrEqualToThreshold", 1, "ALARM")]
    public async Task Comparison_decides_at_the_threshold(string comparison, double value, string state)
    {
        await PutAlarmAsync(alarm => alarm.ComparisonOperator = comparison);
        await CallsAsync(value);
        Minutes(1);

        (await AlarmAsync()).StateValue.Value.ShouldBe(state);
    }

    [Fact]
    public async Task Alarm_of_ten_seconds_is_evaluated_every_ten()
    {
        await PutAlarmAsync(alarm => (alarm.Period, alarm.TreatMissingData) = (10, "notBreaching"));
        await CallsAsync(3, resolution: 1);
        _time.Advance(TimeSpan.FromSeconds(10));
        (await AlarmAsync()).StateValue.ShouldBe(StateValue.ALARM);

        for (var i = 0; i < 3; i++)
            _time.Advance(TimeSpan.FromSeconds(10));
        (await AlarmAsync()).StateValue.ShouldBe(StateValue.OK);
    }

    [Fact]
    public async Task Alarm_of_ten_seconds_sees_the_minutes_of_a_metric_filter()
    {
        await PutAlarmAsync(alarm => (alarm.Period, alarm.TreatMissingData) = (10, "ignore"));
        _time.Advance(TimeSpan.FromSeconds(50));
        await CallsAsync(3);

        for (var i = 0; i < 2; i++)
            _time.Advance(TimeSpan.FromSeconds(10));

        (await AlarmAsync()).StateValue.ShouldBe(StateValue.ALARM);
    }

    [Fact]
    public async Task Percentile_alarm_with_too_few_samples_can_wait()
    {
        await PutAlarmAsync(alarm => (alarm.Statistic, alarm.ExtendedStatistic, alarm.EvaluateLowSampleCountPercentile) = (null, "p99", "ignore"));
        await CallsAsync(5);
        Minutes(1);
        (await AlarmAsync()).StateValue.ShouldBe(StateValue.INSUFFICIENT_DATA);

        await PutAlarmAsync(alarm => (alarm.Statistic, alarm.ExtendedStatistic) = (null, "p99"));
        await CallsAsync(5);
        Minutes(1);
        (await AlarmAsync()).StateValue.ShouldBe(StateValue.ALARM);
    }

    [Fact]
    public async Task Set_state_acts_at_once_and_the_next_evaluation_puts_it_right()
    {
        await PutAlarmAsync(alarm => alarm.TreatMissingData = "notBreaching");
        Minutes(1);
        await _client.SetAlarmStateAsync(new() { AlarmName = "errors", StateValue = StateValue.ALARM, StateReason = "drill" }, Cancelled);
        (await AlarmAsync()).StateReason.ShouldBe("drill");
        Mails().Count.ShouldBe(2);

        Minutes(1);
        (await AlarmAsync()).StateValue.ShouldBe(StateValue.OK);

        var history = await _client.DescribeAlarmHistoryAsync(new() { AlarmName = "errors", HistoryItemType = HistoryItemType.StateUpdate }, Cancelled);
        history.AlarmHistoryItems.Select(item => item.HistorySummary).ShouldBe(
            ["Alarm updated from ALARM to OK", "Alarm updated from OK to ALARM", "Alarm updated from INSUFFICIENT_DATA to OK"]);
    }

    [Fact]
    public async Task Disabled_actions_are_not_run()
    {
        await PutAlarmAsync(alarm => alarm.ActionsEnabled = false);
        await CallsAsync(3);
        Minutes(1);

        (await AlarmAsync()).StateValue.ShouldBe(StateValue.ALARM);
        Mails().ShouldBeEmpty();
    }

    [Fact]
    public async Task Alarm_and_its_state_survive_a_restart()
    {
        await PutAlarmAsync();
        await CallsAsync(3);
        Minutes(1);
        var before = await AlarmAsync();

        await _aws.RestartAsync();
        _client.Dispose();
        _client = new(LocalAwsHost.Credentials, _aws.Configure(new AmazonCloudWatchConfig()));

        var after = await AlarmAsync();
        after.StateValue.ShouldBe(StateValue.ALARM);
        after.StateUpdatedTimestamp.ShouldBe(before.StateUpdatedTimestamp);
        after.AlarmActions.ShouldBe([_topic]);
        after.Threshold.ShouldBe(1);
    }

    [Fact]
    public async Task Deleted_alarm_is_gone_and_deleting_it_again_is_an_error()
    {
        await PutAlarmAsync();
        await _client.DeleteAlarmsAsync(new() { AlarmNames = ["errors"] }, Cancelled);

        (await _client.DescribeAlarmsAsync(new(), Cancelled)).MetricAlarms.ShouldBeEmpty();
        await Should.ThrowAsync<ResourceNotFoundException>(() => _client.DeleteAlarmsAsync(new() { AlarmNames = ["errors"] }, Cancelled));
    }

    [Theory]
    [InlineData(15, 1, "Period must be")]
    [InlineData(60, 1441, "more than a day")]
    public async Task Impossible_periods_are_refused(int period, int periods, string message)
    {
        var error = await Should.ThrowAsync<AmazonCloudWatchException>(() => PutAlarmAsync(alarm => (alarm.Period, alarm.EvaluationPeriods) = (period, periods)));

        error.ErrorCode.ShouldBe("ValidationError");
        error.Message.ShouldContain(message);
    }

    private Task<PutMetricAlarmResponse> PutAlarmAsync(Action<PutMetricAlarmRequest>? change = null)
    {
        var alarm = new PutMetricAlarmRequest
        {
            AlarmName = "errors",
            Namespace = "KmsLab",
            MetricName = "Errors",
            Statistic = Statistic.Sum,
            Period = 60,
            EvaluationPeriods = 1,
            Threshold = 1,
            ComparisonOperator = ComparisonOperator.GreaterThanThreshold,
            AlarmActions = [_topic],
            OKActions = [_topic],
        };
        change?.Invoke(alarm);
        return _client.PutMetricAlarmAsync(alarm, Cancelled);
    }

    private Task<PutMetricDataResponse> CallsAsync(double value, int resolution = 60) => _client.PutMetricDataAsync(
        new() { Namespace = "KmsLab", MetricData = [new() { MetricName = "Errors", Value = value, StorageResolution = resolution }] }, Cancelled);

    /// <summary>Lets minutes pass, one by one: the evaluator's timer runs at each.</summary>
    private void Minutes(int count)
    {
        for (var i = 0; i < count; i++)
            _time.Advance(TimeSpan.FromMinutes(1));
    }

    private async Task<MetricAlarm> AlarmAsync() => (await _client.DescribeAlarmsAsync(new() { AlarmNames = ["errors"] }, Cancelled)).MetricAlarms.ShouldHaveSingleItem();

    /// <summary>The notices sent so far, oldest first.</summary>
    private List<JsonNode> Mails() =>
        [.. _aws.Services.GetRequiredService<Mailbox>().List("+15550100", 100).AsEnumerable().Reverse().Select(mail => JsonNode.Parse(mail.Body)!)];
}
