using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;

namespace KmsLab.LocalAws.Metrics;

/// <summary>Tells when a mute rule mutes: from the times of its expression, for as long as its duration.</summary>
internal sealed partial class MuteSchedule
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(15);
    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private readonly TimeSpan _duration;
    private readonly TimeZoneInfo _zone;
    private readonly DateTimeOffset? _once;
    private readonly Field[] _cron = [];

    private MuteSchedule(string expression, string duration, string? zone)
    {
        _zone = TimeZoneInfo.TryFindSystemTimeZoneById(zone ?? "UTC", out var found) ? found : throw Wrong($"{zone} is no time zone");
        _duration = Iso().IsMatch(duration) ? XmlConvert.ToTimeSpan(duration) : TimeSpan.Zero;
        if (_duration < Shortest || _duration > Longest)
            throw Wrong($"the duration {duration} is not from PT1M to P15D");
        if (At().Match(expression) is { Success: true } at)
        {
            _once = DateTime.TryParseExact(at.Groups[1].Value, "yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) && !_zone.IsInvalidTime(time)
                ? new(time, _zone.GetUtcOffset(time))
                : throw Wrong($"{expression} is no time");
        }
        else
        {
            _cron = Cron().Match(expression) is { Success: true } cron ? Fields(cron.Groups[1].Value) : throw Wrong($"{expression} is neither cron(Minutes Hours Day-of-month Month Day-of-week) nor at(yyyy-MM-ddThh:mm)");
        }
    }

    /// <summary>True for a single time.</summary>
    public bool IsOnce => _once is not null;

    /// <summary>Reads a schedule.</summary>
    /// <exception cref="Wire.AwsException">ValidationError.</exception>
    public static MuteSchedule Parse(MuteRuleSchedule schedule) => new(schedule.Expression!, schedule.Duration!, schedule.Timezone);

    /// <summary>Tells whether it mutes at a time.</summary>
    public bool IsActive(DateTimeOffset now)
    {
        if (_once is { } once)
            return now >= once && now < once + _duration;
        var minute = now.AddTicks(-(now.UtcTicks % TimeSpan.TicksPerMinute));
        for (var begin = minute; begin > now - _duration; begin -= Shortest)
        {
            if (Begins(TimeZoneInfo.ConvertTime(begin, _zone)))
                return true;
        }

        return false;
    }

    /// <summary>Tells whether it never mutes again.</summary>
    public bool IsOver(DateTimeOffset now) => _once is { } once && now >= once + _duration;

    // As in every cron: where both days are told, either will do.
    private bool Begins(DateTimeOffset time)
    {
        var (dayOfMonth, dayOfWeek) = (_cron[2].Has(time.Day), _cron[4].Has((int)time.DayOfWeek));
        var isDay = _cron[2].IsAny || _cron[4].IsAny ? dayOfMonth && dayOfWeek : dayOfMonth || dayOfWeek;
        return isDay && _cron[0].Has(time.Minute) && _cron[1].Has(time.Hour) && _cron[3].Has(time.Month);
    }

    private static Field[] Fields(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var minutes, var hours, var days, var months, var weekdays]
        ? [Field.Parse(minutes, 0, 59, []), Field.Parse(hours, 0, 23, []), Field.Parse(days, 1, 31, []), Field.Parse(months, 1, 12, Months), Field.Parse(weekdays, 0, 6, Days)]
        : throw Wrong($"cron({text}) has not five fields");

    private static Wire.AwsException Wrong(string why) => CloudWatchErrors.Validation($"The schedule is not valid: {why}.");

    [GeneratedRegex(@"^cron\((.+)\)$")]
    private static partial Regex Cron();

    [GeneratedRegex(@"^at\((.+)\)$")]
    private static partial Regex At();

    [GeneratedRegex(@"^P(?=.)(\d{1,2}D)?(T(?=\d)(\d{1,3}H)?(\d{1,5}M)?)?$")]
    private static partial Regex Iso();

    /// <summary>The values of one field of a cron expression.</summary>
    private sealed record Field(ulong Values, bool IsAny)
    {
        public bool Has(int value) => (Values & (1UL << value)) != 0;

        public static Field Parse(string text, int min, int max, string[] names)
        {
            if (text == "*")
                return new(ulong.MaxValue, true);
            var values = 0UL;
            foreach (var part in text.Split(','))
            {
                var ends = part.Split('-');
                var (from, to) = (Value(ends[0]), Value(ends[^1]));
                if (ends.Length > 2 || from > to)
                    throw Wrong($"{part} is no range");
                for (var value = from; value <= to; value++)
                    values |= 1UL << value;
            }

            return new(values, false);

            int Value(string item)
            {
                var name = Array.FindIndex(names, candidate => candidate.Equals(item, StringComparison.OrdinalIgnoreCase));
                if (name >= 0)
                    return name + min;
                return int.TryParse(item, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
                    ? number
                    : throw Wrong($"{item} is not from {min} to {max}");
            }
        }
    }
}
