using System.Text.Json.Nodes;
using KmsLab.CloudTrail.Attestation;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Knowledge;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>unattested-call, forged-attestation, replayed-attestation and unverifiable-attestation.</summary>
public sealed class AttestationDetectionTests(PostgresCluster cluster)
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
    public void Proof_for_another_call_is_forged()
    {
        using var bench = new DetectionBench(ForgedAttestation.Definition);
        var other = bench.Attested().With(r => r["requestParameters"]!["encryptionContext"]!["r"] = "another");

        bench.Select(bench.Attested()).ShouldBeNull();
        bench.Select(TestRecords.Decrypt()).ShouldBeNull();
        bench.Select(other).ShouldNotBeNull().Detail.ShouldBe("no known key signed it for this call (it names the key k1)");
        bench.Select(TestRecords.Decrypt().With(r => r["userAgent"] = "kmslab/1.k1.nonsense")).ShouldNotBeNull().Detail.ShouldBe("it is malformed");
    }

    [Theory]
    [InlineData(-121, true)]
    [InlineData(-120, false)]
    [InlineData(120, false)]
    [InlineData(121, true)]
    public void Proof_is_stale_more_than_two_minutes_from_the_records_own_time(int seconds, bool fires)
    {
        using var bench = new DetectionBench(ForgedAttestation.Definition);
        var selection = bench.Select(bench.Attested(Noon.AddSeconds(seconds)));

        (selection is not null).ShouldBe(fires);
        selection?.Detail.ShouldBe("it was signed 121 s away from the call");
    }

    [Fact]
    public void Proof_used_from_elsewhere_is_a_replay_and_its_first_use_becomes_evidence()
    {
        using var bench = new DetectionBench(ReplayedAttestation.Definition);
        var first = bench.Attested();
        var second = Copy(first, Noon.AddSeconds(5)).With(r => r["sourceIPAddress"] = "203.0.113.9");

        bench.Select(first).ShouldBeNull();
        bench.Select(second).ShouldNotBeNull().Group.Key.ShouldBe(ReplayedAttestation.GroupOf("vault").Key);

        var finding = bench.Findings().ShouldHaveSingleItem();
        finding.Group.Key.ShouldBe(ReplayedAttestation.GroupOf("vault").Key);
        finding.Record.ShouldNotBeNull().EventId.ShouldBe(first["eventID"]!.GetValue<string>());
        finding.Record.Attestation.ShouldBe(AttestationVerdict.Replayed);
        bench.Findings().ShouldBeEmpty("told once");
    }

    [Theory]
    [InlineData(2, 30, false)]
    [InlineData(2, 31, true)]
    [InlineData(3, 10, false)]
    [InlineData(4, 10, true)]
    public void Retries_of_the_SDK_are_no_replay_within_its_attempts_and_30_s(int uses, int span, bool fires)
    {
        using var bench = new DetectionBench(ReplayedAttestation.Definition);
        var first = bench.Attested();
        var records = Enumerable.Range(0, uses).Select(use => use == 0 ? first : Copy(first, Noon.AddSeconds(use == uses - 1 ? span : 1)));

        (bench.Select(records.ToList()) is not null).ShouldBe(fires);
    }

    [Theory]
    [InlineData(null, null, null, true)]
    [InlineData(null, null, "KMSInternalException", false)]
    [InlineData("ThrottlingException", "ThrottlingException", null, false)]
    [InlineData("KMSInternalException", null, null, false)]
    public async Task Third_success_of_one_call_fires_and_retries_of_what_failed_do_not(string? first, string? second, string? third, bool fires)
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        using var bench = Guarded(bed);
        var call = bench.Attested();
        string?[] outcomes = [first, second, third];
        foreach (var (outcome, use) in outcomes.Select((outcome, use) => (outcome, use)))
        {
            // Each in a process of its own: what is known of a proof survives.
            await bed.Start().TakeAsync((use == 0 ? call : Copy(call, Noon.AddSeconds(use * 10))).With(record => record["errorCode"] = outcome).Utf8());
        }

        (await bed.Start().AlarmsAsync()).Any(alarm => alarm.Detection == "repeated-proof").ShouldBe(fires);
        (await bed.Start().AlarmsAsync()).ShouldNotContain(alarm => alarm.Detection == "replayed-attestation");
    }

    [Fact]
    public async Task Single_repetitions_of_what_had_succeeded_fire_in_number()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        using var bench = Guarded(bed);
        var sentinel = bed.Start();
        for (var number = 0; number < 4; number++)
            await RepeatAsync(number);
        (await sentinel.AlarmsAsync()).ShouldBeEmpty("networks lose answers");

        await RepeatAsync(4);
        (await sentinel.AlarmAsync()).Detection.ShouldBe("repeated-proof");

        Task RepeatAsync(int number)
        {
            var call = bench.Attested(Noon.AddSeconds(number));
            return sentinel.TakeAsync(call.Utf8(), Copy(call, Noon.AddSeconds(number + 5)).Utf8());
        }
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Replay_is_found_across_a_restart_in_either_order_with_all_uses_as_evidence(DatabaseProvider provider)
    {
        await using var bed = await SentinelBed.CreateAsync(provider, cluster);
        using var bench = Guarded(bed);
        var first = bench.Attested();
        var second = Copy(first, Noon.AddSeconds(7)).With(r => r["userIdentity"]!["accessKeyId"] = "ASIASTOLEN");
        await bed.Start().TakeAsync(second.Utf8(), bench.Signed(TestRecords.Decrypt()).Utf8());

        var sentinel = bed.Start();
        (await sentinel.AlarmsAsync()).ShouldBeEmpty();
        await sentinel.TakeAsync(first.Utf8());

        var alarm = await sentinel.AlarmAsync();
        alarm.Detection.ShouldBe("replayed-attestation");
        alarm.Evidence.Select(record => record.EventId).ShouldBe([Id(first), Id(second)]);
        alarm.Evidence.ShouldAllBe(record => record.Attestation == AttestationVerdict.Replayed);

        await bed.Start().TakeAsync(first.Utf8(), second.Utf8());
        (await sentinel.AlarmAsync()).EvidenceTotal.ShouldBe(2);
    }

    [Fact]
    public async Task Proofs_are_forgotten_once_the_trail_is_complete_past_them()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        using var bench = Guarded(bed);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(bench.Attested().Utf8());
        (await UsesAsync(sentinel)).ShouldBe(1);

        bed.Time.Advance(TimeSpan.FromSeconds(125));
        await sentinel.CompleteAsync(Noon.AddSeconds(125));
        (await UsesAsync(sentinel)).ShouldBe(1, "at 12:02:05 less 5 s of lateness its two minutes are just over");

        bed.Time.Advance(TimeSpan.FromSeconds(31));
        await sentinel.CompleteAsync(Noon.AddSeconds(156));
        (await UsesAsync(sentinel)).ShouldBe(0);
        (await UsesAsync(bed.Start())).ShouldBe(0, "for good");
    }

    [Fact]
    public void Memory_of_proofs_is_bounded()
    {
        using var bench = new DetectionBench(ReplayedAttestation.Definition);
        var uses = new ProofUses(new() { MaxProofs = 10 });
        for (var call = 0; call < 25; call++)
        {
            var observation = bench.Attested().Observation();
            observation.Set = new() { Name = "vault" };
            observation.Attestation = AttestationVerdict.Valid;
            observation.Proof = AttestationProof.FindAll(observation.Record.UserAgent!)[0] with { Seconds = Noon.ToUnixTimeSeconds() + call };
            uses.Study(observation);
            uses.Advance(default);
            uses.Count.ShouldBeLessThanOrEqualTo(10);
        }
    }

    [Fact]
    public async Task Unverifiable_calls_are_counted_and_raise_only_in_number()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        using var bench = Guarded(bed);
        var sentinel = bed.Start();

        await sentinel.TakeAsync(Enumerable.Range(0, 19).Select(second => Unverifiable(bench, second)));
        (await sentinel.AlarmsAsync()).Where(alarm => alarm.Detection != "kms-error-burst").ShouldBeEmpty();
        (await sentinel.StatusAsync()).Attestations.ShouldBe(new(0, 0, 0, 0, 0, 19));

        await sentinel.TakeAsync(Unverifiable(bench, 20));
        (await sentinel.AlarmsAsync()).Select(alarm => alarm.Detection).Order().ShouldBe(["kms-error-burst", "unverifiable-attestation"]);
    }

    [Fact]
    public async Task Unattested_call_raises_at_the_first_call_and_ends_when_the_trail_is_quiet()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        using var bench = Guarded(bed);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(TestRecords.Decrypt().Utf8());
        (await sentinel.AlarmAsync()).State.ShouldBe(KmsLab.Sentinel.Alarms.AlarmState.Alarm);

        bed.Time.Advance(TimeSpan.FromMinutes(10));
        await sentinel.CompleteAsync(Noon.AddMinutes(10));
        (await sentinel.AlarmAsync()).State.ShouldBe(KmsLab.Sentinel.Alarms.AlarmState.Alarm, "the last 5 s may still come");
        bed.Time.Advance(TimeSpan.FromSeconds(5));
        await sentinel.CompleteAsync(Noon.AddMinutes(10).AddSeconds(5));
        (await sentinel.AlarmAsync()).State.ShouldBe(KmsLab.Sentinel.Alarms.AlarmState.Ok);
    }

    /// <summary>A denied call that kept its key, but not its context.</summary>
    private static byte[] Unverifiable(DetectionBench bench, int second) => bench.Attested(Noon.AddSeconds(second), "AccessDenied").With(r => r["requestParameters"] = null).Utf8();

    private static DetectionBench Guarded(SentinelBed bed)
    {
        var bench = new DetectionBench(UnattestedCall.Definition);
        bed.Options.Attestation.PublicKeys["k1"] = bench.PublicKey;
        bed.Options.ProtectedSets["vault"] = new() { Keys = [TestRecords.KeyArn] };
        return bench;
    }

    private static JsonObject Copy(JsonObject record, DateTimeOffset at) => ((JsonObject)record.DeepClone()).With(r =>
    {
        r["eventID"] = Guid.NewGuid().ToString();
        r["eventTime"] = TestRecords.Time(at);
    });

    private static string Id(JsonObject record) => record["eventID"]!.GetValue<string>();

    private static async Task<int> UsesAsync(SentinelProcess sentinel) => (await sentinel.Pipeline.KnowAsync<ProofUses>(TestContext.Current.CancellationToken)).Count;
}
