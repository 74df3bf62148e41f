using System.Data.Common;
using System.Text.Json;
using Dapper;
using KmsLab.Sentinel.Storage;

namespace KmsLab.Sentinel.Alarms;

/// <summary>An alarm as a row: times in Unix milliseconds, lists as JSON.</summary>
internal sealed class AlarmRow
{
    public const string Columns = """
        id AS Id, detection AS Detection, members AS Members, state AS State, occurrence AS Occurrence, revision AS Revision, observed AS Observed,
        threshold AS Threshold, window_size AS WindowSize, first_seen AS FirstSeen, last_seen AS LastSeen, quiet_at AS QuietAt,
        changed_at AS ChangedAt, ended AS Ended, evidence AS Evidence, evidence_total AS EvidenceTotal, expected AS Expected, traits AS Traits
        """;

    public required string Id { get; init; }

    public required string Detection { get; init; }

    public required string Members { get; init; }

    public required string State { get; init; }

    public required long Occurrence { get; init; }

    public required long Revision { get; init; }

    public required long Observed { get; init; }

    public required long Threshold { get; init; }

    public required long WindowSize { get; init; }

    public required long FirstSeen { get; init; }

    public required long LastSeen { get; init; }

    public required long QuietAt { get; init; }

    public required long ChangedAt { get; init; }

    public required long Ended { get; init; }

    public required string Evidence { get; init; }

    public required long EvidenceTotal { get; init; }

    public required string Expected { get; init; }

    public required string Traits { get; init; }

    public static AlarmRow Of(Alarm alarm) => new()
    {
        Id = alarm.Id,
        Detection = alarm.Detection,
        Members = StoredJson.TextOf(alarm.Group),
        State = alarm.State.ToString(),
        Occurrence = alarm.Occurrence,
        Revision = alarm.Revision,
        Observed = alarm.Observed,
        Threshold = alarm.Threshold,
        WindowSize = (long)alarm.Window.TotalMilliseconds,
        FirstSeen = alarm.FirstSeen.ToUnixTimeMilliseconds(),
        LastSeen = alarm.LastSeen.ToUnixTimeMilliseconds(),
        QuietAt = alarm.QuietAt.ToUnixTimeMilliseconds(),
        ChangedAt = alarm.ChangedAt.ToUnixTimeMilliseconds(),
        Ended = alarm.Ended ? 1 : 0,
        Evidence = StoredJson.TextOf(alarm.Evidence),
        EvidenceTotal = alarm.EvidenceTotal,
        Expected = alarm.Expected is { } expected ? JsonSerializer.Serialize(expected, StoredJson.Default.Expectation) : "",
        Traits = JsonSerializer.Serialize(alarm.Traits, AlarmJson.Default.AlarmTraits),
    };

    public Alarm ToAlarm() => Read() is var alarm && Traits.Length > 0
        ? alarm with { Traits = JsonSerializer.Deserialize(Traits, AlarmJson.Default.AlarmTraits)! }
        // Written before there were traits: the evidence says what it can.
        : alarm with { Traits = alarm.Traits.With(alarm.Group, alarm.Evidence) };

    private Alarm Read() => new()
    {
        Id = Id,
        Detection = Detection,
        Group = StoredJson.GroupOf(Members),
        State = Enum.Parse<AlarmState>(State),
        Occurrence = Occurrence,
        Revision = Revision,
        Observed = Observed,
        Threshold = Threshold,
        Window = TimeSpan.FromMilliseconds(WindowSize),
        FirstSeen = DateTimeOffset.FromUnixTimeMilliseconds(FirstSeen),
        LastSeen = DateTimeOffset.FromUnixTimeMilliseconds(LastSeen),
        QuietAt = DateTimeOffset.FromUnixTimeMilliseconds(QuietAt),
        ChangedAt = DateTimeOffset.FromUnixTimeMilliseconds(ChangedAt),
        Ended = Ended != 0,
        Evidence = StoredJson.EvidenceOf(Evidence),
        EvidenceTotal = EvidenceTotal,
        Expected = Expected.Length > 0 ? JsonSerializer.Deserialize(Expected, StoredJson.Default.Expectation) : null,
    };

    /// <summary>Writes alarms, new ones and changed ones.</summary>
    public static Task WriteAsync(DbTransaction transaction, IEnumerable<Alarm> alarms, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO alarm (id, detection, members, state, occurrence, revision, observed, threshold, window_size,
                               first_seen, last_seen, quiet_at, changed_at, ended, evidence, evidence_total, expected, traits, dormant)
            VALUES (@Id, @Detection, @Members, @State, @Occurrence, @Revision, @Observed, @Threshold, @WindowSize,
                    @FirstSeen, @LastSeen, @QuietAt, @ChangedAt, @Ended, @Evidence, @EvidenceTotal, @Expected, @Traits, 0)
            ON CONFLICT (id) DO UPDATE SET
                state = excluded.state, occurrence = excluded.occurrence, revision = excluded.revision, observed = excluded.observed,
                threshold = excluded.threshold, window_size = excluded.window_size, first_seen = excluded.first_seen, last_seen = excluded.last_seen,
                quiet_at = excluded.quiet_at, changed_at = excluded.changed_at, ended = excluded.ended, evidence = excluded.evidence,
                evidence_total = excluded.evidence_total, expected = excluded.expected, traits = excluded.traits, dormant = 0
            """,
            alarms.Select(Of), transaction, cancellationToken: cancellationToken));
}
