using CsCheck;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.Tests.LocalAws;

/// <summary>Odd values in every member of every operation of CloudWatch (JSON) and SNS (Query): AWS's own errors or an answer, never a 500, and the state keeps taking writes.</summary>
public sealed class MetricsFuzzTests(LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    private static readonly Gen<string> Json = Gen.OneOf(
        "", "null", "true", "0", "-1", "60", "2147483640", "9223372036854775807", "1e300", "0.5", "\"\"", "\"a\"", "\"\\ud800\"", "\"OK\"", "\"Sum\"", "\"p99\"", "\"missing\"",
        "\"GreaterThanThreshold\"", "\"1\"", "\"99999999999\"", "[]", "[null]", "[\"a\"]", "[\"arn:aws:sns:us-east-1:000000000000:t\"]", "[1,null]", "[{}]", "[null,{\"Name\":\"a\",\"Value\":\"b\"}]",
        "[{\"Name\":\"a\",\"Value\":\"b\"}]", "[{\"Key\":\"k\",\"Value\":null}]", "{\"a\":null}", "{\"Timezone\":\"+0000\"}",
        "[{\"MetricName\":\"m\",\"Value\":1}]", "[{\"MetricName\":\"m\",\"Values\":[1,2],\"Counts\":[1]}]", "[{\"MetricName\":\"m\",\"StatisticValues\":{\"SampleCount\":1}}]",
        "[{\"Id\":\"q\",\"MetricStat\":{\"Metric\":{\"Namespace\":\"a\",\"MetricName\":\"m\"},\"Period\":60,\"Stat\":\"Sum\"}}]", "[{\"Id\":\"q\",\"MetricStat\":{\"Metric\":null,\"Period\":60,\"Stat\":\"Sum\"}}]", "[{\"Id\":\"q\",\"Expression\":\"1\"}]");

    private static readonly Gen<string> Form = Gen.OneOf(
        "", "=", "=a", "=1", "=true", "=x%00y", "=%F0%9F%94%91", "=http", "=email", "=a@b", "=http://127.0.0.1:1/x", "=arn:aws:sns:us-east-1:000000000000:t", "=arn:aws:sns:us-east-1:000000000000:t:1", "=json", "={\"default\":1}",
        ".member.1=a", ".member.1.Key=k", ".member.1.Key=k&X.member.1.Value=v", ".entry.1.key=RawMessageDelivery", ".entry.1.Name=k&X.entry.1.Value.DataType=Number&X.entry.1.Value.StringValue=x",
        ".entry.1.key=FilterPolicy&X.entry.1.value={\"a\":[{\"numeric\":[\">\",1e999]}]}", ".member.1.Id=a&X.member.1.Message=m", ".member.0=a", ".1=a");

    [Fact]
    public async Task Odd_CloudWatch_requests_are_answered_never_with_500()
    {
        var operations = Operations("monitoring");

        await Gen.Select(Gen.OneOf(operations), Json.Array[24]).SampleAsync(async (operation, values) =>
        {
            var members = operation.Request.Properties.Select((member, i) => (member.Name, Value: values[i % values.Length])).Where(member => member.Value.Length > 0);
            var body = $"{{{string.Join(',', members.Select(member => $"\"{member.Name}\":{member.Value}"))}}}";
            using var response = await aws.Host.PostJsonAsync("monitoring", "GraniteServiceVersion20100801." + operation.Name, body);
            ((int)response.StatusCode).ShouldBeLessThan(500, $"{operation.Name} {body}");
        }, iter: 1500, threads: 1);

        aws.Host.Services.GetRequiredService<StateStore>().Failure.ShouldBeNull();
    }

    [Fact]
    public async Task Odd_Sns_requests_are_answered_never_with_500()
    {
        var operations = Operations("sns");
        using var topic = await aws.Host.PostQueryAsync("sns", "Action=CreateTopic&Name=t");

        await Gen.Select(Gen.OneOf(operations), Form.Array[12]).SampleAsync(async (operation, values) =>
        {
            var members = operation.Request.Properties.Select((member, i) => (member.Name, Value: values[i % values.Length])).Where(member => member.Value.Length > 0);
            var form = string.Concat(members.Select(member => $"&{member.Name}{member.Value.Replace("&X", "&" + member.Name, StringComparison.Ordinal)}"));
            using var response = await aws.Host.PostQueryAsync("sns", $"Action={operation.Name}{form}");
            ((int)response.StatusCode).ShouldBeLessThan(500, $"{operation.Name} {form}");
        }, iter: 1500, threads: 1);

        aws.Host.Services.GetRequiredService<StateStore>().Failure.ShouldBeNull();
    }

    private Operation[] Operations(string signingName) =>
        [.. aws.Host.Services.GetServices<AwsService>().Single(service => service.SigningName == signingName).Operations.Values];
}
