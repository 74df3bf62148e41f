using System.Text.Json.Nodes;
using CsCheck;
using KmsLab.CloudTrail.Attestation;
using KmsLab.CloudTrail.Records;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.CloudTrail.Attestation;

public sealed class AttestationSignerTests : IDisposable
{
    private static readonly Gen<Dictionary<string, string>> GenContext =
        Gen.Dictionary(Gen.String[Gen.Char.AlphaNumeric, 1, 8], Gen.String[Gen.Char.AlphaNumeric, 0, 8])[0, 4];

    private static readonly Gen<Call> GenCall = Gen.Select(
        Gen.OneOf(Gen.Const("Encrypt"), Gen.Const("Decrypt"), Gen.Const("ReEncrypt")), Gen.Int[0, 2], GenContext, GenContext,
        (operation, key, context, destination) => new Call(operation, $"arn:aws:kms:us-east-1:000000000000:key/{key}", context, operation == "ReEncrypt" ? destination : []));

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly AttestationSigner _signer;
    private readonly AttestationVerifier _verifier;

    public AttestationSignerTests()
    {
        var (privatePem, publicPem) = AttestationKeys.Create();
        _signer = new("k1", privatePem, _time);
        _verifier = new([new("k1", publicPem)]);
        AttestationKeys.PublicPemOf(privatePem).ShouldBe(publicPem);
    }

    public void Dispose()
    {
        _signer.Dispose();
        _verifier.Dispose();
    }

    [Fact]
    public void A_proof_holds_for_its_own_call_and_for_no_other() =>
        Gen.Select(GenCall, GenCall).Sample((signed, recorded) =>
        {
            var proof = _signer.Sign(signed.Attested, "client");
            var verdict = _verifier.Verify(recorded.RecordWith(proof)).Verdict;
            return _verifier.Verify(signed.RecordWith(proof)).Verdict == AttestationVerdict.Valid
                && (verdict == AttestationVerdict.Valid) == signed.IsSameAs(recorded);
        });

    [Fact]
    public void A_proof_is_short_plain_and_reads_back_as_itself()
    {
        var proof = _signer.Sign(new("Decrypt", ["arn"]), "client");

        var text = proof.ToString();

        text.Length.ShouldBeLessThanOrEqualTo(AttestationProof.MaxLength);
        text.ShouldMatch("^kmslab/1\\.k1\\.1767268800\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{16}\\.[A-Za-z0-9_-]{86}$");
        AttestationProof.FindAll($"sdk/1 {text} m/a").ShouldHaveSingleItem().ToString().ShouldBe(text);
    }

    [Fact]
    public void Any_user_agent_is_searched_without_harm() =>
        Gen.String[Gen.OneOf(Gen.Char, Gen.Char['.', '1'], Gen.Const(' ')), 0, 60].Sample(text =>
            AttestationProof.FindAll(text + AttestationProof.Marker + text + AttestationProof.Marker).Count == 0);

    [Fact]
    public void A_client_has_one_tag_that_differs_from_others_and_does_not_name_it()
    {
        _signer.ClientTag("192.0.2.1").ShouldBe(_signer.ClientTag("192.0.2.1"));
        _signer.ClientTag("192.0.2.1").ShouldNotBe(_signer.ClientTag("192.0.2.2"));

        using var otherKey = new AttestationSigner("k1", AttestationKeys.Create().PrivatePem, _time);
        otherKey.ClientTag("192.0.2.1").ShouldNotBe(_signer.ClientTag("192.0.2.1"));
    }

    [Fact]
    public void Each_proof_has_a_nonce_of_its_own() =>
        Enumerable.Range(0, 100).Select(_ => _signer.Sign(new("Decrypt", ["arn"]), "c").Nonce).Distinct().Count().ShouldBe(100);

    [Theory]
    [InlineData("")]
    [InlineData("seventeen-letters")]
    [InlineData("dot.ted")]
    public void A_key_id_that_would_not_read_back_is_refused(string keyId) =>
        Should.Throw<ArgumentException>(() => new AttestationSigner(keyId, AttestationKeys.Create().PrivatePem, _time));

    [Fact]
    public void A_key_on_another_curve_or_no_key_is_refused()
    {
        using var p384 = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP384);

        Should.Throw<ArgumentException>(() => new AttestationSigner("k1", p384.ExportPkcs8PrivateKeyPem(), _time));
        Should.Throw<ArgumentException>(() => new AttestationSigner("k1", "no key", _time));
    }

    private sealed record Call(string Operation, string KeyArn, Dictionary<string, string> Context, Dictionary<string, string> Destination)
    {
        public AttestedCall Attested => new(Operation, [KeyArn], new EncryptionContext(Context), new EncryptionContext(Destination));

        public bool IsSameAs(Call other) =>
            Operation == other.Operation && KeyArn == other.KeyArn
            && Attested.Context!.Equals(other.Attested.Context) && Attested.DestinationContext!.Equals(other.Attested.DestinationContext);

        public CloudTrailRecord RecordWith(AttestationProof proof) => AttestationVectors.Read(new JsonObject
        {
            ["eventTime"] = "2026-01-01T12:00:00Z",
            ["eventSource"] = "kms.amazonaws.com",
            ["eventName"] = Operation,
            ["userAgent"] = $"aws-sdk-dotnet-coreclr/4.1.0 {proof} m/b",
            ["requestParameters"] = Operation == "ReEncrypt"
                ? new JsonObject { ["sourceEncryptionContext"] = Json(Context), ["destinationEncryptionContext"] = Json(Destination) }
                : new JsonObject { ["encryptionContext"] = Json(Context) },
            ["resources"] = new JsonArray(new JsonObject { ["ARN"] = KeyArn, ["type"] = "AWS::KMS::Key" }),
            ["eventID"] = Guid.NewGuid().ToString(),
        });

        private static JsonObject Json(Dictionary<string, string> context) => new(context.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
    }
}
