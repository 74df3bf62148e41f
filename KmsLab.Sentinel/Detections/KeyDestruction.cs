using KmsLab.Sentinel.Policies;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>Any customer key of the account is made useless, in a set or not.</summary>
/// <remarks>
/// For accounts that have no protected set yet, as the CIS benchmark's alarm 'disabling or scheduled deletion of customer created CMKs' is. Keys of a set
/// are key-tampering's, which is on by default and looks at more.
/// </remarks>
internal static class KeyDestruction
{
    public static DetectionDefinition Definition { get; } = new()
    {
        Id = "key-destruction",
        Title = "A customer key was disabled or is to be deleted",
        Severity = Severity.High,
        Technique = "T1485",
        About = "Any customer key of the account, outside of every protected set: disabled, scheduled for deletion, or its imported material deleted. Refused attempts count, too. "
            + "Off by default: test keys come and go in most accounts. Switch it on where no set is named, or where keys must not go away.",
        Why = "{principal} from {address} called {operation} on {key}: {detail}.",
        Tuning = "Exceptions by principal for whoever makes and deletes test keys. Keys that matter belong in a protected set: key-tampering then guards them.",
        Runbook =
        [
            "A scheduled deletion waits 7 to 30 days. Undo it, and enable the key: it stays disabled after a cancelled deletion.",
            .. Reactions.RestoreKey,
            .. Reactions.StopPrincipal,
            .. Reactions.FollowCredentials,
        ],
        Defaults = new(DetectionMode.Off, Threshold: 1, Window: TimeSpan.FromHours(1)),
        Select = Select,
    };

    private static Selection? Select(Observation observation)
    {
        if (!observation.IsKms || observation.Set is not null || !Attempt.Counts(observation))
            return null;

        var what = observation.Record.EventName switch
        {
            "DisableKey" => "the key was disabled",
            "ScheduleKeyDeletion" => $"the key is to be deleted after {PolicyJson.Text(Observation.Member(observation.Parameters, "pendingWindowInDays")) ?? "30"} days",
            "DeleteImportedKeyMaterial" => "the imported key material was deleted",
            _ => null,
        };
        return what is null
            ? null
            : new(
                new DetectionGroup([new("account", observation.Record.RecipientAccountId ?? "unknown"), new("principal", observation.Principal)]),
                Detail: Attempt.Describe(observation, what));
    }
}
