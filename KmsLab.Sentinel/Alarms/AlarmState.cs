using System.Text.Json.Serialization;

namespace KmsLab.Sentinel.Alarms;

/// <summary>An alarm's state, in CloudWatch's words.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AlarmState>))]
public enum AlarmState
{
    /// <summary>Nothing abnormal up to the watermark.</summary>
    [JsonStringEnumMemberName("OK")] Ok,

    /// <summary>The threshold is reached, and the watermark has not passed the window yet.</summary>
    [JsonStringEnumMemberName("ALARM")] Alarm,

    /// <summary>The watermark stands still: nobody knows.</summary>
    [JsonStringEnumMemberName("INSUFFICIENT_DATA")] InsufficientData,
}
