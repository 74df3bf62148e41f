namespace KmsLab.Sentinel.Jobs;

/// <summary>Failures in a row, and how long to wait after each: doubled each time up to a minute, with jitter, so that many clients don't come back at once.</summary>
internal sealed class FailureStreak
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    public int Length { get; private set; }

    /// <summary>One more failure.</summary>
    /// <returns>How long to wait: between half and the whole of the doubled time.</returns>
    public TimeSpan Failed()
    {
        Length++;
        var longest = Math.Min(First.TotalSeconds * Math.Pow(2, Math.Min(Length - 1, 16)), Longest.TotalSeconds);
        return TimeSpan.FromSeconds(longest * (0.5 + (Random.Shared.NextDouble() / 2)));
    }

    public void Ended() => Length = 0;
}
