using KmsLab.Sentinel.Detections;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;
using static KmsLab.Tests.Sentinel.Detections.DetectionBench;
using static KmsLab.Tests.Sentinel.Detections.PolicyRecords;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>access-lost: what a change takes away is worked out in <c>PolicyLossTests</c>; here, that the change is told.</summary>
public sealed class AccessLostTests(PostgresCluster cluster)
{
    private static readonly string Open = Policy(Allow(TestRecords.RoleArn));
    private static readonly string Denied = Policy(
        Allow(TestRecords.RoleArn), $$"""{"Effect":"Deny","Principal":{"AWS":"{{TestRecords.RoleArn}}"},"Action":"kms:Decrypt","Resource":"*"}""");

    [Fact]
    public void Policy_without_the_applications_statement_or_with_a_Deny_of_it_is_a_loss()
    {
        using var bench = new DetectionBench(AccessLost.Definition);

        bench.Select(PutPolicy(Open), PutPolicy(Denied)).ShouldNotBeNull().Detail.ShouldNotBeNull().ShouldContain(TestRecords.RoleArn);
        bench.Select(PutPolicy(Open)).ShouldBeNull("what comes back is no loss");
        bench.Select(PutPolicy(Open)).ShouldBeNull("the same put again");
    }

    [Fact]
    public void Loss_on_a_key_that_nobody_protects_is_none()
    {
        using var bench = new DetectionBench(AccessLost.Definition);
        bench.Select(PutPolicy(Open, TestRecords.OtherKeyArn), PutPolicy(Denied, TestRecords.OtherKeyArn)).ShouldBeNull();
    }

    [Fact]
    public void Refused_change_takes_nothing_away()
    {
        using var bench = new DetectionBench(AccessLost.Definition);
        bench.Select(PutPolicy(Open), PutPolicy(Denied).With(record => record["errorCode"] = "AccessDenied")).ShouldBeNull();
    }

    [Theory]
    [InlineData("RevokeGrant")]
    [InlineData("RetireGrant")]
    public void Grant_that_the_application_had_is_lost_when_it_is_taken_back(string operation)
    {
        using var bench = new DetectionBench(AccessLost.Definition);
        var grant = Grant(TestRecords.RoleArn, "Decrypt");
        var taken = Kms(operation, new() { ["keyId"] = TestRecords.KeyArn, ["grantId"] = $"grant-{TestRecords.RoleArn}" });

        bench.Select(PutPolicy(Policy()), grant).ShouldBeNull();
        bench.Select(taken).ShouldNotBeNull().Detail.ShouldNotBeNull().ShouldContain("Decrypt");
        bench.Select(taken.With(record => record["eventID"] = Guid.NewGuid().ToString())).ShouldBeNull("it was gone already");
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Loss_is_an_alarm_that_names_key_and_who_did_it_also_after_a_restart(DatabaseProvider provider)
    {
        await using var bed = await SentinelBed.CreateAsync(provider, cluster);
        bed.Options.ProtectedSets["vault"] = new() { Keys = [TestRecords.KeyArn], Roles = [TestRecords.RoleArn] };
        var sentinel = bed.Start();
        await sentinel.TakeAsync(PutPolicy(Open).Utf8());
        (await sentinel.AlarmsAsync()).Where(alarm => alarm.Detection == AccessLost.Id).ShouldBeEmpty();

        sentinel = bed.Start();
        await sentinel.TakeAsync(PutPolicy(Denied).With(record => record["eventTime"] = TestRecords.Time(TestRecords.Noon.AddSeconds(30))).Utf8());

        var alarm = (await sentinel.AlarmsAsync()).Single(alarm => alarm.Detection == AccessLost.Id);
        alarm.Group.Key.ShouldContain(TestRecords.KeyArn);
        alarm.Evidence.ShouldHaveSingleItem().Principal.ShouldBe(Stranger);
    }
}
