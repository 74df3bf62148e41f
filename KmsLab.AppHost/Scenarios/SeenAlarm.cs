namespace KmsLab.AppHost.Scenarios;

/// <summary>What <c>GET /api/alarms</c> of Sentinel says of an alarm, as far as a scenario's report needs it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Detection">The detection that raised it.</param>
/// <param name="Severity">The detection's.</param>
/// <param name="State">OK, ALARM or INSUFFICIENT_DATA.</param>
/// <param name="FirstSeen">Event time of the occurrence's first record.</param>
/// <param name="LastSeen">Event time of its last one.</param>
/// <param name="ChangedAt">When it came into its state.</param>
/// <param name="Why">The sentence that says why.</param>
internal sealed record SeenAlarm(
    string Id, string Detection, string Severity, string State, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, DateTimeOffset ChangedAt, string Why);
