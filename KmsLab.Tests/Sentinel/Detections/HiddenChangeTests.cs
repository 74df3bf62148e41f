using System.Text.Json.Nodes;
using KmsLab.Sentinel.Detections;

namespace KmsLab.Tests.Sentinel.Detections;

public sealed class HiddenChangeTests
{
    private const string Stranger = "arn:aws:iam::111122223333:user/mallory";

    [Theory]
    [InlineData("iam.amazonaws.com", "UpdateAssumeRolePolicy")]
    [InlineData("kms.amazonaws.com", "PutKeyPolicy")]
    [InlineData("ecs.amazonaws.com", "RegisterTaskDefinition")]
    [InlineData("secretsmanager.amazonaws.com", "PutResourcePolicy")]
    [InlineData("iam.amazonaws.com", "SomethingNew")]
    public void Parameters_that_CloudTrail_left_out_of_a_write_are_news(string source, string operation)
    {
        using var bench = new DetectionBench(HiddenChange.Definition);
        var omitted = new JsonObject { ["reason"] = "requestParameters too large", ["omitted"] = true, ["originalSize"] = 111_532 };

        bench.Select(Call(source, operation, omitted)).ShouldNotBeNull().Detail.ShouldNotBeNull().ShouldContain("too large");
        bench.Select(Call(source, operation, omitted).With(r => r["readOnly"] = true)).ShouldBeNull();
        bench.Select(Call(source, operation, omitted).With(r => r["errorCode"] = "ValidationException")).ShouldBeNull();
        bench.Select(Call("ec2.amazonaws.com", operation, omitted)).ShouldBeNull();
        bench.Select(Call(source, operation, new() { ["omitted"] = "no" })).ShouldBeNull();
    }

    [Theory]
    [InlineData("ecs.amazonaws.com", "ExecuteCommand", "AccessDeniedException")]
    [InlineData("cloudtrail.amazonaws.com", "StopLogging", "AccessDenied")]
    [InlineData("logs.amazonaws.com", "DeleteLogGroup", "AccessDenied")]
    [InlineData("kms.amazonaws.com", "PutKeyPolicy", "AccessDenied")]
    public void Refused_attempt_that_does_not_say_at_what_it_aimed_is_news(string source, string operation, string error)
    {
        using var bench = new DetectionBench(HiddenChange.Definition);
        JsonObject Refused() => Call(source, operation, null).With(r => r["errorCode"] = error);

        bench.Select(Refused()).ShouldNotBeNull();
        bench.Select(Refused().With(r => r["errorMessage"] = $"User: {Stranger} is not authorized to perform: {operation}")).ShouldNotBeNull();
        bench.Select(Refused().With(r => r["errorMessage"] = $"User: {Stranger} is not authorized to perform: {operation} on resource: arn:aws:x:::other")).ShouldBeNull();
        bench.Select(Refused().With(r => r["requestParameters"] = new JsonObject { ["name"] = "other" })).ShouldBeNull();
        bench.Select(Refused().With(r => r["eventName"] = "DescribeSomething")).ShouldBeNull("browsing");
        bench.Select(Refused().With(r => r.Remove("errorCode"))).ShouldBeNull();
    }

    private static JsonObject Call(string source, string operation, JsonObject? parameters) => TestRecords.Decrypt().With(r =>
    {
        r["userIdentity"] = new JsonObject { ["type"] = "IAMUser", ["arn"] = Stranger, ["accountId"] = "111122223333" };
        (r["eventSource"], r["eventName"], r["requestParameters"], r["readOnly"]) = (source, operation, parameters?.DeepClone(), false);
        r.Remove("resources");
    });

    [Theory]
    [InlineData("User: x is not authorized to perform: ecs:RegisterTaskDefinition on resource: * because no identity-based policy allows it", true)]
    [InlineData("User: x is not authorized to perform: ecs:RegisterTaskDefinition on resource: arn:aws:ecs:eu-west-1:111122223333:task-definition/vault:1", false)]
    public void Refusal_that_names_a_star_names_nothing(string message, bool counts)
    {
        using var bench = new DetectionBench(HiddenChange.Definition);

        (bench.Select(DetectionBench.Call("ecs", "RegisterTaskDefinition", null, errorCode: "AccessDeniedException", errorMessage: message)) is not null).ShouldBe(counts);
    }
}
