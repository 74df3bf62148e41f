using System.Text.Json;
using KmsLab.Sentinel.Policies;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>A protected key is made useless, or the application is led to another one.</summary>
/// <remarks>https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html: a deleted key takes everything with it that was encrypted under it.</remarks>
internal static class KeyTampering
{
    public static DetectionDefinition Definition { get; } = new()
    {
        Id = "key-tampering",
        Title = "A protected key was disabled, deleted or exchanged",
        Severity = Severity.Critical,
        Technique = "T1485",
        About = "What makes data unreadable, or sends new data elsewhere: disabling a key or scheduling its deletion, deleting or replacing imported material, switching rotation off, "
            + "pointing an alias of the key elsewhere, changing tags that decide who may use it, changing custom key stores. Refused attempts count, too.",
        Why = "{principal} changed a key of {set} from {address}: {detail}.",
        Tuning = "Name the set's Aliases: until then an alias of its account and Region counts when nobody knows where it pointed. Changes of aliases and tags by the set's Deployers don't count; whatever destroys a key always does. Use an exception with an end for a planned deletion.",
        Runbook =
        [
            "A scheduled deletion waits 7 to 30 days. Undo it, and enable the key: it stays disabled after a cancelled deletion.",
            .. Reactions.RestoreKey,
            "aws kms enable-key-rotation --key-id {key}",
            "aws kms list-aliases --key-id {key}",
            "aws kms list-resource-tags --key-id {key}",
            .. Reactions.StopPrincipal,
            .. Reactions.FollowCredentials,
        ],
        Defaults = new(DetectionMode.On, Threshold: 1, Window: TimeSpan.FromHours(1)),
        Select = Select,
    };

    private static Selection? Select(Observation observation)
    {
        if (!observation.IsKms || !Attempt.Counts(observation) || SetOf(observation) is not { } set)
            return null;

        var what = Destroys(observation) ?? (Principals.IsAmong(observation.Principal, set.Deployers) ? null : Redirects(observation, set));
        return what is null ? null : new(new DetectionGroup([new("set", set.Name), new("principal", observation.Principal)]), Detail: Attempt.Describe(observation, what));
    }

    /// <summary>Custom key stores stand for all keys that might be in them; an alias for the key that it pointed to.</summary>
    private static ProtectedSet? SetOf(Observation observation) => observation.Record.EventName switch
    {
        "UpdateAlias" or "DeleteAlias" when observation.Set is null => observation.AliasSet,
        "DeleteCustomKeyStore" or "DisconnectCustomKeyStore" or "UpdateCustomKeyStore" => observation.Sets.Count > 0 ? observation.Sets[0] : null,
        _ => observation.Set,
    };

    private static string? Destroys(Observation observation) => observation.Record.EventName switch
    {
        "DisableKey" => "the key was disabled",
        "ScheduleKeyDeletion" => $"the key is to be deleted after {PolicyJson.Text(Observation.Member(observation.Parameters, "pendingWindowInDays")) ?? "30"} days",
        "DeleteImportedKeyMaterial" => "the imported key material was deleted",
        "ImportKeyMaterial" => "key material was imported",
        "DisableKeyRotation" => "rotation was switched off",
        "UpdatePrimaryRegion" => "another Region became the primary one",
        "DeleteCustomKeyStore" or "DisconnectCustomKeyStore" or "UpdateCustomKeyStore" => $"{observation.Record.EventName} on the key store {observation.Parameter("customKeyStoreId")}",
        _ => null,
    };

    private static string? Redirects(Observation observation, ProtectedSet set) => observation.Record.EventName switch
    {
        "DeleteAlias" => $"{observation.Parameter("aliasName") ?? "an alias"} was deleted",
        "UpdateAlias" => $"{observation.Parameter("aliasName") ?? "an alias"} was pointed to {observation.Parameter("targetKeyId") ?? "another key"}",
        "UntagResource" when Deciding(observation, set, PolicyJson.Texts(Observation.Member(observation.Parameters, "tagKeys"))) => "tags were taken away",
        // The application tags its keys at their making; the set's own tag only puts more keys under guard.
        "TagResource" when !(set.Tag is { } tag && TagsOf(observation.Parameters).All(other => other == tag))
            && Deciding(observation, set, TagsOf(observation.Parameters).Select(NameOf)) => "tags were changed",
        _ => null,
    };

    /// <summary>
    /// Whether one of the tags decides something: it puts keys into a set, or the key's policy goes by it. Tags about cost or owners are everyday life. A refused
    /// call's record may not say which tags it was about.
    /// </summary>
    private static bool Deciding(Observation observation, ProtectedSet set, IEnumerable<string> names)
    {
        var touched = names.ToList();
        return touched.Count == 0
            || touched.Any(name => set.Tag is { } tag && name == NameOf(tag) || observation.DecidingTags.Contains(name, StringComparer.OrdinalIgnoreCase));
    }

    private static string NameOf(string tag) => tag.Split('=')[0];

    private static IEnumerable<string> TagsOf(JsonElement parameters) => PolicyJson.Each(Observation.Member(parameters, "tags"))
        .Select(tag => $"{PolicyJson.Text(Observation.Member(tag, "tagKey"))}={PolicyJson.Text(Observation.Member(tag, "tagValue"))}");
}
