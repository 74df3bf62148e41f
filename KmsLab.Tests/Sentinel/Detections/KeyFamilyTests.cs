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
    public void Policy_that_a_replica_was_made_with_is_what_its_next_one_is_compared_with()
    {
        const string Root = """{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}""";
        const string Guard = """{"Effect":"Deny","Principal":"*","Action":["kms:Decrypt"],"Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/kmslab-cryptoapi"}}}""";
        const string Guarded = $$"""{"Statement":[{{Root}},{{Guard}}]}""";
        using var bench = new DetectionBench(KeyExposure.Definition, options => options.ProtectedSets["vault"].Keys = [Primary]);
        JsonObject Put(string policy) => DetectionBench.Kms("PutKeyPolicy", new() { ["keyId"] = Replica, ["policyName"] = "default", ["policy"] = policy }, Replica);
        var replicated = DetectionBench.Kms("ReplicateKey", new() { ["keyId"] = Primary, ["replicaRegion"] = "eu-west-1", ["policy"] = Guarded }, Primary)
            .With(record => record["responseElements"] = new JsonObject { ["replicaKeyMetadata"] = new JsonObject { ["arn"] = Replica } });

        bench.Select(DetectionBench.Kms("PutKeyPolicy", new() { ["keyId"] = Primary, ["policy"] = Guarded }, Primary), replicated, Put(Guarded)).ShouldBeNull("it is put again");
        bench.Select(Put($$"""{"Statement":[{{Root}}]}""")).ShouldNotBeNull("the Deny is gone");
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
