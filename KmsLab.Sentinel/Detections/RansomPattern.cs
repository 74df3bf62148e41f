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
        About = "A principal encrypts (Encrypt, ReEncrypt, GenerateDataKey, direct or through services such as S3) under a key of another account for the first time, or re-encrypts data or whole buckets under "
            + "a key that it has just made itself: once is enough. Otherwise it is many such calls under foreign keys, or keys made within a day, summed over all keys; 40 where it made the key itself. A call for a "
            + "whole bucket (S3 Bucket Keys) stands for thousands, and is enough under a foreign key, and under one that was made within a day unless the bucket is as new or a Deployer made the key. Foreign keys that were in use in the learning period (7 days from the first record), or for 7 days since, are usual and quiet; within "
            + "that period what services encrypt object by object is only learned. "
            + "Key material that is imported, a key made for imported or external material, and an external key store raise it at once: such material can be taken away at once.",
        Why = "{principal} used {key} from {address}: {detail}; {observed} times within {window}.",
        Tuning = "A new application with much traffic looks the same in its first day: make an exception for its key, with an end. Name accounts whose keys you use in TrustedAccounts of a set: an organisation's central "
            + "key with Bucket Keys would otherwise be told of in each of the first seven days.",
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

    /// <summary>So many encryptions, within the window, under a key that the caller made: nobody is trying it out.</summary>
    private const int FewOfOwn = 40;

    private static Selection? Select(Observation observation)
    {
        if (!observation.IsKms || !observation.Succeeded)
            return null;

        return External(observation) is { } external
            ? new(Group(observation), Detail: external, IsEnough: true)
            : Suspicious(observation) is var (reason, isEnough) ? new(Group(observation), Detail: reason, IsEnough: isEnough) { Threshold = IsOwnMaking(observation) ? FewOfOwn : null } : null;
    }

    /// <summary>By principal: whoever spreads what he does over many keys does as much.</summary>
    private static DetectionGroup Group(Observation observation) => new([new("principal", observation.Principal)]);

    private static string? External(Observation observation) => observation.Record.EventName switch
    {
        "ImportKeyMaterial" => "key material was imported",
        "CreateKey" when observation.Parameter("origin") is "EXTERNAL" => "a key for imported material was made",
        "CreateKey" when observation.Parameter("origin") is "EXTERNAL_KEY_STORE" => "a key outside AWS was made",
        "CreateCustomKeyStore" when observation.Parameter("customKeyStoreType") == "EXTERNAL_KEY_STORE" => "a key store outside AWS was made",
        _ => null,
    };

    /// <summary>A protected key is nobody's ransom: what uses it is watched by the other detections.</summary>
    private static (string Reason, bool IsEnough)? Suspicious(Observation observation)
    {
        if (observation.Set is not null || observation.Record is not { KeyArns: [.., var key], EventName: var operation } || !IsEncryption(operation))
            return null;

        var service = observation.Record.Identity.InvokedBy;
        var what = $"{operation}{(service is null ? "" : $" through {service}")}{(IsWholeBucket(observation) ? " for a whole bucket" : "")}";
        if (IsForeign(observation, key))
            return Foreign(observation, $"{what} under a key of the account {Audience.AccountOfArn(key)}");
        if (observation.KeyMadeAt is not { } made)
            return null;

        var isOwn = IsOwnMaking(observation);
        var isEnough = isOwn && operation == "ReEncrypt" || IsWholeBucket(observation) && (isOwn || !IsOrdinary(observation));
        return ($"{what} under a key {(isOwn ? "that it made itself" : "made")} at {Instants.Text(made)}", isEnough);
    }

    private static bool IsOwnMaking(Observation observation) => observation is { KeyMadeAt: not null, KeyMaker: { } maker } && maker == observation.Principal;

    /// <summary>A new key for a new bucket, or by somebody who deploys: an application begins. A new key for a bucket that was there before encrypts anew what is in it.</summary>
    private static bool IsOrdinary(Observation observation) => observation.IsNewBucket || observation.KeyMaker is { } maker && observation.Sets.Any(set => Principals.IsAmong(maker, set.Deployers));

    private static (string Reason, bool IsEnough)? Foreign(Observation observation, string what) => observation.ForeignUse switch
    {
        ForeignUse.Usual => null,
        ForeignUse.First => ($"{what} for the first time", true),
        ForeignUse.Learning when observation.Record.Identity.InvokedBy is not null && !IsWholeBucket(observation) => null,
        _ => (what, IsWholeBucket(observation)),
    };

    /// <summary>With an S3 Bucket Key one call stands for very many objects, for hours (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html).</summary>
    private static bool IsWholeBucket(Observation observation) =>
        observation.Record is { Identity.InvokedBy: "s3.amazonaws.com" } record && (record.DestinationContext?["aws:s3:arn"] ?? record.Context?["aws:s3:arn"]) is { } bucket && !bucket.Contains('/');

    private static bool IsEncryption(string operation) => operation is "Encrypt" or "ReEncrypt" || operation.StartsWith("GenerateDataKey", StringComparison.Ordinal);

    /// <summary>Of two records of a cross-account call, the caller's account gets the one that matters here.</summary>
    private static bool IsForeign(Observation observation, string key) =>
        Audience.AccountOfArn(key) is { } account && observation.Record.RecipientAccountId is { } home && account != home
        && observation.Sets.All(set => !set.TrustedAccounts.Contains(account));
}
