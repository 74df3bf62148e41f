using System.Text;
using System.Text.Json.Nodes;
using KmsLab.CloudTrail.Attestation;
using KmsLab.CloudTrail.Records;

namespace KmsLab.Tests.CloudTrail.Attestation;

/// <summary>The published test vectors (docs/attestation.md), made from the specification by another program in another language.</summary>
internal static class AttestationVectors
{
    private static readonly JsonNode Document = Load();

    /// <summary>The public keys that the vectors know. Their private halves are not kept.</summary>
    public static AttestationPublicKey[] Keys { get; } =
        [.. Document["keys"]!.AsArray().Select(key => new AttestationPublicKey(Text(key!, "keyId"), Text(key!, "publicKey")))];

    public static JsonNode Signed => Document["signed"]!;

    public static IEnumerable<(string Name, AttestationVerdict Verdict, CloudTrailRecord Record)> Single { get; } =
        [.. Document["vectors"]!.AsArray().Select(v => (Text(v!, "name"), Enum.Parse<AttestationVerdict>(Text(v!, "verdict")), Read(v!["record"]!)))];

    public static IEnumerable<(string Name, int[] Replayed, CloudTrailRecord[] Records)> Sequences { get; } =
        [.. Document["sequences"]!.AsArray().Select(v => (
            Text(v!, "name"), v!["replayed"]!.AsArray().Select(i => i!.GetValue<int>()).ToArray(), v["records"]!.AsArray().Select(r => Read(r!)).ToArray()))];

    public static CloudTrailRecord Read(JsonNode record) =>
        CloudTrailRecordReader.Read(Encoding.UTF8.GetBytes(record.ToJsonString()), RecordInterest.Everything).Record.ShouldNotBeNull();

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private static JsonNode Load()
    {
        using var stream = typeof(AttestationVectors).Assembly.GetManifestResourceStream("KmsLab.Tests.CloudTrail.Attestation.vectors.json")!;
        return JsonNode.Parse(stream)!;
    }
}
