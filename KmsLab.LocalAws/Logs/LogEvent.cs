namespace KmsLab.LocalAws.Logs;

/// <summary>An event on its way in.</summary>
/// <param name="Timestamp">Unix milliseconds.</param>
/// <param name="Message">UTF-8.</param>
internal readonly record struct LogEvent(long Timestamp, byte[] Message)
{
    /// <summary>What AWS adds to a message's bytes when it counts an event.</summary>
    public const int Overhead = 26;

    public long Size => Message.Length + Overhead;
}

/// <summary>A place between two events, in the order in which events are returned: by timestamp, then by arrival.</summary>
/// <param name="Timestamp">Unix milliseconds of the event before it.</param>
/// <param name="Id">The id of the event before it.</param>
internal readonly record struct LogPosition(long Timestamp, long Id)
{
    private const int TimestampDigits = 20;
    private const int Digits = 56;

    public static readonly LogPosition Start = new(0, 0);

    /// <summary>The place before the event that this place follows.</summary>
    public LogPosition Before => this with { Id = Id - 1 };

    /// <summary>56 digits, like AWS's event ids and tokens.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Timestamp:D20}{Math.Max(Id, 0):D36}");

    public static bool TryParse(ReadOnlySpan<char> text, out LogPosition position)
    {
        position = default;
        if (text.Length != Digits || text.ContainsAnyExceptInRange('0', '9')
            || !long.TryParse(text[..TimestampDigits], out var timestamp) || !long.TryParse(text[TimestampDigits..], out var id))
            return false;

        position = new(timestamp, id);
        return true;
    }
}
