using KmsLab.LocalAws.State;
using KmsLab.ServiceDefaults.Tracing;

namespace KmsLab.LocalAws.Logs;

/// <summary>
/// Removes, in the background and a little at a time, events that are past their group's retention and those of deleted groups and streams. Readers
/// stopped seeing them before.
/// </summary>
internal sealed partial class LogRetention(StateStore store, TimeProvider time, ILogger<LogRetention> logger) : BackgroundService
{
    private const int PartSize = 2000;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Removes what is to be removed now, all of it.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        using var round = BackgroundActivity.Start("localaws log retention");
        while (await store.WriteAsync(PurgePart))
            cancellationToken.ThrowIfCancellationRequested();

        var groups = store.Read(connection => connection.Query(
            "SELECT id, retention FROM log_groups WHERE retention IS NOT NULL", row => (Id: row.GetInt64(0), Days: row.GetInt64(1))));
        foreach (var (id, days) in groups)
        {
            var end = (time.GetUtcNow() - TimeSpan.FromDays(days)).ToUnixTimeMilliseconds();
            while (await store.WriteAsync(session => ExpirePart(session, id, end)))
                cancellationToken.ThrowIfCancellationRequested();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await SweepAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Our own end.
        }
        catch (InvalidOperationException error) when (store.Failure is not null)
        {
            // The state file takes no more writes; its health check says so.
            Log.Stopped(logger, error);
        }
    }

    /// <summary>Removes a part of what deleted streams left behind. False when nothing is left.</summary>
    private static bool PurgePart(WriteSession session)
    {
        if (session.Scalar("SELECT stream_id FROM log_purges LIMIT 1") is not long streamId)
            return false;

        var removed = session.Execute("DELETE FROM log_events WHERE id IN (SELECT id FROM log_events WHERE stream_id = $1 LIMIT $2)", streamId, PartSize);
        if (removed < PartSize)
            session.Execute("DELETE FROM log_purges WHERE stream_id = $1", streamId);
        return true;
    }

    /// <summary>Removes a part of a group's expired events and takes them off their streams' counts. False when nothing is left.</summary>
    private static bool ExpirePart(WriteSession session, long groupId, long end)
    {
        var removed = session.Query(
            """
            DELETE FROM log_events WHERE id IN (SELECT id FROM log_events WHERE group_id = $1 AND timestamp < $2 ORDER BY timestamp LIMIT $3)
            RETURNING stream_id, size
            """,
            row => (Stream: row.GetInt64(0), Bytes: row.GetInt64(1)), groupId, end, PartSize);
        foreach (var stream in removed.GroupBy(row => row.Stream))
        {
            session.Execute(
                """
                UPDATE log_streams SET bytes = bytes - $2,
                    first_event = (SELECT min(timestamp) FROM log_events WHERE stream_id = $1),
                    last_event = (SELECT max(timestamp) FROM log_events WHERE stream_id = $1)
                WHERE id = $1
                """,
                stream.Key, stream.Sum(row => row.Bytes));
        }

        return removed.Count == PartSize;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Expired log events are no longer removed.")]
        public static partial void Stopped(ILogger logger, Exception error);
    }
}
