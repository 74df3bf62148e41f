using System.Globalization;

namespace KmsLab.Sentinel.Dashboard;

/// <summary>
/// Writes times and numbers as the viewer's browser does, in its time zone. The server knows neither by itself: its container may have no data of any
/// culture or zone.
/// </summary>
public sealed class ViewerFormat
{
    private CultureInfo _culture = CultureInfo.InvariantCulture;
    private FormatAnswer _formats = FormatAnswer.Invariant;
    private IReadOnlyList<ZoneOffset> _offsets = [];

    /// <summary>Its time zone's name, such as <c>Europe/Madrid</c>.</summary>
    public string Zone { get; private set; } = "UTC";

    /// <summary>An instant on the viewer's clock.</summary>
    public DateTime Local(DateTimeOffset at) => at.UtcDateTime.AddMinutes(OffsetAt(at.ToUnixTimeMilliseconds()));

    /// <summary>Time of day for what is of today, the date before it otherwise.</summary>
    public string Moment(DateTimeOffset at, DateTimeOffset now)
    {
        var (local, today) = (Local(at), Local(now).Date);
        return local.ToString(local.Date == today ? _formats.Time : local.Year == today.Year ? _formats.Day : _formats.Date, _culture);
    }

    /// <summary>The time of day, to the minute.</summary>
    public string Minute(DateTimeOffset at) => Local(at).ToString(_formats.Minute, _culture);

    /// <summary>A day of the week.</summary>
    public string Weekday(DateTimeOffset at) => Local(at).ToString(_formats.Weekday, _culture);

    /// <summary>A day of the week and the time of day.</summary>
    public string WeekdayMinute(DateTimeOffset at) => Local(at).ToString(_formats.WeekdayMinute, _culture);

    /// <summary>A whole number.</summary>
    public string Number(long number) => number.ToString("N0", _culture);

    /// <summary>A number with so many digits behind the point, where they are not zero.</summary>
    public string Number(double number, int digits = 1) => number.ToString($"#,0.{new string('#', digits)}", _culture);

    /// <summary>Takes what <c>js/viewer.js</c> answers, once for each page that is opened.</summary>
    internal void Take(ViewerAnswer viewer)
    {
        (Zone, _offsets, _formats) = (viewer.Zone, viewer.Offsets, viewer.Formats);
        _culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        _culture.NumberFormat.NumberGroupSeparator = _formats.Group;
        _culture.NumberFormat.NumberDecimalSeparator = _formats.Decimal;
        _culture.DateTimeFormat.AbbreviatedDayNames = [.. _formats.Weekdays];
        _culture.DateTimeFormat.AbbreviatedMonthNames = _culture.DateTimeFormat.AbbreviatedMonthGenitiveNames = [.. _formats.Months, ""];
    }

    private double OffsetAt(long at)
    {
        var minutes = _offsets is [var first, ..] ? first.Minutes : 0;
        foreach (var offset in _offsets.TakeWhile(offset => offset.From <= at))
            minutes = offset.Minutes;
        return minutes;
    }
}

/// <summary>What a browser knows of its viewer.</summary>
/// <param name="Zone">The time zone's name.</param>
/// <param name="Offsets">The zone over the time that the page may show.</param>
/// <param name="Formats">How the browser's Intl writes.</param>
/// <param name="Name">The name that the viewer gave where nobody has to sign in; null for none.</param>
internal sealed record ViewerAnswer(string Zone, IReadOnlyList<ZoneOffset> Offsets, FormatAnswer Formats, string? Name)
{
    /// <summary>As far back as the history of alarms is kept by default.</summary>
    public const int DaysBack = 400;

    /// <summary>As far ahead as a silence may reach by default.</summary>
    public const int DaysAhead = 31;
}

/// <summary>From an instant on (Unix milliseconds), so many minutes ahead of UTC.</summary>
internal sealed record ZoneOffset(double From, double Minutes);

/// <summary>Separators, names and patterns (.NET's custom date formats) of the browser's Intl.</summary>
internal sealed record FormatAnswer(
    string Group, string Decimal, IReadOnlyList<string> Weekdays, IReadOnlyList<string> Months, string Time, string Minute, string Day, string Date, string Weekday, string WeekdayMinute)
{
    public static FormatAnswer Invariant { get; } = new(
        ",", ".", CultureInfo.InvariantCulture.DateTimeFormat.AbbreviatedDayNames, CultureInfo.InvariantCulture.DateTimeFormat.AbbreviatedMonthNames[..12],
        "HH:mm:ss", "HH:mm", "MMM d, HH:mm", "MMM d yyyy, HH:mm", "ddd d", "ddd d MMM, HH:mm");
}
