namespace KmsLab.Sentinel.TrailHealth.Guard;

/// <summary>The trail guard, as <c>/api/status</c> answers it.</summary>
/// <param name="LastLookAt">When it looked last; null on a standby.</param>
/// <param name="Departures">What is not as it was accepted.</param>
/// <param name="Problems">Calls of its own that did not succeed, with the IAM action that is missing.</param>
/// <param name="Baseline">What is watched, and how it is accepted to be.</param>
/// <param name="Acceptances">Who accepted what, the latest first.</param>
internal sealed record GuardStatus(
    DateTimeOffset? LastLookAt, IReadOnlyList<DepartureStatus> Departures, IReadOnlyList<GuardProblem> Problems, IReadOnlyList<GuardFact> Baseline, IReadOnlyList<GuardAcceptance> Acceptances);

/// <summary>Something that is not as it was accepted; <c>difference</c> says it in words.</summary>
internal sealed record DepartureStatus(string Resource, string Aspect, string Expected, string Seen, DateTimeOffset Since, string Difference);
