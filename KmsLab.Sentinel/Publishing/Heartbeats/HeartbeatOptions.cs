namespace KmsLab.Sentinel.Publishing.Heartbeats;

/// <summary>How an address is called.</summary>
internal enum HeartbeatMethod
{
    /// <summary>GET.</summary>
    Get,

    /// <summary>POST without a body.</summary>
    Post,
}

/// <summary>
/// The section <c>Sentinel:Notifications:Heartbeat</c>: a dead man's switch outside the account, such as healthchecks.io. Whoever stops Sentinel, or deletes
/// the account's alarms, does not stop that.
/// </summary>
internal sealed class HeartbeatOptions
{
    public const string Section = $"{NotificationOptions.Section}:Heartbeat";

    /// <summary>The address to call, which may be secret beyond its host; without one nothing is called.</summary>
    public string Url { get; set; } = "";

    /// <summary>A file with the address, in place of <see cref="Url"/>.</summary>
    public string? UrlFile { get; set; }

    /// <summary>How it is called.</summary>
    public HeartbeatMethod Method { get; set; } = HeartbeatMethod.Get;

    /// <summary>Time from one call to the next. The other side should wait for three before it alarms.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);

    public string ReadUrl() => SecretText.Of(Url, UrlFile);

    public IEnumerable<string> Validate()
    {
        foreach (var error in SecretText.Check($"{Section}:Url", Url, UrlFile))
            yield return error;
        if (ReadUrl() is { Length: > 0 } url)
        {
            foreach (var error in Addresses.Check($"{Section}:Url", url))
                yield return error;
        }

        if (Interval < TimeSpan.FromSeconds(1))
            yield return $"{Section}:Interval must be at least 1s";
        if (!Enum.IsDefined(Method))
            yield return $"{Section}:Method must be Get or Post";
    }
}
