using System.Text.Json;
using System.Text.Json.Serialization;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Queries;

/// <summary>JSON of exported files: as the API answers it.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, Converters = [typeof(InstantConverter), typeof(SecondsConverter)])]
[JsonSerializable(typeof(AlarmAnswer))]
[JsonSerializable(typeof(Evidence))]
[JsonSerializable(typeof(IReadOnlyList<HistoryEntry>))]
internal sealed partial class ExportJson : JsonSerializerContext;
