using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Policies;

/// <summary>
/// Compares what a key's policy and grants take away with what they allowed before: the mirror of <see cref="PolicyExposure"/>. Who locks the application or the
/// administrators out does what deleting the key would do, sooner.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#allow-access-to-aws-account: without the account nobody can repair a policy.</remarks>
internal static class PolicyLoss
{
    /// <summary>What an application does with a key.</summary>
    private static readonly string[] Using =
    [
        "Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo", "Sign", "Verify", "GenerateMac", "VerifyMac", "DeriveSharedSecret",
    ];

    /// <summary>What whoever administers a key can do, and with it everything else.</summary>
    private static readonly string[] Administering = ["PutKeyPolicy"];

    /// <summary>What was lost by those who matter.</summary>
    /// <param name="before">As it was.</param>
    /// <param name="after">As it is.</param>
    /// <param name="calls">What the application's roles do, as far as it is known.</param>
    /// <param name="deployers">Calls of those who look after the key: as long as a Deny spares one of them or the application, nobody is taken for locked out by it.</param>
    public static IReadOnlyList<Loss> Compare(KeyAccess before, KeyAccess after, IReadOnlyList<ApplicationCall> calls, IReadOnlyList<ApplicationCall>? deployers = null)
    {
        var administrators = before.Audiences.Where(audience => audience.Kind is AudienceKind.Account or AudienceKind.Principal);
        return
        [
            .. calls.Select(call => Of(new(AudienceKind.Principal, call.Role), Using, operation => IsLost(before, after, call, operation))).OfType<Loss>(),
            .. administrators.Select(administrator => Of(administrator, Administering, operation => IsShutOut(administrator, operation))).OfType<Loss>(),
        ];

        bool IsShutOut(Audience administrator, string operation)
        {
            // A Deny of all but the application, or but those who look after its keys, is meant to shut out.
            ApplicationCall[] trusted = [.. calls, .. deployers ?? []];
            if (trusted.Length == 0 || Array.Exists(trusted, one => !one.MayBeDenied(after, operation)))
                return false;

            var arn = administrator.Kind == AudienceKind.Account ? $"arn:aws:iam::{administrator.Name}:root" : administrator.Name;
            var call = new ApplicationCall(arn, [], [], trusted[0].At);
            return !call.IsDenied(before, operation) && call.IsDenied(after, operation);
        }


        Loss? Of(Audience audience, string[] operations, Func<string, bool> isLostInUse) =>
            operations.Where(operation => IsLost(before, after, audience, operation) || isLostInUse(operation)).ToList() is { Count: > 0 } lost ? new(audience.ToString(), lost) : null;
    }

    /// <summary>
    /// Whether a call that the application could make comes to nothing now: a Deny hits it, or the Allow by which it was let through does not hold for it any
    /// more. Where no statement names the role, what the key left to the account's IAM policies is taken for what it had.
    /// </summary>
    private static bool IsLost(KeyAccess before, KeyAccess after, ApplicationCall call, string operation)
    {
        var role = new Audience(AudienceKind.Principal, call.Role);
        var had = before.AllowsByName(role, operation) || !call.IsNamed(before) && (call.IsDelegated(before, operation) || call.Assuming(before).IsDelegated(before, operation));
        return had && (IsShutOut(call) || IsShutOut(call.Assuming(before)));

        bool IsShutOut(ApplicationCall one) => one.MayBeAllowed(before, operation) && !one.MayBeAllowed(after, operation);
    }

    /// <summary>Whether an Allow is gone, or a Deny came.</summary>
    private static bool IsLost(KeyAccess before, KeyAccess after, Audience audience, string operation) =>
        before.AllowsByName(audience, operation) && !after.Allows(audience, operation) || !before.Denies(audience, operation) && after.Denies(audience, operation);
}
