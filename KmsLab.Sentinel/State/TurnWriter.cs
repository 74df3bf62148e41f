using System.Data.Common;
using System.Text.Json;
using Dapper;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Publishing;
using KmsLab.Sentinel.Storage;

namespace KmsLab.Sentinel.State;

/// <summary>Writes one turn's changes within its transaction.</summary>
internal sealed class TurnWriter(DbTransaction transaction, TurnChanges changes, CancellationToken cancellationToken)
{
    public async Task WriteAsync()
    {
        await WriteSeenAsync();
        await WriteReplacedAsync();
        await WriteRatesAsync();
        await WriteWindowsAsync();
        await WriteAlarmsAsync();
        await WriteOutboxAsync();
        await changes.Desk.WriteAsync(transaction, cancellationToken);
        await WriteRejectionsAsync();
        foreach (var part in changes.Knowledge.Where(part => part.HasChanges))
            await part.WriteAsync(transaction, cancellationToken);
        await InsertAsync(
            "counter (name, value)", "ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value",
            changes.Counters.Select(counter => new object[] { counter.Key.ToString(), counter.Value }));
        if (changes.Watermark is { } watermark)
        {
            await InsertAsync(
                "watermark (name, known_at)", "ON CONFLICT (name) DO UPDATE SET known_at = excluded.known_at", [["sentinel", watermark.ToUnixTimeMilliseconds()]]);
        }

        await WritePositionsAsync();
        if (changes.Completed is var (source, at))
        {
            await InsertAsync(
                "source_cursor (source, completed_at)", "ON CONFLICT (source) DO UPDATE SET completed_at = excluded.completed_at",
                [[source, at.ToUnixTimeMilliseconds()]]);
        }
    }

    /// <summary>
    /// An id that is there already means that the record was counted since it was looked up, which the lease excludes: nothing of this turn may stand.
    /// </summary>
    private async Task WriteSeenAsync()
    {
        var written = await InsertAsync(
            "seen_record (id, expires_at, series, event_at)", "ON CONFLICT DO NOTHING",
            changes.Seen.Select(seen => SeenRow(seen.Id, seen.Until)));
        if (written != changes.Seen.Count)
            throw new InvalidOperationException("A record of this turn was counted since the turn began: something writes to this database beside the leading Sentinel.");
    }

    private object[] SeenRow(RecordId id, DateTimeOffset until) => changes.Counted.TryGetValue(id, out var counted)
        ? [id.ToBytes(), until.ToUnixTimeMilliseconds(), counted.SeriesText, counted.EventAt]
        : [id.ToBytes(), until.ToUnixTimeMilliseconds(), DBNull.Value, DBNull.Value];

    /// <summary>An original that is replaced once more loses what its correction counted for.</summary>
    private async Task WriteReplacedAsync()
    {
        foreach (var original in changes.Replaced)
        {
            var counted = changes.Counted.GetValueOrDefault(original);
            await transaction.Connection!.ExecuteAsync(new CommandDefinition(
                "UPDATE seen_record SET series = @series, event_at = @at WHERE id = @id",
                new { id = original.ToBytes(), series = counted?.SeriesText, at = counted?.EventAt }, transaction, cancellationToken: cancellationToken));
        }
    }

    private async Task WriteRatesAsync()
    {
        await InsertAsync(
            "series (id, key_arn, principal, operation, outcome, service, last_at)", "",
            changes.NewSeries.Select(series => new object[]
            {
                series.Id, series.Key.KeyArn ?? "", series.Key.Principal, series.Key.Operation, series.Key.Outcome, series.Key.Service ?? "", series.LastAt,
            }));
        await transaction.Connection!.ExecuteAsync(new CommandDefinition(
            "UPDATE series SET last_at = @Value WHERE id = @Key", changes.TouchedSeries, transaction, cancellationToken: cancellationToken));
        await InsertAsync(
            "bucket (start_at, series_id, size, calls)", "ON CONFLICT (start_at, series_id, size) DO UPDATE SET calls = bucket.calls + excluded.calls",
            changes.Calls.Select(bucket => new object[] { bucket.Key.Start, bucket.Key.Series, bucket.Key.Size, bucket.Value }));
    }

    private async Task WriteWindowsAsync()
    {
        await InsertAsync(
            "detection_group (detection, group_key, members, evidence, last_at)",
            "ON CONFLICT (detection, group_key) DO UPDATE SET evidence = excluded.evidence, last_at = excluded.last_at",
            changes.Windows.Select(window => new object[]
            {
                window.Key.Detection,
                window.Key.Group,
                StoredJson.TextOf(window.Value.Group),
                StoredJson.TextOf(window.Value.Evidence),
                (window.Value.Evidence is [.., var last] ? last.EventTime : changes.Now).ToUnixTimeMilliseconds(),
            }));
        await InsertAsync(
            "detection_count (detection, group_key, at, records)",
            "ON CONFLICT (detection, group_key, at) DO UPDATE SET records = detection_count.records + excluded.records",
            changes.Records.Select(count => new object[] { count.Key.Window.Detection, count.Key.Window.Group, count.Key.At, count.Value }));
        await InsertAsync(
            "detection_value (detection, group_key, slot_at, value)", "ON CONFLICT DO NOTHING",
            changes.Values.Select(value => new object[] { value.Window.Detection, value.Window.Group, value.SlotAt, value.Value.ToBytes() }));
    }

    private Task<int> WriteAlarmsAsync() => transaction.Connection!.ExecuteAsync(new CommandDefinition(
        """
        INSERT INTO alarm (id, detection, members, state, occurrence, revision, observed, threshold, window_size,
                           first_seen, last_seen, quiet_at, changed_at, ended, evidence, evidence_total, expected)
        VALUES (@Id, @Detection, @Members, @State, @Occurrence, @Revision, @Observed, @Threshold, @WindowSize,
                @FirstSeen, @LastSeen, @QuietAt, @ChangedAt, @Ended, @Evidence, @EvidenceTotal, @Expected)
        ON CONFLICT (id) DO UPDATE SET
            state = excluded.state, occurrence = excluded.occurrence, revision = excluded.revision, observed = excluded.observed,
            threshold = excluded.threshold, window_size = excluded.window_size, first_seen = excluded.first_seen, last_seen = excluded.last_seen,
            quiet_at = excluded.quiet_at, changed_at = excluded.changed_at, ended = excluded.ended, evidence = excluded.evidence,
            evidence_total = excluded.evidence_total, expected = excluded.expected
        """,
        changes.Alarms.Values.Select(AlarmRow.Of), transaction, cancellationToken: cancellationToken));

    private async Task WriteOutboxAsync()
    {
        if (changes.Outbox.Count == 0)
            return;

        var sequence = 1 + await transaction.Connection!.ExecuteScalarAsync<long>(
            new CommandDefinition("SELECT COALESCE(MAX(sequence), 0) FROM outbox", transaction: transaction, cancellationToken: cancellationToken));
        var now = changes.Now.ToUnixTimeMilliseconds();
        await InsertAsync(
            "outbox (sequence, id, payload, created_at)", "",
            changes.Outbox.Select((entry, index) => new object[] { sequence + index, entry.Notification.Id, Json(entry.Notification), now }));
        await InsertAsync(
            "delivery (sequence, channel, alarm_id, state, attempts, due_at)", "",
            changes.Outbox.SelectMany((entry, index) => entry.Channels.Select(channel => new object[]
            {
                sequence + index, channel, entry.Notification.AlarmId, nameof(DeliveryState.Pending), 0L, now,
            })));
    }

    private Task<int> WriteRejectionsAsync() => InsertAsync(
        "rejection (id, rejected_at, source, origin, problem)", "ON CONFLICT DO NOTHING",
        changes.Rejections.Select(rejection => new object[]
        {
            rejection.Id.ToBytes(), changes.Now.ToUnixTimeMilliseconds(), rejection.Source, rejection.Origin, rejection.Problem,
        }));

    private Task<int> WritePositionsAsync() => InsertAsync(
        "file_position (source, path, length, modified_at, layout, position, records, skip, done)",
        """
        ON CONFLICT (source, path) DO UPDATE SET
            length = excluded.length, modified_at = excluded.modified_at, layout = excluded.layout, position = excluded.position,
            records = excluded.records, skip = excluded.skip, done = excluded.done
        """,
        changes.Positions.Select(at => new object[]
        {
            at.Source, at.Position.Path, at.Position.Length, at.Position.ModifiedAt, at.Position.Layout?.ToString() ?? "", at.Position.Offset, at.Position.Records,
            at.Position.Skip, at.Position.Done ? 1L : 0L,
        }));

    private static string Json(Notification notification) => JsonSerializer.Serialize(notification, AlarmJson.Default.Notification);

    private Task<int> InsertAsync(string into, string onConflict, IEnumerable<object[]> rows) =>
        RowWriter.InsertAsync(transaction, into, onConflict, rows, cancellationToken);
}
