using KmsLab.CloudTrail.FastPath;

namespace KmsLab.Sentinel.FastPath;

/// <summary>Reads the times of records, the quicker as one is of the same minute as the one before. One thread's.</summary>
internal sealed class EventTimes
{
    /// <summary>The part of <c>2026-11-23T12:00:00Z</c> that tells the minute.</summary>
    private const int MinuteLength = 17;

    private readonly byte[] _minute = new byte[MinuteLength];
    private long _minuteTicks;

    /// <summary>The time of a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="ticks">UTC ticks.</param>
    /// <returns>False if it has no time of this age.</returns>
    public bool TryRead(RecordView record, out long ticks)
    {
        var text = record.EventTime;
        var isUsual = text.Length == MinuteLength + 3
            && text is [.., (byte)':', >= (byte)'0' and <= (byte)'5', >= (byte)'0' and <= (byte)'9', (byte)'Z'];
        if (isUsual && text[..MinuteLength].SequenceEqual(_minute))
        {
            ticks = _minuteTicks + SecondsOf(text);
            return true;
        }

        ticks = 0;
        if (record.Time() is not { Year: >= 2000 and <= 2200 } time)
            return false;

        ticks = time.UtcTicks;
        if (isUsual)
        {
            text[..MinuteLength].CopyTo(_minute);
            _minuteTicks = ticks - SecondsOf(text);
        }

        return true;
    }

    private static long SecondsOf(ReadOnlySpan<byte> text) => (((text[17] - '0') * 10) + text[18] - '0') * TimeSpan.TicksPerSecond;
}
