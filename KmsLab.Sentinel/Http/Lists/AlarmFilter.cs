using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Publishing;
using KmsLab.ServiceDefaults.Settings;

namespace KmsLab.Sentinel.Http.Lists;

/// <summary>The alarms to show, the latest change first.</summary>
/// <param name="State">Only alarms in this state: OK, ALARM or INSUFFICIENT_DATA.</param>
/// <param name="Detection">Only alarms of this detection.</param>
/// <param name="From">Only alarms whose records reach to this instant, or beyond.</param>
/// <param name="To">Only alarms whose records begin before this instant.</param>
/// <param name="Limit">So many at most; the header Link has the way to the next ones.</param>
/// <param name="Cursor">The place after which to go on: from the header Link, not to be made by hand.</param>
internal sealed record AlarmFilter(string? State, string? Detection, DateTimeOffset? From, DateTimeOffset? To, int? Limit, string? Cursor)
{
    private static readonly AlarmState[] States = Enum.GetValues<AlarmState>();

    /// <summary>Names what is wrong with it, by parameter.</summary>
    public IEnumerable<KeyValuePair<string, string[]>> Check(IReadOnlyCollection<string> detections)
    {
        var words = States.Select(NotificationText.WordOf).ToList();
        if (State is not null && !words.Contains(State))
            yield return new("state", [$"must be one of {string.Join(", ", words)}{NearestName.Question(State, words)}"]);
        if (Detection is not null && !detections.Contains(Detection))
            yield return new("detection", [$"is no detection{NearestName.Question(Detection, detections)} GET /api/detections lists them."]);
        if (From >= To)
            yield return new("from", ["must be before to."]);
        foreach (var error in PageCursor.Check(Limit, Cursor))
            yield return error;
    }

    /// <summary>
    /// The listing that it asks for, and one more, by which the page knows whether there is a next one. It must have been checked.
    /// </summary>
    public AlarmListing ToListing()
    {
        AlarmState? state = State is null ? null : States.First(one => NotificationText.WordOf(one) == State);
        var after = Cursor is { } cursor && PageCursor.Parse(cursor) is { } place ? (place.At, place.Id) : default((DateTimeOffset, string)?);
        return new(state, Detection, From, To, after, Limit + 1);
    }
}
