using KmsLab.Sentinel.Queries;
using KmsLab.ServiceDefaults.Settings;

namespace KmsLab.Sentinel.Http.Lists;

/// <summary>The silences to show, the one that ends last first.</summary>
/// <param name="State">Only silences in this state: pending, active or expired.</param>
/// <param name="Limit">So many at most; the header Link has the way to the next ones.</param>
/// <param name="Cursor">The place after which to go on: from the header Link, not to be made by hand.</param>
internal sealed record SilenceFilter(string? State, int? Limit, string? Cursor)
{
    private static readonly string[] States = ["pending", "active", "expired"];

    /// <summary>Names what is wrong with it, by parameter.</summary>
    public IEnumerable<KeyValuePair<string, string[]>> Check()
    {
        if (State is not null && !States.Contains(State))
            yield return new("state", [$"must be one of {string.Join(", ", States)}{NearestName.Question(State, States)}"]);
        foreach (var error in PageCursor.Check(Limit, Cursor))
            yield return error;
    }

    /// <summary>Chooses those that it asks for, from the cursor's place on. It must have been checked.</summary>
    public IReadOnlyList<SilenceAnswer> Of(IEnumerable<SilenceAnswer> silences)
    {
        var after = Cursor is null ? null : PageCursor.Parse(Cursor);
        return
        [
            .. silences.Where(silence => State is null || silence.State == State)
                .OrderByDescending(silence => silence.Ends.ToUnixTimeMilliseconds()).ThenBy(silence => silence.Id, StringComparer.Ordinal)
                .Where(silence => after is not { } place || IsAfter(silence, place)),
        ];
    }

    private static bool IsAfter(SilenceAnswer silence, PageCursor place) => silence.Ends.ToUnixTimeMilliseconds().CompareTo(place.At.ToUnixTimeMilliseconds()) switch
    {
        0 => string.CompareOrdinal(silence.Id, place.Id) > 0,
        var order => order < 0,
    };
}
