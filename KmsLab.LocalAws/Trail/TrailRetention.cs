using KmsLab.LocalAws.State;
using KmsLab.ServiceDefaults.Tracing;

namespace KmsLab.LocalAws.Trail;

/// <summary>Removes records from the event history after 90 days, as AWS does, except those that a log event still shows: it has no text of its own.</summary>
internal sealed class TrailRetention(StateStore store, TimeProvider time) : BackgroundService
{
    private const int PartSize = 2000;

    private static readonly TimeSpan History = TimeSpan.FromDays(90);
    private static readonly TimeSpan Interval = TimeSpan.FromHours(24);

    /// <summary>Removes what is to be removed now, all of it, a part at a time.</summary>
    /// <returns>How many records went.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        using var round = BackgroundActivity.Start("localaws event history retention");
        var end = (time.GetUtcNow() - History).ToUnixTimeMilliseconds();
        var (removed, after) = (0, 0L);
        while (await store.WriteAsync(session => ExpirePart(session, end, after)) is { Looked: > 0 } part)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (removed, after) = (removed + part.Removed, part.Last);
        }

        return removed;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
                await SweepAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Our own end.
        }
        catch (InvalidOperationException) when (store.Failure is not null)
        {
            // The state file takes no more writes; its health check says so.
        }
    }

    /// <summary>Looks at the next records by age. History is in the order of time, so the first young one ends it.</summary>
    private static (int Looked, int Removed, long Last) ExpirePart(WriteSession session, long end, long after)
    {
        var old = session.Query(
            "SELECT seq FROM (SELECT seq, time FROM trail_events WHERE seq > $1 ORDER BY seq LIMIT $2) WHERE time < $3", row => row.GetInt64(0), after, PartSize, end);
        if (old.Count == 0)
            return (0, 0, after);

        var removed = session.Execute(
            """
            DELETE FROM trail_events WHERE seq > $1 AND seq <= $2 AND time < $3
                AND NOT EXISTS (SELECT 1 FROM log_events WHERE trail_seq = trail_events.seq)
                AND NOT EXISTS (SELECT 1 FROM trail_pending WHERE trail_pending.seq = trail_events.seq)
                AND NOT EXISTS (SELECT 1 FROM trail_file_pending WHERE trail_file_pending.seq = trail_events.seq)
            """,
            after, old[^1], end);
        return (old.Count, removed, old[^1]);
    }
}
