using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>Somebody finds out what stolen credentials may do: many different things tried, none of them done.</summary>
/// <remarks>
/// A DryRun call always ends with DryRunOperationException where it would be allowed (https://docs.aws.amazon.com/kms/latest/developerguide/testing-permissions.html).
/// What counts is how many different things are tried: an application that lost one right repeats one call.
/// </remarks>
internal static class DryRunProbing
{
    public static DetectionDefinition Definition { get; } = new()
    {
        Id = "dry-run-probing",
        Title = "Somebody is finding out what they may do with KMS",
        Severity = Severity.Medium,
        Technique = "T1580",
        About = "DryRun calls and refusals across several operations or keys: enumeration with new credentials. Repeating one call that is refused is not that, and neither is what "
            + "an AWS service meets, by a service-linked role or on somebody's behalf. A refusal by a VPC endpoint's policy (VpceAccessDenied) is one.",
        Why = "{principal} tried {observed} different things within {window} that were DryRun or refused, last {operation} with {error} from {address}.",
        Tuning = "Auditing tools that try what they may read need an exception by principal.",
        Runbook =
        [
            "Is it a scanner or a new deployment that lacks rights? Then make an exception, or give the rights.",
            .. Reactions.StopPrincipal,
            .. Reactions.FollowCredentials,
        ],
        Defaults = new(DetectionMode.On, Threshold: 4, Window: TimeSpan.FromHours(1)),
        Measure = Measure.DistinctValues,
        Select = Select,
    };

    private static Selection? Select(Observation observation)
    {
        var isProbe = ErrorKinds.Of(observation) is ErrorKind.DryRun or ErrorKind.Refusal;
        return observation.IsKms && isProbe && !Principals.IsServiceLinked(observation.Principal)
            ? new(new DetectionGroup([new("principal", observation.Principal)]), $"{observation.Record.EventName} {string.Join(' ', observation.Record.KeyArns)}")
            : null;
    }
}
