namespace KmsLab.Sentinel.TrailHealth.Guard;

/// <summary>Somebody accepts a changed state as the new baseline. Kept for good: it is the audit of the baseline.</summary>
/// <param name="Id">Its own.</param>
/// <param name="At">When it was asked for, by the clock of the Sentinel that was asked.</param>
/// <param name="By">Who.</param>
/// <param name="Reason">Why, in their words.</param>
/// <param name="Facts">What they were shown and accept.</param>
internal sealed record GuardAcceptance(string Id, DateTimeOffset At, string By, string Reason, IReadOnlyList<GuardFact> Facts);
