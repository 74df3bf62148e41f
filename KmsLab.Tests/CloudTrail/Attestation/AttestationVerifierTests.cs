using KmsLab.CloudTrail.Attestation;
using KmsLab.CloudTrail.Records;

namespace KmsLab.Tests.CloudTrail.Attestation;

public sealed class AttestationVerifierTests
{
    public static TheoryData<string> Vectors => [.. AttestationVectors.Single.Select(vector => vector.Name)];

    public static TheoryData<string> Sequences => [.. AttestationVectors.Sequences.Select(sequence => sequence.Name)];

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Verifier_gives_the_published_verdict(string name)
    {
        var vector = AttestationVectors.Single.Single(v => v.Name == name);
        using var verifier = new AttestationVerifier(AttestationVectors.Keys);

        verifier.Verify(vector.Record).Verdict.ShouldBe(vector.Verdict);
    }

    [Theory]
    [MemberData(nameof(Sequences))]
    public void Watch_finds_the_published_replays(string name)
    {
        var (_, replayed, records) = AttestationVectors.Sequences.Single(s => s.Name == name);

        Replays(records).ShouldBe(replayed.Select(i => records[i].Id), ignoreOrder: true);
        Replays(records.Reverse()).ShouldBe(replayed.Select(i => records[i].Id), ignoreOrder: true);
    }

    [Fact]
    public void Signed_bytes_are_the_published_ones()
    {
        var fields = AttestationVectors.Signed["fields"]!;
        var context = fields["context"]!.AsObject().Select(pair => KeyValuePair.Create(pair.Key, pair.Value!.GetValue<string>()));
        var call = new AttestedCall("Decrypt", [fields["keyArns"]![0]!.GetValue<string>()], new EncryptionContext(context));
        var proof = new AttestationProof("app1", fields["seconds"]!.GetValue<long>(), fields["nonce"]!.GetValue<string>(), fields["clientTag"]!.GetValue<string>(), default);

        Convert.ToHexStringLower(call.ToSignedBytes(proof)).ShouldBe(AttestationVectors.Signed["bytes"]!.GetValue<string>());
    }

    [Fact]
    public void Watch_forgets_what_can_not_be_fresh_any_more()
    {
        var (_, _, records) = AttestationVectors.Sequences.First(s => s.Name == "one call");
        var proof = AttestationProof.FindAll(records[0].UserAgent!)[0];
        var watch = new ReplayWatch();
        watch.Add(records[0], proof);

        watch.ForgetBefore(proof.Time);
        watch.Count.ShouldBe(1);
        watch.ForgetBefore(proof.Time + TimeSpan.FromSeconds(1));
        watch.Count.ShouldBe(0);
    }

    /// <summary>Everything that the watch reports while the records come in, each record once.</summary>
    private static List<RecordId> Replays(IEnumerable<CloudTrailRecord> records)
    {
        using var verifier = new AttestationVerifier(AttestationVectors.Keys);
        var watch = new ReplayWatch();
        List<RecordId> found = [];
        foreach (var record in records)
        {
            var (verdict, proof) = verifier.Verify(record);
            verdict.ShouldBe(AttestationVerdict.Valid);
            found.AddRange(watch.Add(record, proof!));
        }

        return found;
    }
}
