using System.Text.Json;
using System.Text.Json.Serialization;
using KmsLab.Sentinel.Policies;
using KmsLab.Sentinel.Storage;

namespace KmsLab.Sentinel.Knowledge;

/// <summary>JSON as the database keeps what is learned.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, Converters = [typeof(InstantConverter), typeof(SecondsConverter)])]
[JsonSerializable(typeof(IReadOnlyList<KeyGrant>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string[]>))]
internal sealed partial class KnowledgeJson : JsonSerializerContext;
