using System.Text.Json.Nodes;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Knowledge;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;
using static KmsLab.Tests.Sentinel.Detections.DetectionBench;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>unattested-call.</summary>
public sealed class UnattestedCallTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

    [Theory]
    [InlineData(null, "it succeeded")]
    [InlineData("DryRunOperationException", "a DryRun, which probes what is allowed")]
    [InlineData("AccessDenied", "it ended with AccessDenied")]
    [InlineData("InvalidCiphertextException", "it ended with InvalidCiphertextException")]
    public void Call_without_a_proof_is_unattested_however_it_ended(string? error, string detail)
    {
        using var bench = new DetectionBench(UnattestedCall.Definition);

        var selection = bench.Select(TestRecords.Decrypt(errorCode: error)).ShouldNotBeNull();

        selection.Group.Values.ShouldBe([new("set", "vault"), new("principal", TestRecords.RoleArn)]);
        selection.Detail.ShouldBe(detail);
    }

    [Fact]
    public void Call_with_the_applications_proof_is_attested()
    {
        using var bench = new DetectionBench(UnattestedCall.Definition);

        bench.Select(bench.Attested()).ShouldBeNull();
        bench.Select(bench.Attested(errorCode: "InvalidCiphertextException")).ShouldBeNull();
    }

    [Theory]
    [InlineData("DescribeKey")]
    [InlineData("GetKeyPolicy")]
    [InlineData("CreateGrant")]
    public void Call_that_manages_a_key_needs_no_proof(string operation)
    {
        using var bench = new DetectionBench(UnattestedCall.Definition);
        bench.Select(TestRecords.Decrypt().With(r => r["eventName"] = operation)).ShouldBeNull();
    }

    [Fact]
    public void Call_on_another_key_needs_no_proof()
    {
        using var bench = new DetectionBench(UnattestedCall.Definition);
        bench.Select(DetectionBench.Kms("Decrypt", key: TestRecords.OtherKeyArn)).ShouldBeNull();
    }

    [Fact]
    public void ReEncrypt_from_a_protected_key_to_another_is_unattested()
    {
        using var bench = new DetectionBench(UnattestedCall.Definition);
        bench.Select(TestRecords.ReEncrypt()).ShouldNotBeNull();
    }

    [Fact]
    public void Service_counts_unless_it_is_on_the_sets_list()
    {
        var through = TestRecords.Decrypt().With(r => r["userIdentity"]!["invokedBy"] = "rds.amazonaws.com");
        using var closed = new DetectionBench(UnattestedCall.Definition);
        using var listed = new DetectionBench(UnattestedCall.Definition, options => options.ProtectedSets["vault"].Services = ["rds.amazonaws.com"]);

        closed.Select(through).ShouldNotBeNull().Detail.ShouldBe("it succeeded, through rds.amazonaws.com");
        listed.Select(through).ShouldBeNull();
        listed.Select(TestRecords.Decrypt().With(r => r["userIdentity"]!["invokedBy"] = "s3.amazonaws.com")).ShouldNotBeNull();
        listed.Select(TestRecords.Decrypt()).ShouldNotBeNull("a direct call is no service's");
    }

    [Fact]
    public void Principal_that_may_do_without_proof_is_left_out_by_pattern()
    {
        using var bench = new DetectionBench(UnattestedCall.Definition, options => options.ProtectedSets["vault"].UnattestedPrincipals = ["*:role/restore-?"]);

        bench.Select(TestRecords.Decrypt(role: $"arn:aws:iam::{TestRecords.Account}:role/restore-1")).ShouldBeNull();
        bench.Select(TestRecords.Decrypt(role: $"arn:aws:iam::{TestRecords.Account}:role/restore-12")).ShouldNotBeNull();
    }

    [Fact]
    public void Without_public_keys_nothing_is_judged()
    {
        using var bench = new DetectionBench(UnattestedCall.Definition, options => options.Attestation.PublicKeys.Clear());
        bench.Select(TestRecords.Decrypt()).ShouldBeNull();
    }

    [Fact]
    public async Task Calls_are_judged_from_when_an_awaited_key_file_is_there()
    {
        using var folder = new TempFolder();
        using var bench = new DetectionBench(UnattestedCall.Definition, options =>
        {
            options.Attestation.PublicKeys.Clear();
            options.Attestation.PublicKeyFiles["k1"] = folder["key.pub"];
            options.Attestation.AwaitFiles = true;
            options.Attestation.Check().ShouldBeEmpty();
        });
        bench.Select(TestRecords.Decrypt()).ShouldBeNull();

        await File.WriteAllTextAsync(folder["key.pub"], bench.PublicKey[..40], TestContext.Current.CancellationToken);
        bench.Select(TestRecords.Decrypt()).ShouldBeNull();
        await File.WriteAllTextAsync(folder["key.pub"], bench.PublicKey, TestContext.Current.CancellationToken);

        bench.Select(TestRecords.Decrypt()).ShouldNotBeNull();
        bench.Select(bench.Attested()).ShouldBeNull();
    }

    [Fact]
    public void Missing_key_file_is_an_error_unless_it_is_awaited()
    {
        var options = new AttestationOptions { PublicKeyFiles = { ["k1"] = "/no/such/file" } };
        options.Check().ShouldHaveSingleItem().ShouldContain("PublicKeyFiles:k1");
    }

    [Fact]
    public void Records_that_lack_fields_are_judged_by_what_they_have()
    {
        using var bench = new DetectionBench(UnattestedCall.Definition);
        foreach (var record in DetectionBench.WithoutEachField(TestRecords.Decrypt()))
            Should.NotThrow(() => bench.Judge(record));

        bench.Select(TestRecords.Decrypt().With(r => r.Remove("userAgent"))).ShouldNotBeNull();
        bench.Select(TestRecords.Decrypt().With(r => r["userIdentity"] = new JsonObject { ["accountId"] = TestRecords.Account })).ShouldNotBeNull();
        bench.Select(TestRecords.Denied()).ShouldBeNull("no key, no set");
    }

    [Fact]
    public async Task Unattested_call_raises_at_the_first_call_and_ends_when_the_trail_is_quiet()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        using var bench = Guarded(bed);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(TestRecords.Decrypt().Utf8());
        (await sentinel.AlarmAsync()).State.ShouldBe(AlarmState.Alarm);

        bed.Time.Advance(TimeSpan.FromMinutes(10));
        await sentinel.CompleteAsync(Noon.AddMinutes(10));
        (await sentinel.AlarmAsync()).State.ShouldBe(AlarmState.Alarm, "the last 5 s may still come");
        bed.Time.Advance(TimeSpan.FromSeconds(5));
        await sentinel.CompleteAsync(Noon.AddMinutes(10).AddSeconds(5));
        (await sentinel.AlarmAsync()).State.ShouldBe(AlarmState.Ok);
    }
}
