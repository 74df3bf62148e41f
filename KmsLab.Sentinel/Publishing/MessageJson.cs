using System.Text.Json;
using System.Text.Json.Serialization;
using KmsLab.Sentinel.Storage;

namespace KmsLab.Sentinel.Publishing;

/// <summary>JSON as channels send it.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, Converters = [typeof(InstantConverter), typeof(SecondsConverter)])]
[JsonSerializable(typeof(SortedDictionary<string, string>))]
internal sealed partial class MessageJson : JsonSerializerContext;
