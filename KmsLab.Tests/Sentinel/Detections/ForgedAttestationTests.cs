using KmsLab.Sentinel.Detections;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>forged-attestation.</summary>
public sealed class ForgedAttestationTests
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

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
}
