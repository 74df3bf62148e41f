using System.Text.Json.Serialization;

namespace KmsLab.Sentinel.Alarms;

/// <summary>Reasons for which nothing judges an alarm any more.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Retirement>))]
internal enum Retirement
{
    /// <summary>The configuration has no such rule.</summary>
    [JsonStringEnumMemberName("gone")] Gone,

    /// <summary>The detection is off.</summary>
    [JsonStringEnumMemberName("off")] Off,
}
