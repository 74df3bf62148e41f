using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace KmsLab.Sentinel.Http.Lists;

/// <summary>A place in a list that is in order of time, latest first: the element after which the next page begins.</summary>
/// <remarks>It names time and id, so what comes in front meanwhile moves nothing, and an element that is gone leaves its place.</remarks>
/// <param name="At">The element's instant.</param>
/// <param name="Id">Its id.</param>
internal readonly record struct PageCursor(DateTimeOffset At, string Id)
{
    /// <summary>So many are given at most.</summary>
    public const int MostAtOnce = 1000;

    /// <summary>Names what is wrong with the two parameters.</summary>
    public static IEnumerable<KeyValuePair<string, string[]>> Check(int? limit, string? cursor)
    {
        if (limit is < 1 or > MostAtOnce)
            yield return new("limit", [$"must be from 1 to {MostAtOnce}."]);
        if (cursor is not null && Parse(cursor) is null)
            yield return new("cursor", ["is none that this API has given. Begin without one, and follow the header Link."]);
    }

    /// <summary>Reads one; null when it is none.</summary>
    public static PageCursor? Parse(string text)
    {
        try
        {
            return Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(text)).Split('|', 2) is [var at, { Length: > 0 } id]
                && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
                    ? new(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), id)
                    : null;
        }
        catch (Exception garbled) when (garbled is FormatException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>Cuts a list to a page, and adds the way to the next one to the answer.</summary>
    /// <param name="http">The request, whose other parameters the way keeps.</param>
    /// <param name="found">The elements from the page's place on, and at least one more than the limit where there are.</param>
    /// <param name="at">An element's instant.</param>
    /// <param name="id">An element's id.</param>
    /// <param name="limit">So many; null for all.</param>
    public static IReadOnlyList<T> Page<T>(
        HttpContext http, IReadOnlyList<T> found, Func<T, DateTimeOffset> at, Func<T, string> id, int? limit)
    {
        if (limit is not { } most || found.Count <= most)
            return found;

        var page = found.Take(most).ToList();
        var next = new PageCursor(at(page[^1]), id(page[^1])).ToString();
        var query = http.Request.Query.Where(parameter => !parameter.Key.Equals("cursor", StringComparison.OrdinalIgnoreCase)).Append(new("cursor", next));
        http.Response.Headers.Link = $"<{http.Request.PathBase}{http.Request.Path}{QueryString.Create(query)}>; rel=\"next\"";
        return page;
    }

    public override string ToString() =>
        WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{At.ToUnixTimeMilliseconds()}|{Id}")));
}
