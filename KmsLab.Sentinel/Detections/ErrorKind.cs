using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>What an error says about whoever got it.</summary>
internal enum ErrorKind
{
    /// <summary>The call succeeded.</summary>
    None,

    /// <summary>A DryRun call: it always ends with an error.</summary>
    DryRun,

    /// <summary>The caller may not.</summary>
    Refusal,

    /// <summary>The caller may, and had the wrong ciphertext, context, key, signature or token: what guessing looks like.</summary>
    Guess,

    /// <summary>Too many calls at once.</summary>
    Throttling,

    /// <summary>There is no such thing.</summary>
    Absence,

    /// <summary>There is such a thing already.</summary>
    Existence,

    /// <summary>The key is disabled, about to be deleted, or otherwise not to be used that way now.</summary>
    KeyState,

    /// <summary>A malformed request, a fault of the service, and all else.</summary>
    Other,

    /// <summary>Any of these, met by an AWS service in a call of its own or on somebody's behalf.</summary>
    Service,
}

/// <summary>Tells kinds of errors apart.</summary>
/// <remarks>
/// Names are those of KMS (https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html and each operation's page) and of what stands before it.
/// A service that is refused tries again for ever, everywhere: AWS Config and Security Hub where nobody let them in, S3 for each object that a user may not read.
/// </remarks>
internal static class ErrorKinds
{
    /// <summary>The kind of the call's error.</summary>
    public static ErrorKind Of(Observation observation) => observation.Record.ErrorCode switch
    {
        null => ErrorKind.None,
        "DryRunOperationException" => ErrorKind.DryRun,
        _ when IsOfService(observation) => ErrorKind.Service,
        var code => OfCode(code),
    };

    /// <summary>Whether the caller was refused, or guessed wrong, by itself.</summary>
    public static bool IsHostile(Observation observation) => Of(observation) is ErrorKind.Refusal or ErrorKind.Guess;

    /// <summary>The kind of an error by its name.</summary>
    public static ErrorKind OfCode(string code) => Bare(code) switch
    {
        "DryRunOperation" => ErrorKind.DryRun,
        "AccessDenied" or "VpceAccessDenied" or "UnauthorizedOperation" or "AuthorizationError" or "NotAuthorized" or "UnrecognizedClient" or "InvalidClientTokenId" or "SignatureDoesNotMatch"
            or "ExpiredToken" or "OptInRequired" => ErrorKind.Refusal,
        "InvalidCiphertext" or "IncorrectKey" or "IncorrectKeyMaterial" or "IncorrectTrustAnchor" or "KMSInvalidSignature" or "KMSInvalidMac" or "InvalidGrantToken" or "InvalidGrantId"
            or "InvalidImportToken" => ErrorKind.Guess,
        "Throttling" or "Throttled" or "ThrottledRequest" or "RequestThrottled" or "RequestLimitExceeded" or "TooManyRequests" or "LimitExceeded" or "SlowDown" or "RateExceeded" => ErrorKind.Throttling,
        "Disabled" or "KMSInvalidState" or "InvalidState" or "KeyUnavailable" or "InvalidKeyUsage" or "ExpiredImportToken" or "CustomKeyStoreInvalidState" or "XksKeyInvalidConfiguration"
            => ErrorKind.KeyState,
        var name when name.Contains("Throttl", StringComparison.Ordinal) => ErrorKind.Throttling,
        var name when name.EndsWith("NotFound", StringComparison.Ordinal) || name.StartsWith("NoSuch", StringComparison.Ordinal) => ErrorKind.Absence,
        var name when name.EndsWith("AlreadyExists", StringComparison.Ordinal) || name.EndsWith("AlreadyInUse", StringComparison.Ordinal) || name.EndsWith("InUse", StringComparison.Ordinal) => ErrorKind.Existence,
        _ => ErrorKind.Other,
    };

    /// <summary>Services write <c>AccessDenied</c>, <c>AccessDeniedException</c> and <c>Client.AccessDenied</c> for the same.</summary>
    private static string Bare(string code)
    {
        var name = code[(code.LastIndexOfAny(['.', '#', ':']) + 1)..];
        return name.EndsWith("Exception", StringComparison.Ordinal) ? name[..^"Exception".Length] : name;
    }

    private static bool IsOfService(Observation observation) =>
        observation.Record.Identity is { InvokedBy: not null } or { Type: "AWSService" } || Principals.IsServiceLinked(observation.Principal);
}
