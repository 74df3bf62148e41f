namespace KmsLab.Sentinel.TrailHealth.Canary;

/// <summary>The canary, as <c>/api/status</c> answers it.</summary>
/// <param name="KeyArn">Its key.</param>
/// <param name="LastCalledAt">When the last call was made; null before the first.</param>
/// <param name="LastOutcome">How it ended: unknown, answered or failed.</param>
/// <param name="ClockSkewSeconds">How far KMS's clock is ahead of Sentinel's, to a second or so.</param>
/// <param name="Problem">Why no call can be made.</param>
/// <param name="HistoryProblem">Why the event history, where a missing canary is looked for, can't be read.</param>
internal sealed record CanaryStatus(
    string? KeyArn, DateTimeOffset? LastCalledAt, string? LastOutcome, double? ClockSkewSeconds, string? Problem, string? HistoryProblem);

/// <summary>How a source delivers, as its canaries say.</summary>
/// <param name="Source">Which.</param>
/// <param name="LagSeconds">From the call of the newest canary that came back to the sight of its record.</param>
/// <param name="CompleteUntil">Event time of the newest canary known to be through.</param>
/// <param name="Outstanding">Answered calls later than that one: on their way, or kept from it.</param>
/// <param name="Bypassed">Of all kept calls, those that only the event history has.</param>
internal sealed record DeliveryStatus(string Source, double? LagSeconds, DateTimeOffset? CompleteUntil, long Outstanding, long Bypassed);
