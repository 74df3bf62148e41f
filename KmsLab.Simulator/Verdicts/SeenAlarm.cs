using System.Text.Json;
using System.Text.Json.Serialization;

namespace KmsLab.Simulator.Verdicts;

/// <summary>An alarm as <c>GET /api/alarms</c> of Sentinel tells it, as far as a verdict needs it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Detection">The detection that raised it.</param>
/// <param name="Severity">The detection's.</param>
/// <param name="State">OK, ALARM or INSUFFICIENT_DATA.</param>
/// <param name="FirstSeen">Event time of the occurrence's first record.</param>
/// <param name="LastSeen">Event time of its last one.</param>
/// <param name="ChangedAt">When it came into its state.</param>
/// <param name="Why">The sentence that says why.</param>
internal sealed record SeenAlarm(
    string Id,
    string Detection,
    string Severity,
    string State,
    DateTimeOffset FirstSeen,
    DateTimeOffset LastSeen,
    DateTimeOffset ChangedAt,
    string Why)
{
    /// <summary>Records carry whole seconds, so an event time may lie so much before the call.</summary>
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(1);

    /// <summary>Tells whether it stands for something that happened since then: an earlier run's alarm says nothing of this one.</summary>
    public bool IsOf(DateTimeOffset since) => LastSeen >= since - Rounding;

    /// <summary>Tells whether it fires for something that happened since then.</summary>
    public bool IsFiring(DateTimeOffset since) => State == "ALARM" && IsOf(since);

    /// <summary>Time from <paramref name="begin"/> until it came; null when it fired already.</summary>
    public TimeSpan? After(DateTimeOffset begin) =>
        ChangedAt < begin - Rounding ? null : ChangedAt > begin ? ChangedAt - begin : TimeSpan.Zero;
}

/// <summary>Lenient, as every reader of another service's answers.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(IReadOnlyList<SeenAlarm>))]
internal sealed partial class SeenJson : JsonSerializerContext;
