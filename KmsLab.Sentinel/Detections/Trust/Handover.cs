using System.Text.Json;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections.Trust;

/// <summary>Trusted roles that are handed to a service, which then runs something with them: PassRole is no call of its own.</summary>
/// <remarks>Services name the parameter differently, and nest it: <c>role</c>, <c>jobRoleArn</c>, <c>iamInstanceProfile.arn</c>. An instance profile is told by the role that it holds.</remarks>
internal static class Handover
{
    /// <summary>The trusted role that the call hands over; null when it hands none.</summary>
    public static Reached? Of(Observation observation, IReadOnlyList<string> trusted)
    {
        if (observation.Record.ReadOnly == true)
            return null;

        var role = Find(observation, observation.Parameters, trusted, isRequest: true) ?? Find(observation, observation.Response, trusted, isRequest: false)
            ?? trusted.FirstOrDefault(arn => Attempt.RefusalNames(observation, arn));
        return role is null ? null : new(role, $"{observation.Record.EventName} hands the role to {observation.Record.EventSource.Split('.')[0]}");
    }

    /// <summary>
    /// Texts below a member whose name speaks of a role or an instance profile, at any depth; and in a request a role's ARN under whatever name, for services find new
    /// ones every year. Who is named as a principal is let in somewhere, which hands out nothing of his.
    /// </summary>
    private static string? Find(Observation observation, JsonElement element, IReadOnlyList<string> trusted, bool isRequest) => Observation.Texts(element)
        .Where(one => !IsTag(one.Path))
        .Select(one => SpeaksOfRole(one.Path) ? Named(observation, one.Text, trusted)
            : isRequest && one.Text.Contains(":role/", StringComparison.Ordinal) && !SpeaksOfGuest(one.Path) ? TrustedPrincipals.ByArn(trusted, one.Text) : null)
        .FirstOrDefault(found => found is not null);

    private static bool SpeaksOfRole(string name) =>
        name.Contains("role", StringComparison.OrdinalIgnoreCase) || name.Contains("instanceProfile", StringComparison.OrdinalIgnoreCase);

    private static bool SpeaksOfGuest(string path) => Array.Exists(path.Split('.'), name =>
        name.Contains("principal", StringComparison.OrdinalIgnoreCase) || name.Contains("grantee", StringComparison.OrdinalIgnoreCase));

    private static bool IsTag(string path) => Array.Exists(path.Split('.'), name => name.StartsWith("tag", StringComparison.OrdinalIgnoreCase));

    private static string? Named(Observation observation, string text, IReadOnlyList<string> trusted)
    {
        if (!text.StartsWith("arn:", StringComparison.Ordinal))
            return text.Contains(':', StringComparison.Ordinal) ? null : ByName(observation, text[(text.LastIndexOf('/') + 1)..], trusted);

        return text.Contains(":instance-profile/", StringComparison.Ordinal)
            ? ByName(observation, text[(text.LastIndexOf('/') + 1)..], trusted)
            : TrustedPrincipals.ByArn(trusted, text);
    }

    /// <summary>A role's bare name, or that of the instance profile that holds it: the console gives both the same one.</summary>
    private static string? ByName(Observation observation, string name, IReadOnlyList<string> trusted) =>
        observation.ProfileRole is { } role && TrustedPrincipals.ByArn(trusted, role) is { } held ? held : TrustedPrincipals.ByName(trusted, "role", name, null, observation.Record);
}
