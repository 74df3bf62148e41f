using System.Text.Json.Nodes;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Knowledge;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;
using static KmsLab.Tests.Sentinel.Detections.DetectionBench;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>key-tampering and key-exposure.</summary>
public sealed class KeyDetectionTests(PostgresCluster cluster)
{
    private const string Foreign = "444455556666";
    private const string Root = $$"""{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{{TestRecords.Account}}:root"},"Action":"kms:*","Resource":"*"}""";
    private static readonly string OpenToAll = Policy("""{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*"}""");
    private static readonly string OpenToRole = Policy($$"""{"Effect":"Allow","Principal":{"AWS":"{{Stranger}}"},"Action":"kms:Decrypt","Resource":"*"}""");

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

    [Fact]
    public void Records_that_lack_fields_make_nobody_fail()
    {
        foreach (var definition in DetectionCatalog.BuiltIn)
        {
            using var bench = new DetectionBench(definition);
            foreach (var record in (JsonObject[])
                     [
                         Kms("ScheduleKeyDeletion", new() { ["keyId"] = TestRecords.KeyArn }), PutPolicy(OpenToAll), Grant(Stranger, "Decrypt"), TestRecords.ReEncrypt(), TestRecords.ServiceEvent(),
                         TestRecords.CrossAccount("s"), TestRecords.Denied(), Kms("UpdateAlias", new() { ["aliasName"] = 5 }), Call("kms", "CreateKey", new() { ["tags"] = "x", ["origin"] = new JsonArray() }),
                         Call("s3", "PutBucketLifecycle", new() { ["bucketName"] = "b", ["LifecycleConfiguration"] = new JsonArray(1) }), Call("ecs", "RunTask", new() { ["taskDefinition"] = "" }),
                         Call("cloudtrail", "PutEventSelectors", new() { ["trailName"] = "t", ["advancedEventSelectors"] = new JsonArray(1, "x", new JsonObject()) }),
                     ])
            {
                foreach (var partial in WithoutEachField(record).Append(record))
                    Should.NotThrow(() => bench.Judge(partial), $"{definition.Id} on {partial.ToJsonString()}");
            }
        }
    }

    [Fact]
    public void Policy_that_lets_in_everyone_exposes_any_key()
    {
        using var bench = new DetectionBench(KeyExposure.Definition);

        bench.Select(PutPolicy(OpenToAll)).ShouldNotBeNull().Detail.ShouldBe("everyone may Decrypt");
        bench.Select(PutPolicy(OpenToAll, TestRecords.OtherKeyArn)).ShouldNotBeNull();
        bench.Select(PutPolicy(Policy())).ShouldBeNull();
    }

    [Fact]
    public void Policy_that_lets_in_a_new_principal_exposes_a_protected_key_once()
    {
        using var bench = new DetectionBench(KeyExposure.Definition);

        bench.Select(PutPolicy(OpenToRole, TestRecords.OtherKeyArn)).ShouldBeNull();
        bench.Select(PutPolicy(OpenToRole)).ShouldNotBeNull().Detail.ShouldBe($"{Stranger} may Decrypt");
        bench.Select(PutPolicy(OpenToRole)).ShouldBeNull("he was in already");
        bench.Select(PutPolicy(Policy()), PutPolicy(OpenToRole)).ShouldNotBeNull("and was taken out between");
    }

    [Fact]
    public void Policy_that_lets_in_the_application_or_a_trusted_account_exposes_nothing()
    {
        using var bench = new DetectionBench(KeyExposure.Definition, options => options.ProtectedSets["vault"].TrustedAccounts = [Foreign]);

        bench.Select(PutPolicy(OpenToRole.Replace(Stranger, TestRecords.RoleArn, StringComparison.Ordinal))).ShouldBeNull();
        bench.Select(PutPolicy(OpenToRole.Replace(Stranger, Foreign, StringComparison.Ordinal))).ShouldBeNull();
    }

    [Fact]
    public void Refused_change_of_a_policy_counts_for_a_protected_key_and_a_failed_one_for_none()
    {
        using var bench = new DetectionBench(KeyExposure.Definition);

        bench.Select(PutPolicy(OpenToAll).With(r => r["errorCode"] = "AccessDenied")).ShouldNotBeNull().Detail.ShouldBe("tried, and refused with AccessDenied: PutKeyPolicy");
        bench.Select(PutPolicy(OpenToAll).With(r => r["errorCode"] = "MalformedPolicyDocumentException")).ShouldBeNull();
        bench.Select(PutPolicy(OpenToRole)).ShouldNotBeNull("neither has changed what is known");
    }

    [Fact]
    public void Policy_that_the_record_lacks_or_that_can_not_be_read_is_told_of_for_a_protected_key()
    {
        using var bench = new DetectionBench(KeyExposure.Definition);

        bench.Select(Kms("PutKeyPolicy", new() { ["keyId"] = TestRecords.KeyArn })).ShouldNotBeNull().Detail.ShouldBe("the new policy can't be read");
        bench.Select(PutPolicy("{")).ShouldNotBeNull();
        bench.Select(PutPolicy("{", TestRecords.OtherKeyArn)).ShouldBeNull();
    }

    [Fact]
    public void Grant_to_a_new_principal_exposes_a_protected_key_and_names_the_grant()
    {
        using var bench = new DetectionBench(KeyExposure.Definition, options => options.ProtectedSets["vault"].Services = ["rds.amazonaws.com"]);

        var selection = bench.Select(Grant(Stranger, "Decrypt", "GenerateDataKey")).ShouldNotBeNull();
        selection.Detail.ShouldBe($"{Stranger} may Decrypt, GenerateDataKey (grant grant-{Stranger})");
        bench.Select(Grant("arn:aws:iam::111122223333:role/second", "Decrypt")).ShouldNotBeNull().Group.Key.ShouldBe(selection.Group.Key, "one hand is one cause");
        bench.Select(Grant(Stranger, "DescribeKey")).ShouldBeNull();
        bench.Select(Grant("rds.amazonaws.com", "Decrypt")).ShouldBeNull("the set's list has it");
        bench.Select(Grant(TestRecords.RoleArn, "Decrypt")).ShouldBeNull("the application");
        bench.Select(Grant($"arn:aws:iam::{Foreign}:root", "Encrypt")).ShouldNotBeNull();
        bench.Select(Grant(Stranger, "Decrypt").With(r => r["errorCode"] = "DryRunOperationException")).ShouldBeNull();
    }

    [Fact]
    public void Copy_of_a_protected_key_in_another_Region_counts_unless_the_deployer_makes_it()
    {
        using var bench = new DetectionBench(KeyExposure.Definition);
        JsonObject Replica(string role) => Kms("ReplicateKey", new() { ["keyId"] = TestRecords.KeyArn, ["replicaRegion"] = "eu-west-1" }, role: role);

        bench.Select(Replica(Stranger)).ShouldNotBeNull().Detail.ShouldBe("a copy of the key in eu-west-1");
        bench.Select(Replica(Deployer)).ShouldBeNull();
        bench.Select(Replica(Deployer).With(r => r["requestParameters"]!["policy"] = OpenToAll)).ShouldNotBeNull().Detail.ShouldBe("everyone may Decrypt");
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Drift_that_no_record_told_is_found_and_the_record_when_it_comes_still_says_who(DatabaseProvider provider)
    {
        await using var bed = await SentinelBed.CreateAsync(provider, cluster);
        bed.Options.ProtectedSets["vault"] = new() { Keys = [TestRecords.KeyArn] };
        var sentinel = bed.Start();
        await sentinel.Pipeline.TakeAsync(Reading(Policy(), 0), TestContext.Current.CancellationToken);
        (await sentinel.AlarmsAsync()).ShouldBeEmpty();

        sentinel = bed.Start();
        await sentinel.Pipeline.TakeAsync(Reading(OpenToRole, 60), TestContext.Current.CancellationToken);
        var alarm = await sentinel.AlarmAsync();
        alarm.Detection.ShouldBe("key-exposure");
        alarm.Evidence.ShouldHaveSingleItem().Detail.ShouldBe($"{Stranger} may Decrypt");

        sentinel = bed.Start();
        await sentinel.Pipeline.TakeAsync(Reading(OpenToRole, 120), TestContext.Current.CancellationToken);
        await sentinel.TakeAsync(PutPolicy(OpenToRole).With(r => r["eventTime"] = TestRecords.Time(TestRecords.Noon.AddSeconds(30))).Utf8());
        (await sentinel.AlarmAsync()).Evidence.Select(record => record.EventName).ShouldBe(["PutKeyPolicy", "GetKeyPolicy"]);
    }

    private static Turn Reading(string policy, int second) =>
        new Turn.OwnWork(memory => memory.Know<KeyPolicies>().Learn(new(TestRecords.KeyArn, policy, [], TestRecords.Noon.AddSeconds(second))));

    private static string Policy(params string[] more) => $$"""{"Version":"2012-10-17","Statement":[{{string.Join(',', more.Prepend(Root))}}]}""";

    private static JsonObject PutPolicy(string policy, string key = TestRecords.KeyArn) =>
        Kms("PutKeyPolicy", new() { ["keyId"] = key[^36..], ["policyName"] = "default", ["policy"] = policy, ["bypassPolicyLockoutSafetyCheck"] = false }, key);

    private static JsonObject Grant(string grantee, params string[] operations) => Kms("CreateGrant", new()
    {
        ["keyId"] = TestRecords.KeyArn,
        ["granteePrincipal"] = grantee,
        ["operations"] = new JsonArray([.. operations.Select(operation => JsonValue.Create(operation))]),
    }).With(r => r["responseElements"] = new JsonObject { ["grantId"] = $"grant-{grantee}", ["keyId"] = TestRecords.KeyArn });
}
