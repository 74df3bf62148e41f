using System.Text.Json;
using System.Text.Json.Serialization;
using KmsLab.Sentinel.Storage;

namespace KmsLab.Sentinel.TrailHealth.Guard;

/// <summary>JSON as the database keeps what people accept.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, Converters = [typeof(InstantConverter), typeof(SecondsConverter)])]
[JsonSerializable(typeof(GuardAcceptance))]
internal sealed partial class GuardJson : JsonSerializerContext;
