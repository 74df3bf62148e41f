using System.Text.Json.Nodes;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Knowledge;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;
using static KmsLab.Tests.Sentinel.Detections.DetectionBench;
using static KmsLab.Tests.Sentinel.Detections.PolicyRecords;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>key-exposure.</summary>
public sealed class KeyExposureTests(PostgresCluster cluster)
{
    private const string Foreign = "444455556666";

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
}
