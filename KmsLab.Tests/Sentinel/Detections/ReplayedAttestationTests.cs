using System.Text.Json.Nodes;
using KmsLab.CloudTrail.Attestation;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Knowledge;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;
using static KmsLab.Tests.Sentinel.Detections.DetectionBench;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>replayed-attestation.</summary>
public sealed class ReplayedAttestationTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

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

    private static string Id(JsonObject record) => record["eventID"]!.GetValue<string>();

    private static async Task<int> UsesAsync(SentinelProcess sentinel) => (await sentinel.Pipeline.KnowAsync<ProofUses>(TestContext.Current.CancellationToken)).Count;
}
