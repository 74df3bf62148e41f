using System.Globalization;
using KmsLab.Sentinel.Policies;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>Data is encrypted anew under a key that somebody else can take away.</summary>
/// <remarks>
/// The keys of ransom: another account's, one made for the purpose, one whose material came from outside and can be deleted at once. S3 and EBS encrypt in
/// the caller's name, so what services do on somebody's behalf counts like his own calls.
/// </remarks>
internal static class RansomPattern
{
    public static DetectionDefinition Definition { get; } = new()
    {
        Id = "ransom-pattern",
        Title = "Data is being encrypted under a foreign or new key, or key material comes from outside",
        Severity = Severity.Critical,
        Technique = "T1486",
        About = "Many Encrypt, ReEncrypt or GenerateDataKey calls by one principal under one key that belongs to another account or was made within a day, direct or through services such as S3. "
            + "Key material that is imported, a key made for imported or external material, and an external key store raise it at once: such material can be taken away at once.",
        Why = "{principal} used {key} from {address}: {detail}; {observed} times within {window}.",
        Tuning = "A new application with much traffic looks the same in its first day: make an exception for its key, with an end. Name accounts whose keys you use in TrustedAccounts of a set.",
        Runbook =
        [
            "Stop the writing first: what is encrypted under a foreign key is lost without its owner.",
            .. Reactions.StopPrincipal,
            "If the key is yours, keep it: don't let it be deleted, and don't let its material expire.",
            .. Reactions.RestoreKey,
            "Are there versions or backups from before {first}? Restore from these.",
            .. Reactions.FollowCredentials,
        ],
        Defaults = new(DetectionMode.On, Threshold: 100, Window: TimeSpan.FromMinutes(10)),
        Select = Select,
    };

    private static Selection? Select(Observation observation)
    {
        if (!observation.IsKms || !observation.Succeeded)
            return null;

        return External(observation) is { } external
            ? new(GroupOf(observation), Detail: external, IsEnough: true)
            : Suspicious(observation) is { } reason ? new(GroupOf(observation), Detail: reason) : null;
    }

    private static DetectionGroup GroupOf(Observation observation) =>
        new([new("key", observation.Record.KeyArns.Count > 0 ? observation.Record.KeyArns[^1] : "unknown"), new("principal", observation.Principal)]);

    private static string? External(Observation observation) => observation.Record.EventName switch
    {
        "ImportKeyMaterial" => "key material was imported",
        "CreateKey" when observation.Parameter("origin") is "EXTERNAL" => "a key for imported material was made",
        "CreateKey" when observation.Parameter("origin") is "EXTERNAL_KEY_STORE" => "a key outside AWS was made",
        "CreateCustomKeyStore" when observation.Parameter("customKeyStoreType") == "EXTERNAL_KEY_STORE" => "a key store outside AWS was made",
        _ => null,
    };

    /// <summary>A protected key is nobody's ransom: what uses it is watched by the other detections.</summary>
    private static string? Suspicious(Observation observation)
    {
        if (observation.Set is not null || observation.Record is not { KeyArns: [.., var key], EventName: var operation } || !IsEncryption(operation))
            return null;

        var through = observation.Record.Identity.InvokedBy is { } service ? $" through {service}" : "";
        if (IsForeign(observation, key))
            return $"{operation}{through} under a key of the account {Audience.AccountOfArn(key)}";
        return observation.KeyMadeAt is { } made
            ? string.Create(CultureInfo.InvariantCulture, $"{operation}{through} under a key made at {made.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}")
            : null;
    }

    private static bool IsEncryption(string operation) => operation is "Encrypt" or "ReEncrypt" || operation.StartsWith("GenerateDataKey", StringComparison.Ordinal);

    /// <summary>Of two records of a cross-account call, the caller's account gets the one that matters here.</summary>
    private static bool IsForeign(Observation observation, string key) =>
        Audience.AccountOfArn(key) is { } account && observation.Record.RecipientAccountId is { } home && account != home
        && observation.Sets.All(set => !set.TrustedAccounts.Contains(account));
}
