using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>A call with one proof succeeds again and again, within what an SDK's retries look like.</summary>
/// <remarks>
/// An SDK repeats a call that failed. That one succeeded and is repeated happens when its answer was lost on the way; twice in a row it hardly ever does.
/// Whoever sits beside the application, with its credentials and its address, can repeat its calls within 30 s and look like that.
/// </remarks>
internal static class RepeatedProof
{
    public static DetectionDefinition Definition { get; } = new()
    {
        Id = "repeated-proof",
        Title = "Calls of the application succeed more than once",
        Severity = Severity.High,
        Technique = "T1550",
        About = "One proof, one call. Within 30 s, from the same address and with the same credentials, a second record with the same proof is taken for an SDK's retry (see replayed-attestation); "
            + "but an SDK repeats only what failed, or what it had no answer to. A third success of one call fires at once; single repetitions of calls that had succeeded are counted, for networks lose answers. "
            + "What is not found: one repetition of a call here and there by somebody with the application's address and credentials.",
        Why = "{principal} repeated calls on keys of {set} that had succeeded, {observed} times, last {operation} from {address}: {detail}.",
        Tuning = "Where connections to KMS break often, answers get lost: raise Threshold.",
        Runbook =
        [
            "Did the application log lost connections or timeouts to KMS at that time? Then it may have been the SDK.",
            "If not, somebody on its host, or behind its address, repeats its requests: isolate the host before you look.",
            .. Reactions.StopPrincipal,
            .. Reactions.FollowCredentials,
        ],
        Defaults = new(DetectionMode.On, Threshold: 5, Window: TimeSpan.FromHours(1)),
        Select = observation => observation is { Repetitions: > 0, Set: { } set }
            ? new(new DetectionGroup([new("set", set.Name), new("principal", observation.Principal)]), Detail: Describe(observation.Repetitions), IsEnough: observation.Repetitions > 1)
            : null,
    };

    private static string Describe(int repetitions) => repetitions == 1 ? "the same call had succeeded already" : $"the same call had succeeded {repetitions} times already";
}
