using System.Text.Json.Nodes;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>A replica in another Region is the same key.</summary>
public sealed class KeyFamilyTests
{
    private const string Primary = "arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";
    private const string Replica = "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";

    [Fact]
    public void Keys_of_a_family_differ_in_their_Region_alone()
    {
        KeyFamily.Of(Replica).ShouldBe(KeyFamily.Of(Primary));
        KeyFamily.Of(Replica.Replace("111122223333", "444455556666", StringComparison.Ordinal)).ShouldNotBe(KeyFamily.Of(Primary));
        KeyFamily.Of(Replica.Replace("arn:aws:", "arn:aws-cn:", StringComparison.Ordinal)).ShouldNotBe(KeyFamily.Of(Primary));
        KeyFamily.Of(TestRecords.KeyArn).ShouldBe(TestRecords.KeyArn);
        KeyFamily.Of("").ShouldBe("");
    }

    [Fact]
    public void Replica_of_a_protected_key_is_protected()
    {
        using var bench = new DetectionBench(UnattestedCall.Definition, options => options.ProtectedSets["vault"].Keys = [Primary]);

        bench.Select(At(Replica)).ShouldNotBeNull();
        bench.Select(At(Replica.Replace("mrk-1234", "mrk-9999", StringComparison.Ordinal))).ShouldBeNull();
    }

    [Fact]
    public void Replica_of_a_key_with_the_sets_tag_is_protected()
    {
        using var bench = new DetectionBench(UnattestedCall.Definition, options => (options.ProtectedSets["vault"].Keys, options.ProtectedSets["vault"].Tag) = ([], "kmslab:set=vault"));
        bench.Select(At(Primary).With(r => (r["eventName"], r["requestParameters"]) = (
            "TagResource", new JsonObject { ["tags"] = new JsonArray(new JsonObject { ["tagKey"] = "kmslab:set", ["tagValue"] = "vault" }) })));

        bench.Select(At(Replica)).ShouldNotBeNull();
    }

    [Fact]
    public void Replica_opened_to_another_account_is_told_of()
    {
        using var bench = new DetectionBench(KeyExposure.Definition, options => options.ProtectedSets["vault"].Keys = [Primary]);
        const string Policy = """{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999988887777:root"},"Action":"kms:*","Resource":"*"}]}""";

        bench.Select(At(Replica).With(r => (r["eventName"], r["requestParameters"]) = ("PutKeyPolicy", new JsonObject { ["policy"] = Policy })))
            .ShouldNotBeNull().Detail.ShouldNotBeNull().ShouldContain("999988887777");
    }

    private static JsonObject At(string key) => TestRecords.Decrypt().With(r => r["resources"]![0]!["ARN"] = key);
}
