using System.Globalization;
using KmsLab.Sentinel.Detections.AuditPath;

namespace KmsLab.Sentinel.TrailHealth.Guard;

/// <summary>What is watched of a resource, and which change of it is for the worse.</summary>
internal static class GuardAspect
{
    public const string Yes = "yes";
    public const string No = "no";
    public const string None = "none";
    public const string Allowed = "allowed";
    public const string Denied = "denied";
    public const string AllEvents = "all";
    public const string Never = "never";

    public const string Exists = "exists";
    public const string Logging = "logging";
    public const string KmsEvents = "KMS events";
    public const string Selectors = "management event selectors";
    public const string LogGroup = "log group";
    public const string Role = "role";
    public const string Bucket = "bucket";
    public const string MultiRegion = "multi-Region";
    public const string GlobalEvents = "global service events";
    public const string Validation = "log file validation";
    public const string EncryptionKey = "encryption key";
    public const string BucketError = "bucket delivery error";
    public const string LogsError = "log delivery error";
    public const string Retention = "retention in days";
    public const string Protection = "data protection";
    public const string KeyState = "state";

    /// <summary>
    /// What is expected even at first sight; null where the first sight is accepted. A trail that does not log is no state to get used to: it must be
    /// accepted by somebody.
    /// </summary>
    public static string? NormalOf(string aspect) => aspect switch
    {
        Exists or Logging => Yes,
        KmsEvents => AllEvents,
        BucketError or LogsError => None,
        _ => null,
    };

    /// <summary>Whether the aspect is an IAM action that Sentinel may or may not call.</summary>
    public static bool IsAction(string aspect) => aspect.Contains(':', StringComparison.Ordinal);

    /// <summary>Whether it is worse than what was accepted. More retention, and more rights, are not.</summary>
    public static bool IsDeparture(string aspect, string expected, string seen)
    {
        if (seen == expected)
            return false;
        if (IsAction(aspect))
            return seen == Denied;
        return aspect != Retention || DaysOf(seen) < DaysOf(expected);
    }

    /// <summary>The API operation that tells of the aspect.</summary>
    public static string CheckOf(string resource, string aspect) => aspect switch
    {
        _ when IsAction(aspect) => aspect[(aspect.IndexOf(':', StringComparison.Ordinal) + 1)..],
        KeyState => "DescribeKey",
        Logging or BucketError or LogsError => "GetTrailStatus",
        KmsEvents or Selectors => "GetEventSelectors",
        _ => AuditResource.IsTrail(resource) ? "GetTrail" : "DescribeLogGroups",
    };

    /// <summary>The difference in words.</summary>
    public static string Describe(string resource, string aspect, string expected, string seen) => aspect switch
    {
        Exists => $"{resource} is gone",
        Logging => $"the trail {resource} does not log",
        KmsEvents => $"the trail {resource} does not record every call to KMS: {seen}",
        Selectors => $"the management event selectors of the trail {resource} were changed from {expected} to {seen}",
        LogGroup => seen == None ? $"the trail {resource} no longer delivers to {expected}" : $"the trail {resource} delivers to {seen} instead of {expected}",
        BucketError => $"the trail {resource} can't deliver to its bucket: {seen}",
        LogsError => $"the trail {resource} can't deliver to its log group: {seen}",
        Retention => $"{resource} keeps events for {seen} days instead of {expected}",
        KeyState => $"the key {resource} is {seen}, was {expected}",
        _ when IsAction(aspect) => $"{aspect} on {resource} is denied to Sentinel, which was allowed it before: somebody blinds the guard, or its role was changed",
        _ => $"{aspect} of {resource} is {seen}, was {expected}",
    };

    private static int DaysOf(string retention) => int.TryParse(retention, NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? days : int.MaxValue;
}
