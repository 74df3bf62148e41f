using System.Formats.Cbor;
using System.Net;

namespace KmsLab.Tests.LocalAws;

/// <summary>smithy-rpc-v2-cbor, with KMS as the service behind it: every service speaks every protocol that it has a name in.</summary>
public sealed class CborTests(LocalAwsFixture fixture) : IClassFixture<LocalAwsFixture>
{
    private readonly LocalAwsHost _aws = fixture.Host;

    [Fact]
    public async Task Answer_is_cbor_with_blobs_and_tagged_timestamps()
    {
        using var response = await _aws.PostCborAsync("kms", "TrentService", "CreateKey", Map(cbor => Pair(cbor, "Description", "d")));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/cbor");
        response.Headers.GetValues("smithy-protocol").Single().ShouldBe("rpc-v2-cbor");
        var members = await ReadAsync(response);
        members["KeyMetadata.Description"].ShouldBe("d");
        members["KeyMetadata.CreationDate"].ShouldBeOfType<double>();
        members["KeyMetadata.CreationDate.tag"].ShouldBe(CborTag.UnixTimeSeconds);
    }

    [Fact]
    public async Task Indefinite_lengths_and_byte_strings_are_read()
    {
        using var created = await _aws.PostCborAsync("kms", "TrentService", "CreateKey", []);
        var keyId = (string)(await ReadAsync(created))["KeyMetadata.KeyId"];
        var cbor = new CborWriter(CborConformanceMode.Lax);
        cbor.WriteStartMap(null);
        cbor.WriteTextString("KeyId");
        cbor.WriteStartIndefiniteLengthTextString();
        cbor.WriteTextString(keyId[..5]);
        cbor.WriteTextString(keyId[5..]);
        cbor.WriteEndIndefiniteLengthTextString();
        cbor.WriteTextString("Plaintext");
        cbor.WriteByteString([1, 2, 3]);
        cbor.WriteEndMap();

        using var response = await _aws.PostCborAsync("kms", "TrentService", "Encrypt", cbor.Encode());

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ReadAsync(response))["CiphertextBlob"].ShouldBeOfType<byte[]>();
    }

    [Theory]
    [InlineData("Encrypt", new byte[] { 0xff }, "SerializationException")]
    [InlineData("Encrypt", new byte[] { 0xbf, 0x61 }, "SerializationException")]
    [InlineData("Encrypt", new byte[] { 0xa0 }, "ValidationException")]
    [InlineData("Encrypt", new byte[] { 0xa0, 0xa0 }, "SerializationException")]
    [InlineData("Nonsense", new byte[] { 0xa0 }, "UnknownOperationException")]
    public async Task Error_is_cbor_with_its_type(string operation, byte[] body, string code)
    {
        using var response = await _aws.PostCborAsync("kms", "TrentService", operation, body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ReadAsync(response))["__type"].ShouldBe(code);
    }

    private static byte[] Map(Action<CborWriter> members)
    {
        var cbor = new CborWriter();
        cbor.WriteStartMap(1);
        members(cbor);
        cbor.WriteEndMap();
        return cbor.Encode();
    }

    private static void Pair(CborWriter cbor, string name, string value)
    {
        cbor.WriteTextString(name);
        cbor.WriteTextString(value);
    }

    private static async Task<Dictionary<string, object>> ReadAsync(HttpResponseMessage response)
    {
        Dictionary<string, object> members = [];
        Read(new CborReader(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken), CborConformanceMode.Lax), "", members);
        return members;
    }

    private static void Read(CborReader cbor, string path, Dictionary<string, object> members)
    {
        switch (cbor.PeekState())
        {
            case CborReaderState.StartMap:
                cbor.ReadStartMap();
                while (cbor.PeekState() != CborReaderState.EndMap)
                    Read(cbor, (path.Length == 0 ? "" : path + ".") + cbor.ReadTextString(), members);
                cbor.ReadEndMap();
                break;
            case CborReaderState.Tag:
                members[path + ".tag"] = cbor.ReadTag();
                Read(cbor, path, members);
                break;
            case CborReaderState.TextString:
                members[path] = cbor.ReadTextString();
                break;
            case CborReaderState.ByteString:
                members[path] = cbor.ReadByteString();
                break;
            case CborReaderState.DoublePrecisionFloat:
                members[path] = cbor.ReadDouble();
                break;
            default:
                cbor.SkipValue();
                break;
        }
    }
}
