namespace KmsLab.Sentinel.Publishing;

/// <summary>The section <c>Sentinel:Notifications</c>: who is told, and how hard it is tried.</summary>
internal sealed class NotificationOptions
{
    public const string Section = "Sentinel:Notifications";

    /// <summary>What is not sent by then is given up, visibly.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>The longest pause between two attempts, whatever the receiver asks for.</summary>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>No channel may take longer over one attempt.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    public IEnumerable<string> Validate()
    {
        if (GiveUpAfter <= TimeSpan.Zero)
            yield return $"{Section}:GiveUpAfter must be more than zero, for instance 1.00:00:00 for a day";
        if (LongestPause <= TimeSpan.Zero)
            yield return $"{Section}:LongestPause must be more than zero, for instance 00:15:00";
        if (SendTimeout <= TimeSpan.Zero)
            yield return $"{Section}:SendTimeout must be more than zero, for instance 00:00:30";
    }
}
