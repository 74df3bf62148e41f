namespace KmsLab.Sentinel.Publishing;

/// <summary>Checks addresses that something is sent to.</summary>
internal static class Addresses
{
    /// <summary>Names what is wrong with an address, and never the address: its path or query may be secret.</summary>
    /// <param name="at">The setting.</param>
    /// <param name="address">Its value.</param>
    /// <param name="allowHttp">Whether http to another machine is allowed; to this one it always is.</param>
    /// <param name="otherwise">The way to allow it, in words; empty where there is none.</param>
    public static IEnumerable<string> Check(string at, string address, bool allowHttp = false, string otherwise = "")
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            yield return $"{at} must be an address such as https://hooks.example.com/alarms";
        else if (url.UserInfo.Length > 0)
            yield return $"{at} has a user name or password in it, which HTTP would not send: take them out";
        else if (url.Scheme == "http" && !url.IsLoopback && !allowHttp)
            yield return $"{at} is http: use https{otherwise}";
    }
}
