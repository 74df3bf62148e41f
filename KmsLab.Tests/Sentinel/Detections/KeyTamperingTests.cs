using System.Text.Json.Nodes;
using KmsLab.Sentinel.Detections;
using static KmsLab.Tests.Sentinel.Detections.DetectionBench;
using static KmsLab.Tests.Sentinel.Detections.PolicyRecords;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>key-tampering.</summary>
public sealed class KeyTamperingTests
{
    [Theory]
    [InlineData("DisableKey", "the key was disabled")]
    [InlineData("ScheduleKeyDeletion", "the key is to be deleted after 7 days")]
    [InlineData("DeleteImportedKeyMaterial", "the imported key material was deleted")]
    [InlineData("ImportKeyMaterial", "key material was imported")]
    [InlineData("DisableKeyRotation", "rotation was switched off")]
    public void Destroying_a_protected_key_is_tampering_whoever_does_it(string operation, string detail)
    {
        using var bench = new DetectionBench(KeyTampering.Definition);
        JsonObject Parameters() => new() { ["keyId"] = TestRecords.KeyArn, ["pendingWindowInDays"] = 7 };

        bench.Select(Kms(operation, Parameters())).ShouldNotBeNull().Detail.ShouldBe(detail);
        bench.Select(Kms(operation, Parameters(), role: Deployer)).ShouldNotBeNull();
        bench.Select(Kms(operation, Parameters(), errorCode: "AccessDenied")).ShouldNotBeNull().Detail.ShouldBe($"tried, and refused with AccessDenied: {detail}");
        bench.Select(Kms(operation, Parameters(), errorCode: "KMSInvalidStateException")).ShouldBeNull();
        bench.Select(Kms(operation, Parameters(), TestRecords.OtherKeyArn)).ShouldBeNull();
    }

    [Theory]
    [InlineData("EnableKey")]
    [InlineData("CancelKeyDeletion")]
    [InlineData("EnableKeyRotation")]
    [InlineData("UpdateKeyDescription")]
    [InlineData("DescribeKey")]
    public void Other_changes_of_a_key_are_none(string operation)
    {
        using var bench = new DetectionBench(KeyTampering.Definition);
        bench.Select(Kms(operation)).ShouldBeNull();
    }

    [Fact]
    public void Alias_that_is_pointed_elsewhere_is_tampering_though_the_record_names_the_new_key_only()
    {
        using var bench = new DetectionBench(KeyTampering.Definition);
        JsonObject Alias(string operation, string key, string role = Stranger) =>
            Kms(operation, new() { ["aliasName"] = "alias/vault", ["targetKeyId"] = key[^36..] }, key, role).With(r => r["resources"] = new JsonArray(
                new JsonObject { ["ARN"] = "arn:aws:kms:us-east-1:000000000000:alias/vault", ["type"] = "AWS::KMS::Alias" }, new JsonObject { ["ARN"] = key, ["type"] = "AWS::KMS::Key" }));

        bench.Select(Alias("CreateAlias", TestRecords.KeyArn)).ShouldBeNull();
        bench.Select(Alias("UpdateAlias", TestRecords.OtherKeyArn)).ShouldNotBeNull().Detail.ShouldBe($"alias/vault was pointed to {TestRecords.OtherKeyArn[^36..]}");
        bench.Select(Alias("UpdateAlias", TestRecords.OtherKeyArn)).ShouldBeNull("it points there already");
        bench.Select(Alias("UpdateAlias", TestRecords.KeyArn, Deployer)).ShouldBeNull();
        bench.Select(Alias("DeleteAlias", TestRecords.KeyArn)).ShouldNotBeNull();
    }

    [Fact]
    public void Alias_of_the_configuration_needs_no_learning()
    {
        using var bench = new DetectionBench(KeyTampering.Definition, options => options.ProtectedSets["vault"].Aliases = ["alias/vault"]);
        bench.Select(Kms("UpdateAlias", new() { ["aliasName"] = "alias/vault", ["targetKeyId"] = "x" }, TestRecords.OtherKeyArn)).ShouldNotBeNull();
        bench.Select(Kms("UpdateAlias", new() { ["aliasName"] = "alias/other", ["targetKeyId"] = "x" }, TestRecords.OtherKeyArn)).ShouldBeNull();
    }

    [Fact]
    public void Alias_of_which_nobody_knows_where_it_pointed_counts_while_the_set_names_none()
    {
        using var bench = new DetectionBench(KeyTampering.Definition);
        JsonObject Update(string alias, string role = Stranger) => Kms("UpdateAlias", new() { ["aliasName"] = alias, ["targetKeyId"] = "x" }, TestRecords.OtherKeyArn, role);

        bench.Select(Update("alias/old")).ShouldNotBeNull();
        bench.Select(Update("alias/older").With(record => record["awsRegion"] = "eu-west-1")).ShouldBeNull("no key of the set is there");
        bench.Select(Update("alias/older", Deployer)).ShouldBeNull();
        bench.Select(Kms("CreateAlias", new() { ["aliasName"] = "alias/theirs" }, TestRecords.OtherKeyArn), Update("alias/theirs")).ShouldBeNull("it never was an alias of the set");
    }

    [Fact]
    public void Unnamed_alias_in_the_Region_of_a_replica_counts_too()
    {
        using var bench = new DetectionBench(KeyTampering.Definition, options => options.ProtectedSets["vault"].Keys = ["arn:aws:kms:us-east-1:000000000000:key/mrk-1234abcd12ab34cd56ef1234567890ab"]);

        bench.Select(Kms("UpdateAlias", new() { ["aliasName"] = "alias/old", ["targetKeyId"] = "x" }, TestRecords.OtherKeyArn).With(record => record["awsRegion"] = "eu-west-1")).ShouldNotBeNull();
    }

    [Fact]
    public void Refusal_that_names_the_key_in_its_message_alone_is_about_the_key()
    {
        JsonObject Refused(string operation, string key) => Call("kms", operation, null, errorCode: "AccessDenied",
            errorMessage: $"User: {Stranger} is not authorized to perform: kms:{operation} on resource: {key} because no resource-based policy allows the kms:{operation} action");
        using var tampering = new DetectionBench(KeyTampering.Definition);
        using var exposure = new DetectionBench(KeyExposure.Definition);
        using var unattested = new DetectionBench(UnattestedCall.Definition);

        tampering.Select(Refused("ScheduleKeyDeletion", TestRecords.KeyArn)).ShouldNotBeNull();
        tampering.Select(Refused("ScheduleKeyDeletion", TestRecords.OtherKeyArn)).ShouldBeNull();
        exposure.Select(Refused("PutKeyPolicy", TestRecords.KeyArn)).ShouldNotBeNull().Group.Values.ShouldBe([new("key", TestRecords.KeyArn)]);
        exposure.Select(Refused("CreateGrant", TestRecords.OtherKeyArn)).ShouldBeNull();
        unattested.Select(Refused("Decrypt", TestRecords.KeyArn)).ShouldNotBeNull();
        unattested.Select(Refused("Decrypt", TestRecords.OtherKeyArn)).ShouldBeNull();
    }

    [Fact]
    public void Tags_count_unless_the_deployer_changes_them_or_they_are_the_sets_own()
    {
        using var bench = new DetectionBench(KeyTampering.Definition, options => options.ProtectedSets["vault"].Tag = "kmslab:set=vault");
        static JsonObject Tags(string name, string value) => new() { ["tags"] = new JsonArray(new JsonObject { ["tagKey"] = name, ["tagValue"] = value }) };

        bench.Select(Kms("UntagResource", new() { ["tagKeys"] = new JsonArray("kmslab:set") })).ShouldNotBeNull();
        bench.Select(Kms("UntagResource", new() { ["tagKeys"] = new JsonArray("kmslab:set") }, role: Deployer)).ShouldBeNull();
        bench.Select(Kms("TagResource", Tags("kmslab:set", "mine"))).ShouldNotBeNull();
        bench.Select(Kms("TagResource", Tags("kmslab:set", "vault"))).ShouldBeNull();
        bench.Select(Kms("TagResource", Tags("cost-center", "1"))).ShouldBeNull("it decides nothing");
        bench.Select(Kms("UntagResource", new() { ["tagKeys"] = new JsonArray("owner") })).ShouldBeNull();
        bench.Select(PutPolicy($$$$$"""{"Statement":{"Effect":"Allow","Principal":{"AWS":"{{{{{TestRecords.RoleArn}}}}}"},"Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/Owner":"us"}}}}"""));
        bench.Select(Kms("TagResource", Tags("owner", "me"))).ShouldNotBeNull("the policy goes by it");
    }

    [Theory]
    [InlineData("DisconnectCustomKeyStore")]
    [InlineData("DeleteCustomKeyStore")]
    [InlineData("UpdateCustomKeyStore")]
    public void Custom_key_stores_count_where_something_is_protected(string operation)
    {
        using var bench = new DetectionBench(KeyTampering.Definition);
        using var nothing = new DetectionBench(KeyTampering.Definition, options => options.ProtectedSets.Clear());

        bench.Select(Call("kms", operation, new() { ["customKeyStoreId"] = "cks-1" })).ShouldNotBeNull();
        nothing.Select(Call("kms", operation, new() { ["customKeyStoreId"] = "cks-1" })).ShouldBeNull();
    }
}
