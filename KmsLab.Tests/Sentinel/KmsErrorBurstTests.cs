using System.Text.Json.Nodes;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Tests.Sentinel;

public sealed class KmsErrorBurstTests
{
    [Fact]
    public void Error_burst_counts_a_refused_call_for_its_role()
    {
        var group = Select(TestRecords.WrongKey(TestRecords.Noon));

        group.ShouldNotBeNull().Values.ShouldBe([new("principal", TestRecords.RoleArn)]);
    }

    [Fact]
    public void Error_burst_passes_over_a_successful_call() => Select(TestRecords.Decrypt()).ShouldBeNull();

    [Fact]
    public void Error_burst_passes_over_a_dry_run() => Select(TestRecords.Decrypt(errorCode: "DryRunOperationException")).ShouldBeNull();

    [Fact]
    public void Error_burst_passes_over_other_services() =>
        Select(TestRecords.WrongKey(TestRecords.Noon).With(r => r["eventSource"] = "s3.amazonaws.com")).ShouldBeNull();

    [Fact]
    public void Error_burst_counts_a_denied_call_without_parameters_and_resources() => Select(TestRecords.Denied()).ShouldNotBeNull();

    [Fact]
    public void Error_burst_counts_a_call_of_nobody_known() =>
        Select(TestRecords.Denied().With(r => r.Remove("userIdentity")))!.Values.ShouldBe([new("principal", StablePrincipal.Unknown)]);

    [Theory]
    [InlineData("""{"arn":"arn:aws:sts::1:assumed-role/app/i-123"}""", "arn:aws:sts::1:assumed-role/app")]
    [InlineData("""{"arn":"arn:aws:iam::1:user/path/jo"}""", "arn:aws:iam::1:user/path/jo")]
    [InlineData("""{"type":"AWSAccount","principalId":"AROAEXAMPLE:session","accountId":"2"}""", "AROAEXAMPLE")]
    [InlineData("""{"accountId":"1","invokedBy":"AWS Internal"}""", "AWS Internal")]
    [InlineData("""{"accountId":"1"}""", "1")]
    public void Principal_is_the_most_stable_name_there_is(string identity, string expected) =>
        TestRecords.Denied().With(r => r["userIdentity"] = JsonNode.Parse(identity)).Observation().Principal.ShouldBe(expected);

    [Fact]
    public void Groups_with_different_values_have_different_keys() =>
        new DetectionGroup([new("a", "1;b=1:2")]).Key.ShouldNotBe(new DetectionGroup([new("a", "1"), new("b", "2")]).Key);

    private static DetectionGroup? Select(JsonObject record) =>
        KmsErrorBurst.Definition.Select(record.Observation())?.Group;
}
