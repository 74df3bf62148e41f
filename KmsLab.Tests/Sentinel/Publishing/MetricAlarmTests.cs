using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using KmsLab.Sentinel.Publishing.CloudWatch;
using KmsLab.Tests.LocalAws;
using Microsoft.Extensions.Logging.Abstractions;

namespace KmsLab.Tests.Sentinel.Publishing;

/// <summary>The CloudWatch alarms that Sentinel keeps, in LocalAws' CloudWatch.</summary>
public sealed class MetricAlarmTests : IAsyncLifetime
{
    private LocalAwsHost _aws = null!;
    private AmazonCloudWatchClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _aws = await LocalAwsHost.StartAsync();
        _client = new(LocalAwsHost.Credentials, _aws.Configure(new AmazonCloudWatchConfig()));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _aws.DisposeAsync();
    }

    [Fact]
    public async Task Configured_alarms_are_created_once_changed_and_removed()
    {
        var options = new MetricOptions();
        options.Alarms["firing"] = new() { Metric = "AlarmsFiring", Dimensions = { ["Severity"] = "Critical" }, Threshold = 1, AlarmActions = ["arn:aws:sns:us-east-1:000000000000:b", "arn:aws:sns:us-east-1:000000000000:a"] };
        options.Alarms["heartbeat"] = new() { Metric = "Heartbeat", Statistic = "SampleCount", Comparison = "LessThanThreshold", Threshold = 1, EvaluationPeriods = 3, DatapointsToAlarm = 2, TreatMissingData = "breaching" };

        (await KeepAsync(options)).ShouldBe(2);
        (await KeepAsync(options)).ShouldBe(0, "nothing is put again that is there already");
        var alarms = await AlarmsAsync();
        alarms.Keys.ShouldBe(["KmsLab-firing", "KmsLab-heartbeat"]);
        var firing = alarms["KmsLab-firing"];
        (firing.Namespace, firing.MetricName, firing.Statistic, firing.Threshold, firing.Period).ShouldBe(("KmsLab", "AlarmsFiring", Statistic.Maximum, 1, 60));
        firing.Dimensions.ShouldHaveSingleItem().Value.ShouldBe("Critical");
        (alarms["KmsLab-heartbeat"].TreatMissingData, alarms["KmsLab-heartbeat"].DatapointsToAlarm).ShouldBe(("breaching", 2));

        options.Alarms["firing"].Threshold = 2;
        (await KeepAsync(options)).ShouldBe(1);
        (await AlarmsAsync())["KmsLab-firing"].Threshold.ShouldBe(2);

        options.Alarms.Remove("heartbeat");
        (await KeepAsync(options)).ShouldBe(1);
        (await AlarmsAsync()).Keys.ShouldBe(["KmsLab-firing"]);
    }

    [Fact]
    public async Task Change_that_somebody_made_to_an_alarm_of_ours_is_undone()
    {
        var options = new MetricOptions();
        options.Alarms["firing"] = new() { Metric = "AlarmsFiring", Threshold = 1 };
        await KeepAsync(options);
        await _client.PutMetricAlarmAsync(Foreign("KmsLab-firing", threshold: 1000), Cancellation);

        (await KeepAsync(options)).ShouldBe(1);

        (await AlarmsAsync())["KmsLab-firing"].Threshold.ShouldBe(1);
    }

    [Fact]
    public async Task Alarm_of_somebody_else_stays_whatever_its_name()
    {
        await _client.PutMetricAlarmAsync(Foreign("KmsLab-theirs", threshold: 7), Cancellation);
        await _client.PutMetricAlarmAsync(Foreign("KmsLab-firing", threshold: 7), Cancellation);
        await _client.PutMetricAlarmAsync(Foreign("Other", threshold: 7), Cancellation);
        var options = new MetricOptions();
        options.Alarms["firing"] = new() { Metric = "AlarmsFiring", Threshold = 1 };

        (await KeepAsync(options)).ShouldBe(0);

        (await AlarmsAsync()).Values.Select(alarm => alarm.Threshold).ShouldBe([7, 7, 7]);
    }

    [Fact]
    public async Task More_alarms_than_a_page_holds_are_all_looked_at()
    {
        var options = new MetricOptions();
        for (var n = 0; n < 105; n++)
            options.Alarms[$"{n}"] = new() { Metric = "AlarmsFiring", Threshold = n };

        (await KeepAsync(options)).ShouldBe(105);
        (await KeepAsync(options)).ShouldBe(0);
        options.Alarms.Clear();

        (await KeepAsync(options)).ShouldBe(105);
    }

    private static PutMetricAlarmRequest Foreign(string name, double threshold) => new()
    {
        AlarmName = name,
        Namespace = "Theirs",
        MetricName = "M",
        Statistic = Statistic.Sum,
        ComparisonOperator = ComparisonOperator.GreaterThanThreshold,
        Threshold = threshold,
        Period = 60,
        EvaluationPeriods = 1,
    };

    private Task<int> KeepAsync(MetricOptions options) => new MetricAlarmKeeper(_client, options, NullLogger<MetricAlarmKeeper>.Instance).KeepAsync(Cancellation);

    private async Task<SortedDictionary<string, MetricAlarm>> AlarmsAsync()
    {
        var answer = await _client.DescribeAlarmsAsync(new(), Cancellation);
        return new(answer.MetricAlarms.ToDictionary(alarm => alarm.AlarmName), StringComparer.Ordinal);
    }
}
