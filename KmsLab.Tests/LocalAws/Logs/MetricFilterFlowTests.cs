using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.LocalAws.Logs;

/// <summary>From a log event through a metric filter to a metric that CloudWatch shows.</summary>
public sealed class MetricFilterFlowTests
{
    [Fact]
    public async Task Failed_calls_on_the_trail_and_errors_in_a_log_become_metrics()
    {
        await using var host = await LocalAwsHost.StartAsync(time: new FakeTimeProvider(LogsCaller.Now));
        var logs = new LogsCaller(host);
        await logs.CreateAsync("app", "s");
        await FilterAsync(logs, "app", "{ $.latency = * }", "$.latency");
        await FilterAsync(logs, "kmslab-trail", "{ $.errorCode = \"*\" }", "1");
        await host.RestartAsync();

        await logs.PutAsync("app", "s", (LogsCaller.At(default), """{"latency":5}"""), (LogsCaller.At(default), """{"latency":7}"""), (LogsCaller.At(default), "no match"));
        await logs.FailAsync("CreateLogGroup", new() { ["logGroupName"] = "app" });
        await logs.FailAsync("CreateLogGroup", new() { ["logGroupName"] = "app" });

        (await SumAsync(host, "app")).ShouldBe(12);
        (await SumAsync(host, "kmslab-trail")).ShouldBe(2);
    }

    private static Task<JsonObject> FilterAsync(LogsCaller logs, string group, string pattern, string value) => logs.CallAsync("PutMetricFilter", new()
    {
        ["logGroupName"] = group,
        ["filterName"] = "f",
        ["filterPattern"] = pattern,
        ["metricTransformations"] = new JsonArray(new JsonObject { ["metricName"] = group, ["metricNamespace"] = "App", ["metricValue"] = value }),
    });

    private static async Task<double> SumAsync(LocalAwsHost host, string metric)
    {
        static string Text(TimeSpan fromNow) => (LogsCaller.Now + fromNow).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        using var response = await host.PostJsonAsync("monitoring", "GraniteServiceVersion20100801.GetMetricStatistics", new JsonObject
        {
            ["Namespace"] = "App",
            ["MetricName"] = metric,
            ["StartTime"] = Text(-TimeSpan.FromMinutes(5)),
            ["EndTime"] = Text(TimeSpan.FromMinutes(5)),
            ["Period"] = 60,
            ["Statistics"] = new JsonArray("Sum"),
        }.ToJsonString());
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.IsSuccessStatusCode.ShouldBeTrue(body);
        return JsonNode.Parse(body)!["Datapoints"]!.AsArray().Sum(point => point!["Sum"]!.GetValue<double>());
    }
}
