using Microsoft.AspNetCore.Http.HttpResults;

namespace KmsLab.Sentinel.Access;

/// <summary>Where a link or a form wants to go back to: within Sentinel only, for an address elsewhere would make the login a bait.</summary>
internal static class LocalPath
{
    private const int MaxLength = 2048;

    /// <summary>The path that was asked for, or the first page's. It becomes a header, which takes printable ASCII alone.</summary>
    public static string Of(string? asked) =>
        asked is { Length: <= MaxLength } and ['/', ..] && asked.All(char.IsAscii) && RedirectHttpResult.IsLocalUrl(asked) ? asked : "~/";
}
