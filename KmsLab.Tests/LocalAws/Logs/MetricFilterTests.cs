using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using KmsLab.LocalAws.Logs;
using KmsLab.LocalAws.Wire;

namespace KmsLab.Tests.LocalAws.Logs;

public sealed class MetricFilterTests(LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    private const string Access = "127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] \"GET /apache_pb.gif HTTP/1.0\" 200 1534";

    private readonly LogsCaller _logs = new(aws.Host);

    [Fact]
    public async Task Filter_is_put_described_replaced_and_deleted()
    {
        await _logs.CreateAsync("filters");
        await _logs.CallAsync("PutMetricFilter", Filter("filters", "b", "ERROR"));
        await _logs.CallAsync("PutMetricFilter", Filter("filters", "a", "{ $.x = 1 }", """{"metricName":"M","metricNamespace":"N","metricValue":"$.x","unit":"Count","dimensions":{"d":"$.y"}}"""));
        await _logs.CallAsync("PutMetricFilter", Filter("filters", "b", "WARN"));

        var all = await _logs.CallAsync("DescribeMetricFilters", new() { ["logGroupName"] = "filters" });

        var filters = all["metricFilters"]!.AsArray();
        filters.Select(filter => filter!["filterName"]!.GetValue<string>()).ShouldBe(["a", "b"]);
        filters[1]!["filterPattern"]!.GetValue<string>().ShouldBe("WARN");
        filters[0]!["metricTransformations"]![0]!.ToJsonString().ShouldBe("""{"metricName":"M","metricNamespace":"N","metricValue":"$.x","dimensions":{"d":"$.y"},"unit":"Count"}""");
        filters[0]!["logGroupName"]!.GetValue<string>().ShouldBe("filters");
        (await NamesAsync(new() { ["metricName"] = "M", ["metricNamespace"] = "N" })).ShouldBe(["a"]);
        (await NamesAsync(new() { ["logGroupName"] = "filters", ["filterNamePrefix"] = "b" })).ShouldBe(["b"]);
        (await _logs.CallAsync("DescribeLogGroups", new() { ["logGroupNamePrefix"] = "filters" }))["logGroups"]![0]!["metricFilterCount"]!.GetValue<int>().ShouldBe(2);

        await _logs.CallAsync("DeleteMetricFilter", new() { ["logGroupName"] = "filters", ["filterName"] = "b" });
        (await NamesAsync(new() { ["logGroupName"] = "filters" })).ShouldBe(["a"]);
        (await _logs.FailAsync("DeleteMetricFilter", new() { ["logGroupName"] = "filters", ["filterName"] = "b" })).Type.ShouldBe("ResourceNotFoundException");
    }

    [Theory]
    [InlineData("{ $.a = }", """{"metricName":"M","metricNamespace":"N","metricValue":"1"}""", "Invalid metric filter pattern: ")]
    [InlineData("ERROR", """{"metricName":"M","metricNamespace":"N","metricValue":"$.x"}""", "Invalid metric transformation: ")]
    [InlineData("[a, b]", """{"metricName":"M","metricNamespace":"N","metricValue":"$c"}""", "Invalid metric transformation: ")]
    [InlineData("{ $.a = 1 }", """{"metricName":"M","metricNamespace":"N","metricValue":"1","defaultValue":0,"dimensions":{"d":"$.y"}}""", "mutually exclusive")]
    [InlineData("{ $.a = 1 }", """{"metricName":"M","metricNamespace":"N","metricValue":"1","dimensions":{"a":"$.a","b":"$.b","c":"$.c","d":"$.d"}}""", "at most 3 dimensions")]
    [InlineData("{ $.a = 1 }", """{"metricName":"M:","metricNamespace":"N","metricValue":"1"}""", "'metricTransformations.1.member.metricName' failed to satisfy constraint")]
    [InlineData("{ $.a = 1 }", """{"metricName":"M","metricNamespace":"N","metricValue":"1","unit":"Bananas"}""", "Member must satisfy enum value set")]
    public async Task Invalid_filter_is_refused(string pattern, string transformation, string message)
    {
        await _logs.CallAsync("CreateLogGroup", new() { ["logGroupName"] = "invalid" + Guid.NewGuid() });
        var error = await _logs.FailAsync("PutMetricFilter", Filter("invalid", "f", pattern, transformation));

        error.Type.ShouldBe("InvalidParameterException");
        error.Message.ShouldContain(message);
    }

    [Fact]
    public async Task Group_has_at_most_100_filters_and_5_with_regular_expressions()
    {
        await _logs.CreateAsync("many");
        for (var i = 0; i < 100; i++)
            await _logs.CallAsync("PutMetricFilter", Filter("many", $"f{i}", i < 5 ? "%a%" : "a"));

        (await _logs.FailAsync("PutMetricFilter", Filter("many", "one-more", "a"))).Type.ShouldBe("LimitExceededException");
        (await _logs.FailAsync("PutMetricFilter", Filter("many", "f5", "%a%"))).Type.ShouldBe("LimitExceededException");
        await _logs.CallAsync("PutMetricFilter", Filter("many", "f4", "%b%"));
    }

    [Fact]
    public async Task TestMetricFilter_shows_matches_and_what_was_extracted()
    {
        var result = await _logs.CallAsync("TestMetricFilter", new() { ["filterPattern"] = "[..., status_code=200, size]", ["logEventMessages"] = new JsonArray("no", Access) });

        var match = result["matches"]!.AsArray().ShouldHaveSingleItem()!;
        match["eventNumber"]!.GetValue<long>().ShouldBe(1);
        match["eventMessage"]!.GetValue<string>().ShouldBe(Access);
        match["extractedValues"]!["$status_code"]!.GetValue<string>().ShouldBe("200");
        match["extractedValues"]!["$5"]!.GetValue<string>().ShouldBe("GET /apache_pb.gif HTTP/1.0");
        (await _logs.CallAsync("TestMetricFilter", new() { ["filterPattern"] = "{ $.a = 1 }", ["logEventMessages"] = new JsonArray("{\"a\":1}") }))["matches"]![0]!["extractedValues"]!.AsObject()
            .ShouldBeEmpty();
    }

    [Fact]
    public void Events_become_points_by_minute_and_dimension()
    {
        var filter = Compile("{ $.latency = * }", """{"metricName":"Latency","metricNamespace":"App","metricValue":"$.latency","unit":"Milliseconds","dimensions":{"op":"$.op"}}""");

        var points = filter.Observe(Events(
            (0, """{"latency":5,"op":"a"}"""), (59_999, """{"latency":5,"op":"a"}"""), (59_999, """{"latency":7,"op":"a"}"""), (60_000, """{"latency":5,"op":"b"}"""),
            (60_000, """{"latency":5}"""), (60_000, """{"latency":"slow","op":"b"}"""), (60_000, "no JSON"))).ToList();

        points.Select(Print).ShouldBe(["00:00 op=a 5×2", "00:00 op=a 7×1", "00:01 op=b 5×1"]);
        points.ShouldAllBe(point => point.Namespace == "App" && point.Name == "Latency" && point.Unit == "Milliseconds");
    }

    [Fact]
    public void Minute_without_a_match_yields_the_default_value()
    {
        var filter = Compile("ERROR", """{"metricName":"Errors","metricNamespace":"App","metricValue":"2","defaultValue":0}""");

        filter.Observe(Events((0, "fine"), (1, "ERROR"), (60_000, "fine"), (60_001, "fine"))).Select(Print).ShouldBe(["00:00  2×1", "00:01  0×1"]);
        filter.Observe(Events()).ShouldBeEmpty();
    }

    private static string Print(MetricPoint point) => string.Create(
        CultureInfo.InvariantCulture, $"{point.Timestamp:HH:mm} {string.Join(',', point.Dimensions.Select(d => $"{d.Key}={d.Value}"))} {point.Value}×{point.Count}");

    private static ArraySegment<LogEvent> Events(params (long Timestamp, string Message)[] events) =>
        new([.. events.Select(one => new LogEvent(one.Timestamp, Encoding.UTF8.GetBytes(one.Message)))]);

    private static CompiledMetricFilter Compile(string pattern, string transformation) => CompiledMetricFilter.Compile(
        new RegionScope("000000000000", "us-east-1"), MetricFilterOperations.Read(Filter("g", "f", pattern, transformation).ToJsonString()));

    private static JsonObject Filter(string group, string name, string pattern, string transformation = """{"metricName":"M2","metricNamespace":"N2","metricValue":"1"}""") => new()
    {
        ["logGroupName"] = group,
        ["filterName"] = name,
        ["filterPattern"] = pattern,
        ["metricTransformations"] = new JsonArray(JsonNode.Parse(transformation)),
    };

    private async Task<List<string>> NamesAsync(JsonObject request) =>
        [.. (await _logs.CallAsync("DescribeMetricFilters", request))["metricFilters"]!.AsArray().Select(filter => filter!["filterName"]!.GetValue<string>())];
}
