using Amazon.CloudWatchLogs.Model;
using Amazon.Runtime;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Trail;

namespace KmsLab.LocalAws.Upstream;

/// <summary>Takes records that are due to the upstream's log groups, and crosses them off once they are accepted there.</summary>
/// <remarks>
/// Two systems, no common transaction: killed between acceptance and crossing off, a batch is sent again, with the same eventIDs, as CloudTrail's
/// own delivery may. While the upstream is down, records wait in the state file.
/// </remarks>
internal sealed partial class UpstreamDelivery(UpstreamLogs logs, StateStore store, TimeProvider time, ILogger<UpstreamDelivery> logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private TimeSpan _pause = TimeSpan.Zero;

    /// <summary>Sends a batch of records of one trail. On failure waits a little longer each time, and leaves them in line.</summary>
    /// <returns>Whether they are crossed off.</returns>
    public async Task<bool> SendAsync(LiveTrail trail, IReadOnlyList<DueRecord> records, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var stream in records.GroupBy(record => record.Stream))
            {
                var accepted = await logs.AppendAsync(trail.LogGroup!, stream.Key, [.. stream.Select(Event)], cancellationToken);
                if (accepted)
                    trail.Status.Succeeded(time.GetUtcNow());
                else
                    trail.Status.Failed("The log group does not exist.");
                await store.Enqueue(session => CrossOff(session, stream));
            }

            if (_pause > TimeSpan.Zero)
                Log.Resumed(logger);
            _pause = TimeSpan.Zero;
            return true;
        }
        catch (Exception error) when (error is AmazonServiceException or AmazonClientException or HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            if (_pause == TimeSpan.Zero)
                Log.Failed(logger, error.Message);
            trail.Status.Failed(error.Message);
            _pause = _pause == TimeSpan.Zero ? FirstPause : TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, LongestPause.Ticks));
            await Task.Delay(_pause, time, cancellationToken);
            return false;
        }
    }

    private static InputLogEvent Event(DueRecord record) => new()
    {
        Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(record.Time).UtcDateTime,
        Message = System.Text.Encoding.UTF8.GetString(record.Json),
    };

    private static void CrossOff(WriteSession session, IEnumerable<DueRecord> records)
    {
        foreach (var record in records)
            session.Execute("DELETE FROM trail_pending WHERE id = $1", record.Id);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Records can't be delivered to the upstream ({Reason}); they wait and will be tried again.")]
        public static partial void Failed(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Information, "Records are delivered to the upstream again.")]
        public static partial void Resumed(ILogger logger);
    }
}

/// <summary>A record in line for delivery.</summary>
/// <param name="Id">Its place in line.</param>
/// <param name="Stream">The stream that it goes to.</param>
/// <param name="Time">The event's time, Unix milliseconds.</param>
/// <param name="Json">The record, UTF-8.</param>
internal readonly record struct DueRecord(long Id, string Stream, long Time, byte[] Json);
