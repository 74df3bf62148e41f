using System.Text.Json;
using System.Text.Json.Serialization;
using KmsLab.Sentinel.Alarms.Silences;
using KmsLab.Sentinel.Storage;

namespace KmsLab.Sentinel.Alarms;

/// <summary>JSON as the database keeps alarms, their history and notifications.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, Converters = [typeof(InstantConverter), typeof(SecondsConverter)])]
[JsonSerializable(typeof(AlarmHandling))]
[JsonSerializable(typeof(AlarmCommand))]
[JsonSerializable(typeof(AlarmTraits))]
[JsonSerializable(typeof(HistoryEntry))]
[JsonSerializable(typeof(Notification))]
[JsonSerializable(typeof(MatchedSilence))]
internal sealed partial class AlarmJson : JsonSerializerContext;
