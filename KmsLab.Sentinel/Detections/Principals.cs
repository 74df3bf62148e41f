using System.IO.Enumeration;

namespace KmsLab.Sentinel.Detections;

/// <summary>Says of principals what detections ask.</summary>
internal static class Principals
{
    /// <summary>Whether one of <paramref name="patterns"/>, with <c>*</c> and <c>?</c>, is the principal.</summary>
    public static bool IsAmong(string principal, IEnumerable<string> patterns) => patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, principal, ignoreCase: false));

    /// <summary>A role that only an AWS service can assume, such as auto scaling's (https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html).</summary>
    public static bool IsServiceLinked(string principal) => principal.Contains(":role/aws-service-role/", StringComparison.Ordinal);
}
