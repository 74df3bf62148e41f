using System.Formats.Cbor;
using System.Net;
using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using Microsoft.Extensions.Time.Testing;
using MetricRetention = KmsLab.LocalAws.Metrics.MetricRetention;
using MetricStore = KmsLab.LocalAws.Metrics.MetricStore;

namespace KmsLab.Tests.LocalAws;

public sealed class MetricsTests
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;
    private static readonly DateTime Noon = new(2026, 11, 23, 12, 0, 0, DateTimeKind.Utc);

    private readonly FakeTimeProvider _time = new(Noon);

    [Fact]
    public async Task Data_of_a_minute_are_taken_together_and_survive_a_restart()
    {
        await using var aws = await LocalAwsHost.StartAsync(time: _time);
        using (var client = Client(aws))
        {
            await client.PutMetricDataAsync(Data(new MetricDatum { MetricName = "Calls", Value = 2, Timestamp = Noon }), Cancelled);
            await client.PutMetricDataAsync(Data(new MetricDatum { MetricName = "Calls", Values = [5, 1], Counts = [1, 3], Timestamp = Noon.AddSeconds(59) }), Cancelled);
            await client.PutMetricDataAsync(Data(new MetricDatum { MetricName = "Calls", StatisticValues = new() { SampleCount = 2, Sum = 9, Minimum = 3, Maximum = 6 }, Timestamp = Noon.AddSeconds(60) }), Cancelled);
        }

        await aws.RestartAsync();
        using var again = Client(aws);
        var response = await again.GetMetricStatisticsAsync(
            new() { Namespace = "KmsLab", MetricName = "Calls", StartTime = Noon, EndTime = Noon.AddMinutes(2), Period = 60, Statistics = ["SampleCount", "Sum", "Minimum", "Maximum", "Average"] }, Cancelled);

        response.Datapoints.OrderBy(point => point.Timestamp)
            .Select(point => (point.Timestamp, point.SampleCount, point.Sum, point.Minimum, point.Maximum, point.Average))
            .ShouldBe([(Noon, 5, 10, 1, 5, 2), (Noon.AddMinutes(1), 2, 9, 3, 6, 4.5)]);
    }

    [Fact]
    public async Task Dimensions_in_any_order_are_one_metric_and_others_are_others()
    {
        await using var aws = await LocalAwsHost.StartAsync(time: _time);
        using var client = Client(aws);
        Dimension a = new() { Name = "A", Value = "1" }, b = new() { Name = "B", Value = "2" };
        await client.PutMetricDataAsync(
            Data(new MetricDatum { MetricName = "M", Value = 1, Dimensions = [a, b] }, new MetricDatum { MetricName = "M", Value = 10, Dimensions = [b, a] }, new MetricDatum { MetricName = "M", Value = 100, Dimensions = [a] }, new MetricDatum { MetricName = "M", Value = 1000 }), Cancelled);

        (await SumAsync(client, a, b)).ShouldBe(11);
        (await SumAsync(client, a)).ShouldBe(100);
        (await SumAsync(client)).ShouldBe(1000);
        (await client.ListMetricsAsync(new() { Namespace = "KmsLab", Dimensions = [new() { Name = "A" }] }, Cancelled)).Metrics.Count.ShouldBe(2);
        (await client.ListMetricsAsync(new() { Namespace = "Other" }, Cancelled)).Metrics.ShouldBeEmpty();
    }

    [Fact]
    public async Task Percentiles_come_from_the_values()
    {
        await using var aws = await LocalAwsHost.StartAsync(time: _time);
        using var client = Client(aws);
        await client.PutMetricDataAsync(Data(new MetricDatum { MetricName = "Latency", Values = [.. Enumerable.Range(1, 100).Select(i => (double)i)] }), Cancelled);

        var response = await client.GetMetricStatisticsAsync(
            new() { Namespace = "KmsLab", MetricName = "Latency", StartTime = Noon, EndTime = Noon.AddMinutes(1), Period = 60, ExtendedStatistics = ["p50", "p99", "p100"] }, Cancelled);

        response.Datapoints.ShouldHaveSingleItem().ExtendedStatistics.ShouldBe(new Dictionary<string, double> { ["p50"] = 50, ["p99"] = 99, ["p100"] = 100 }, ignoreOrder: true);
    }

    [Fact]
    public async Task High_resolution_data_are_read_by_the_second_and_rolled_up_when_old()
    {
        await using var aws = await LocalAwsHost.StartAsync(time: _time);
        using var client = Client(aws);
        foreach (var second in (int[])[0, 5, 15])
            await client.PutMetricDataAsync(Data(new MetricDatum { MetricName = "Fast", Value = 1, StorageResolution = 1, Timestamp = Noon.AddSeconds(second) }), Cancelled);

        (await DataAsync(client, "Fast", 10)).ShouldBe([(Noon.AddSeconds(10), 1), (Noon, 2)]);
        (await DataAsync(client, "Fast", 60)).ShouldBe([(Noon, 3)]);

        _time.Advance(TimeSpan.FromHours(4));
        await aws.Services.GetRequiredService<MetricRetention>().Apply();
        (await DataAsync(client, "Fast", 60)).ShouldBe([(Noon, 3)]);
        (await DataAsync(client, "Fast", 10)).ShouldBe([(Noon, 3)]);
    }

    [Fact]
    public async Task Data_older_than_fifteen_days_are_forgotten()
    {
        await using var aws = await LocalAwsHost.StartAsync(time: _time);
        using var client = Client(aws);
        await client.PutMetricDataAsync(Data(new MetricDatum { MetricName = "Old", Value = 1 }), Cancelled);

        _time.Advance(TimeSpan.FromDays(15) + TimeSpan.FromMinutes(2));
        await aws.Services.GetRequiredService<MetricRetention>().Apply();

        (await DataAsync(client, "Old", 60)).ShouldBeEmpty();
        aws.Services.GetRequiredService<MetricStore>().List(new(LocalAwsHost.Account, LocalAwsHost.Region), DateTimeOffset.UnixEpoch).ShouldBeEmpty();
    }

    [Fact]
    public async Task Data_stay_in_their_region()
    {
        await using var aws = await LocalAwsHost.StartAsync(time: _time);
        using var here = Client(aws);
        using var there = new AmazonCloudWatchClient(LocalAwsHost.Credentials, aws.Configure(new AmazonCloudWatchConfig(), "eu-west-3"));
        await here.PutMetricDataAsync(Data(new MetricDatum { MetricName = "M", Value = 1 }), Cancelled);

        (await there.ListMetricsAsync(new(), Cancelled)).Metrics.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Namespace=AWS/KMS&MetricData.member.1.MetricName=M&MetricData.member.1.Value=1", "InvalidParameterValue")]
    [InlineData("Namespace=N", "MissingParameter")]
    [InlineData("Namespace=N&MetricData.member.1.MetricName=M", "MissingParameter")]
    [InlineData("Namespace=N&MetricData.member.1.MetricName=M&MetricData.member.1.Value=1&MetricData.member.1.Values.member.1=1", "InvalidParameterCombination")]
    [InlineData("Namespace=N&MetricData.member.1.MetricName=M&MetricData.member.1.Values.member.1=1&MetricData.member.1.Counts.member.1=1&MetricData.member.1.Counts.member.2=1", "InvalidParameterValue")]
    [InlineData("Namespace=N&MetricData.member.1.MetricName=M&MetricData.member.1.Value=1e200", "InvalidParameterValue")]
    [InlineData("Namespace=N&MetricData.member.1.MetricName=M&MetricData.member.1.Value=1&MetricData.member.1.StorageResolution=7", "InvalidParameterValue")]
    [InlineData("Namespace=N&MetricData.member.1.MetricName=M&MetricData.member.1.Value=1&MetricData.member.1.Timestamp=2026-11-23T14:00:01Z", "InvalidParameterValue")]
    [InlineData("Namespace=N&MetricData.member.1.MetricName=M&MetricData.member.1.Value=1&MetricData.member.1.Timestamp=2026-11-09T11:59:59Z", "InvalidParameterValue")]
    [InlineData("Namespace=N&MetricData.member.1.MetricName=M&MetricData.member.1.Value=1&MetricData.member.1.Unit=Apples", "ValidationError")]
    [InlineData("MetricData.member.1.MetricName=M&MetricData.member.1.Value=1", "ValidationError")]
    public async Task Bad_metric_data_are_refused_as_AWS_refuses_them(string form, string code)
    {
        await using var aws = await LocalAwsHost.StartAsync(time: _time);

        using var response = await aws.PostQueryAsync("monitoring", $"Action=PutMetricData&Version=2010-08-01&{form}");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync(Cancelled)).ShouldContain($"<Code>{code}</Code>");
    }

    [Fact]
    public async Task Metric_math_is_an_explicit_error()
    {
        await using var aws = await LocalAwsHost.StartAsync(time: _time);
        using var client = Client(aws);

        var error = await Should.ThrowAsync<AmazonCloudWatchException>(() => client.GetMetricDataAsync(
            new() { StartTime = Noon, EndTime = Noon.AddHours(1), MetricDataQueries = [new() { Id = "e1", Expression = "SUM(METRICS())" }] }, Cancelled));

        error.Message.ShouldContain("no metric math");
    }

    [Fact]
    public async Task Cbor_reads_and_writes_what_query_does()
    {
        await using var aws = await LocalAwsHost.StartAsync(time: _time);
        var cbor = new CborWriter();
        cbor.WriteStartMap(2);
        cbor.WriteTextString("Namespace");
        cbor.WriteTextString("KmsLab");
        cbor.WriteTextString("MetricData");
        cbor.WriteStartArray(1);
        cbor.WriteStartMap(3);
        cbor.WriteTextString("MetricName");
        cbor.WriteTextString("Calls");
        cbor.WriteTextString("Value");
        cbor.WriteDouble(7);
        cbor.WriteTextString("Timestamp");
        cbor.WriteTag(CborTag.UnixTimeSeconds);
        cbor.WriteDouble(((DateTimeOffset)Noon).ToUnixTimeSeconds());
        cbor.WriteEndMap();
        cbor.WriteEndArray();
        cbor.WriteEndMap();

        using var put = await aws.PostCborAsync("monitoring", "GraniteServiceVersion20100801", "PutMetricData", cbor.Encode());
        put.StatusCode.ShouldBe(HttpStatusCode.OK);

        using var client = Client(aws);
        (await DataAsync(client, "Calls", 60)).ShouldBe([(Noon, 7)]);
    }

    private static PutMetricDataRequest Data(params MetricDatum[] data) => new() { Namespace = "KmsLab", MetricData = [.. data] };

    private static async Task<double> SumAsync(AmazonCloudWatchClient client, params Dimension[] dimensions) => (await client.GetMetricStatisticsAsync(
        new() { Namespace = "KmsLab", MetricName = "M", Dimensions = [.. dimensions], StartTime = Noon, EndTime = Noon.AddMinutes(1), Period = 60, Statistics = ["Sum"] }, Cancelled)).Datapoints.Single().Sum!.Value;

    private static async Task<List<(DateTime, double)>> DataAsync(AmazonCloudWatchClient client, string name, int period)
    {
        var response = await client.GetMetricDataAsync(
            new()
            {
                StartTime = Noon,
                EndTime = Noon.AddMinutes(5),
                MetricDataQueries = [new() { Id = "q", MetricStat = new() { Metric = new() { Namespace = "KmsLab", MetricName = name }, Period = period, Stat = "Sum" } }],
            },
            Cancelled);
        var result = response.MetricDataResults.ShouldHaveSingleItem();
        result.StatusCode.ShouldBe(StatusCode.Complete);
        return [.. (result.Timestamps ?? []).Zip(result.Values ?? [])];
    }

    private static AmazonCloudWatchClient Client(LocalAwsHost aws) => new(LocalAwsHost.Credentials, aws.Configure(new AmazonCloudWatchConfig()));
}
