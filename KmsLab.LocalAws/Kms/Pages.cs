using System.Text;

namespace KmsLab.LocalAws.Kms;

/// <summary>Cuts a sorted listing into pages. The marker names the last item given, so that additions and removals between pages lose nothing.</summary>
internal static class Pages
{
    /// <param name="items">Sorted by <paramref name="name"/>, ordinally.</param>
    /// <param name="name">An item's name, unique in the listing.</param>
    /// <param name="request">The page asked for.</param>
    /// <param name="defaultLimit">How many items a page has when none is asked for.</param>
    /// <exception cref="Wire.AwsException">InvalidMarkerException: not a marker that we gave.</exception>
    public static (List<T> Page, string? NextMarker) Cut<T>(IReadOnlyList<T> items, Func<T, string> name, ListRequest request, int defaultLimit)
    {
        var after = request.Marker is { } marker ? Decode(marker) : null;
        var rest = after is null ? items : items.Where(item => string.CompareOrdinal(name(item), after) > 0);
        var limit = request.Limit ?? defaultLimit;
        var page = rest.Take(limit + 1).ToList();
        if (page.Count <= limit)
            return (page, null);

        page.RemoveAt(limit);
        return (page, Convert.ToBase64String(Encoding.UTF8.GetBytes("kms:" + name(page[^1]))));
    }

    private static string Decode(string marker)
    {
        var bytes = new byte[marker.Length];
        if (!Convert.TryFromBase64String(marker, bytes, out var length) || Encoding.UTF8.GetString(bytes, 0, length) is not ['k', 'm', 's', ':', .. var name])
            throw KmsErrors.InvalidMarker();
        return name;
    }
}
