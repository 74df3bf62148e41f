using System.Text.Json;
using System.Text.Json.Serialization;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Storage;

/// <summary>JSON as the database keeps what is known of records: camelCase, instants in UTC with a Z, spans of time in seconds.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, Converters = [typeof(InstantConverter), typeof(SecondsConverter)])]
[JsonSerializable(typeof(Evidence))]
[JsonSerializable(typeof(List<Evidence>))]
[JsonSerializable(typeof(IReadOnlyList<Evidence>))]
[JsonSerializable(typeof(IReadOnlyList<KeyValuePair<string, string>>))]
[JsonSerializable(typeof(List<KeyValuePair<string, string>>))]
[JsonSerializable(typeof(Expectation))]
internal sealed partial class StoredJson : JsonSerializerContext
{
    /// <summary>A group as a column.</summary>
    public static string TextOf(DetectionGroup group) => JsonSerializer.Serialize(group.Values, Default.IReadOnlyListKeyValuePairStringString);

    /// <summary>Evidence as a column.</summary>
    public static string TextOf(IReadOnlyList<Evidence> evidence) => JsonSerializer.Serialize(evidence, Default.IReadOnlyListEvidence);

    /// <summary>Reads a group back.</summary>
    public static DetectionGroup GroupOf(string members) => new(JsonSerializer.Deserialize(members, Default.ListKeyValuePairStringString)!);

    /// <summary>Reads evidence back.</summary>
    public static List<Evidence> EvidenceOf(string evidence) => JsonSerializer.Deserialize(evidence, Default.ListEvidence)!;
}
