using System.Globalization;

namespace KmsLab.LocalAws.Logs;

/// <summary>The rules that AWS lays down for the batch of a PutLogEvents call.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html</remarks>
internal static class LogBatch
{
    public const int MaxBytes = 1_048_576;

    private static readonly TimeSpan OldestAccepted = TimeSpan.FromDays(14);
    private static readonly TimeSpan NewestAccepted = TimeSpan.FromHours(2);
    private static readonly TimeSpan MaxSpan = TimeSpan.FromHours(24);

    /// <summary>Which events of a batch are accepted, and what AWS tells about the others; null if there are none.</summary>
    /// <exception cref="Wire.AwsException">InvalidParameterException: nothing of the batch is accepted.</exception>
    public static (ArraySegment<LogEvent> Accepted, RejectedLogEventsInfo? Rejected) Check(LogEvent[] batch, DateTimeOffset now, long? retentionDays)
    {
        CheckSizeAndOrder(batch);

        var tooOld = CountBefore(batch, now - OldestAccepted);
        var expired = retentionDays is { } days ? CountBefore(batch, now - TimeSpan.FromDays(days)) : 0;
        var end = CountUntil(batch, now + NewestAccepted);
        var start = Math.Min(Math.Max(tooOld, expired), end);

        var accepted = new ArraySegment<LogEvent>(batch, start, end - start);
        if (accepted.Count > 0 && accepted[^1].Timestamp - accepted[0].Timestamp > MaxSpan.TotalMilliseconds)
            throw LogGroups.Invalid("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");

        var rejected = accepted.Count == batch.Length ? null : new RejectedLogEventsInfo
        {
            TooNewLogEventStartIndex = end < batch.Length ? end : null,
            TooOldLogEventEndIndex = tooOld > 0 ? tooOld : null,
            ExpiredLogEventEndIndex = expired > 0 ? expired : null,
        };
        return (accepted, rejected);
    }

    private static void CheckSizeAndOrder(LogEvent[] batch)
    {
        var size = 0L;
        for (var i = 0; i < batch.Length; i++)
        {
            if (batch[i].Size > MaxBytes)
                throw LogGroups.Invalid(string.Create(CultureInfo.InvariantCulture, $"Log event too large: {batch[i].Size} bytes exceeds limit of {MaxBytes}"));
            if (i > 0 && batch[i].Timestamp < batch[i - 1].Timestamp)
                throw LogGroups.Invalid("Log events in a single PutLogEvents request must be in chronological order.");
            size += batch[i].Size;
        }

        if (size > MaxBytes)
            throw LogGroups.Invalid(string.Create(CultureInfo.InvariantCulture, $"Upload too large: {size} bytes exceeds limit of {MaxBytes}"));
    }

    // The batch is in chronological order, so what is refused lies at its ends.
    private static int CountBefore(LogEvent[] batch, DateTimeOffset instant) => CountWhile(batch, at => at < instant.ToUnixTimeMilliseconds());

    private static int CountUntil(LogEvent[] batch, DateTimeOffset instant) => CountWhile(batch, at => at <= instant.ToUnixTimeMilliseconds());

    private static int CountWhile(LogEvent[] batch, Func<long, bool> holds)
    {
        var count = 0;
        while (count < batch.Length && holds(batch[count].Timestamp))
            count++;
        return count;
    }
}
