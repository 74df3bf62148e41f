using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Api;
using KmsLab.Sentinel.Knowledge;
using KmsLab.Sentinel.Policies;
using KmsLab.Sentinel.TrailGuard;

namespace KmsLab.Sentinel.State;

/// <summary>JSON as the API answers it and the database keeps it: camelCase, instants in UTC with a Z, spans of time in seconds.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, Converters = [typeof(InstantConverter), typeof(SecondsConverter)])]
[JsonSerializable(typeof(List<Evidence>))]
[JsonSerializable(typeof(IReadOnlyList<Evidence>))]
[JsonSerializable(typeof(IReadOnlyList<KeyValuePair<string, string>>))]
[JsonSerializable(typeof(List<KeyValuePair<string, string>>))]
[JsonSerializable(typeof(Notification))]
[JsonSerializable(typeof(Expectation))]
[JsonSerializable(typeof(IReadOnlyList<KeyGrant>))]
[JsonSerializable(typeof(AlarmHandling))]
[JsonSerializable(typeof(AlarmCommand))]
[JsonSerializable(typeof(HistoryEntry))]
[JsonSerializable(typeof(SortedDictionary<string, string>))]
[JsonSerializable(typeof(IReadOnlyList<HistoryEntry>))]
[JsonSerializable(typeof(GuardAcceptance))]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(RatesAnswer))]
[JsonSerializable(typeof(BaselineAnswer))]
[JsonSerializable(typeof(IReadOnlyList<ContextsAnswer>))]
[JsonSerializable(typeof(ActivityAnswer))]
[JsonSerializable(typeof(UsageAnswer))]
[JsonSerializable(typeof(UsageNames))]
[JsonSerializable(typeof(IReadOnlyList<DetectionAnswer>))]
[JsonSerializable(typeof(AlarmChartAnswer))]
[JsonSerializable(typeof(AlarmAnswer))]
[JsonSerializable(typeof(IReadOnlyList<AlarmAnswer>))]
internal sealed partial class SentinelJson : JsonSerializerContext;

/// <summary>Instants as <c>2026-11-23T12:00:00Z</c>, with milliseconds only where there are some.</summary>
internal sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture));
}

/// <summary>Spans of time as a number of seconds.</summary>
internal sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => TimeSpan.FromSeconds(reader.GetDouble());

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteNumberValue(value.TotalSeconds);
}
