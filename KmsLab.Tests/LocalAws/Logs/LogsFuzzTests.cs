using System.Net;
using CsCheck;
using KmsLab.LocalAws.Logs;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.Tests.LocalAws.Logs;

/// <summary>Odd values in every member of every operation: AWS's own errors or an answer, never a 500, and the state keeps taking writes.</summary>
public sealed class LogsFuzzTests(LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    [Fact]
    public async Task Odd_requests_are_answered_never_with_500()
    {
        var logs = new LogsCaller(aws.Host);
        await logs.CreateAsync("g", "s");
        var operations = aws.Host.Services.GetServices<AwsService>().OfType<LogsService>().Single().Operations.Values.ToList();
        var value = Gen.Recursive<string>((depth, child) => depth == 3 ? Leaf : Gen.Frequency(
            (6, Leaf),
            (2, child.Array[0, 3].Select(items => $"[{string.Join(',', items)}]")),
            (2, Gen.Select(Gen.OneOf("a", "metricName", "metricNamespace", "metricValue", "dimensions", "timestamp", "message", ""), child).Select((name, item) => $"{{\"{name}\":{item}}}"))));

        await Gen.Select(Gen.OneOf([.. operations]), value.Array[12]).SampleAsync(async (operation, values) =>
        {
            var members = operation.RequestShape.Members.Select((member, i) => (member.TrailName, Value: values[i % values.Length])).Where(member => member.Value.Length > 0);
            var body = $"{{{string.Join(',', members.Select(member => $"\"{member.TrailName}\":{member.Value}"))}}}";
            using var response = await aws.Host.PostJsonAsync("logs", "Logs_20140328." + operation.Name, body);
            ((int)response.StatusCode).ShouldBeLessThan(500, $"{operation.Name} {body}");
        }, iter: 1000, threads: 1);

        aws.Host.Services.GetRequiredService<StateStore>().Failure.ShouldBeNull();
        using var health = await aws.Host.Http().GetAsync("/health", TestContext.Current.CancellationToken);
        health.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static Gen<string> Leaf => Gen.OneOf(
        "", "null", "true", "0", "-1", "1", "7", "9223372036854775807", "1e3", "0.5", "\"\"", "\"g\"", "\"s\"", "\"x y\"", "\"\\ud800\"", "\"arn:aws:logs:us-east-1:000000000000:log-group:g\"",
        "\"arn:\"", "\"{ $.a = 1 }\"", "\"[a,b]\"", "\"LastEventTime\"", "[null]", "[\"g\",null]", "[\"s\"]", "{\"a\":null}", "{\"a\":\"b\"}", "[{}]", "[{\"timestamp\":1,\"message\":\"m\"},null]",
        "[{\"metricName\":\"m\",\"metricNamespace\":\"n\",\"metricValue\":\"1\",\"dimensions\":{\"d\":null}}]", "\"WyIxIixudWxsXQ\"", "\"f/00000000000000000000000000000000000000000000000000000000/s\"");
}
