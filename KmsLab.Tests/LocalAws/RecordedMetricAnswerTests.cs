using System.Text.Json.Nodes;

namespace KmsLab.Tests.LocalAws;

/// <summary>Answers of CloudWatch where AWS's reference is silent, as other emulators' suites recorded them.</summary>
public sealed class RecordedMetricAnswerTests(LocalAwsFixture fixture) : IClassFixture<LocalAwsFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("m1:60:Sum m1:60:Average", "m1 Sum", "m1 Average")]
    [InlineData("m1:60:Sum m1:30:Sum", "m1 60", "m1 30")]
    [InlineData("m1:60:Sum m1:30:Average", "m1 Sum 60", "m1 Average 30")]
    [InlineData("m1:60:Sum m2:30:Average", "m1", "m2")]
    public async Task Labels_tell_queries_of_one_metric_apart(string queries, params string[] labels)
    {
        var list = queries.Split(' ').Select(query => query.Split(':')).Select((q, i) =>
            $$$"""{"Id":"q{{{i}}}","MetricStat":{"Metric":{"Namespace":"n","MetricName":"{{{q[0]}}}"},"Period":{{{q[1]}}},"Stat":"{{{q[2]}}}"}}""");

        var answer = await PostAsync("GetMetricData", $$"""{"MetricDataQueries":[{{string.Join(',', list)}}],"StartTime":1,"EndTime":1000}""");

        answer["MetricDataResults"]!.AsArray().Select(result => result!["Label"]!.GetValue<string>()).ShouldBe(labels);
    }

    [Fact]
    public async Task Tags_of_an_alarm_that_is_gone_are_none()
    {
        var answer = await PostAsync("ListTagsForResource", """{"ResourceARN":"arn:aws:cloudwatch:us-east-1:000000000000:alarm:gone"}""");

        answer["Tags"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Values_and_a_statistic_set_are_counted_together()
    {
        var time = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 86400 * 86400;
        await PostAsync(
            "PutMetricData",
            """{"Namespace":"both","MetricData":[{"MetricName":"m","Values":[1,2],"StatisticValues":{"SampleCount":3,"Sum":30,"Minimum":5,"Maximum":20}}]}""");

        var answer = await PostAsync(
            "GetMetricStatistics",
            $$"""{"Namespace":"both","MetricName":"m","StartTime":{{time}},"EndTime":{{time + 2 * 86400}},"Period":172800,"Statistics":["SampleCount","Sum","Minimum","Maximum"]}""");

        var point = answer["Datapoints"]![0]!;
        string[] names = ["SampleCount", "Sum", "Minimum", "Maximum"];
        names.Select(name => point[name]!.GetValue<double>()).ShouldBe([5, 33, 1, 20]);
        // AWS always writes a fraction.
        point["Sum"]!.ToJsonString().ShouldBe("33.0");
    }

    [Theory]
    [InlineData("""{"AlarmName":"none","StateValue":"OK","StateReason":"x"}""", "ResourceNotFound", null, null)]
    [InlineData(
        """{"AlarmName":"none","StateValue":"odd","StateReason":"x"}""", "ValidationException", "ValidationError;Sender",
        "1 validation error detected: Value 'odd' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]")]
    public async Task Setting_a_state_fails_in_these_words(string body, string type, string? queryError, string? message)
    {
        using var response = await fixture.Host.PostJsonAsync("monitoring", "GraniteServiceVersion20100801.SetAlarmState", body);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;

        error["__type"]!.GetValue<string>().ShouldBe(type);
        error["message"]?.GetValue<string>().ShouldBe(message);
        if (queryError is not null)
            response.Headers.GetValues("x-amzn-query-error").Single().ShouldBe(queryError);
    }

    [Theory]
    [InlineData("PutMetricData", """{"Namespace":"n","MetricData":[{"MetricName":"m","Value":"NaN"}]}""", "InvalidParameterValueException")]
    [InlineData("PutMetricData", """{"Namespace":"n","MetricData":[{"MetricName":"m","Values":["-Infinity"]}]}""", "InvalidParameterValueException")]
    [InlineData("PutMetricData", """{"Namespace":"n","MetricData":[{"MetricName":"m","Value":"none"}]}""", "SerializationException")]
    [InlineData("PutMetricData", """{"Namespace":"n","MetricData":[{"MetricName":"m","Value":1,"Values":[1]}]}""", "InvalidParameterCombinationException")]
    [InlineData("GetMetricStatistics", """{"Namespace":"n","MetricName":"m","StartTime":1,"EndTime":61,"Period":60}""", "InvalidParameterCombinationException")]
    [InlineData(
        "PutMetricAlarm",
        """{"AlarmName":"a","Namespace":"n","MetricName":"m","Statistic":"Sum","Period":60,"EvaluationPeriods":1,"Threshold":"NaN","ComparisonOperator":"GreaterThanThreshold"}""",
        "ValidationException")]
    public async Task Numbers_and_statistics_are_refused_by_these_errors(string operation, string body, string type)
    {
        (await PostAsync(operation, body))["__type"]!.GetValue<string>().ShouldBe(type);
    }

    [Fact]
    public async Task Query_refuses_a_number_that_is_none_in_the_services_words()
    {
        using var response = await fixture.Host.PostQueryAsync("monitoring", "Action=PutMetricData&Namespace=n&MetricData.member.1.MetricName=m&MetricData.member.1.Value=NaN");

        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("<Code>InvalidParameterValue</Code><Message>The value NaN for parameter MetricData.member.1.Value is invalid.</Message>");
    }

    private async Task<JsonNode> PostAsync(string operation, string body)
    {
        using var response = await fixture.Host.PostJsonAsync("monitoring", $"GraniteServiceVersion20100801.{operation}", body);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }
}
