using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Logs;

/// <summary>The ARNs of groups and streams. AWS writes a group's in two ways: with <c>:*</c> (<c>arn</c>) and without (<c>logGroupArn</c>).</summary>
internal static class LogArn
{
    public static string OfGroup(RegionScope scope, string group) => scope.Arn("logs", $"log-group:{group}");

    public static string OfGroupAndAllIn(RegionScope scope, string group) => OfGroup(scope, group) + ":*";

    public static string OfStream(RegionScope scope, string group, string stream) => $"{OfGroup(scope, group)}:log-stream:{stream}";

    /// <summary>The group's name in an identifier, which is the name itself or an ARN of either form.</summary>
    /// <exception cref="AwsException">ResourceNotFoundException: the ARN is of another account or Region; InvalidParameterException: of something else.</exception>
    public static string NameIn(RegionScope scope, string identifier)
    {
        if (!identifier.StartsWith("arn:", StringComparison.Ordinal))
            return identifier;

        var prefix = OfGroup(scope, "");
        if (identifier.StartsWith(prefix, StringComparison.Ordinal) && identifier.Length > prefix.Length)
            return identifier.EndsWith(":*", StringComparison.Ordinal) ? identifier[prefix.Length..^2] : identifier[prefix.Length..];

        throw identifier.Contains(":log-group:", StringComparison.Ordinal) ? LogGroups.GroupNotFound() : LogGroups.Invalid("The specified ARN is not the ARN of a log group.");
    }
}
