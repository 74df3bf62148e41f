using System.Text.Json;
using System.Text.RegularExpressions;
using KmsLab.Sentinel.Policies;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Knowledge;

/// <summary>What stands behind names that trusted roles are reached by: managed policies, instance profiles, images.</summary>
internal sealed partial class LearnedNames
{
    private const string Holders = "policy-holders";
    private const string Profile = "profile-role";
    private const string Image = "image";

    private readonly IReadOnlyList<string> _trusted = [.. sets.All.SelectMany(TrustedPrincipals.Of).Concat(audit.Roles)];

    private void StudyIdentities(Observation observation)
    {
        var record = observation.Record;
        var account = AccountOf(record);
        if ((observation.Parameter("policyArn") ?? observation.Parameter("permissionsBoundary")) is { } policy)
        {
            var holders = Find(Holders, policy)?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [];
            observation.PolicyHolders = holders;
            var holder = observation.Parameter("roleName") is { } role ? TrustedPrincipals.ByName(_trusted, "role", role, null, record)
                : observation.Parameter("userName") is { } user ? TrustedPrincipals.ByName(_trusted, "user", user, null, record) : null;
            if (holder is not null && observation.Succeeded && record.EventName is "AttachRolePolicy" or "AttachUserPolicy" or "PutRolePermissionsBoundary" or "PutUserPermissionsBoundary" && !holders.Contains(holder))
                Put(Holders, policy, string.Join('\n', holders.Append(holder)), record.EventTime);
            if (holder is not null && observation.Succeeded && record.EventName is "DetachRolePolicy" or "DetachUserPolicy" && holders.Contains(holder))
                Put(Holders, policy, string.Join('\n', holders.Where(other => other != holder)), record.EventTime);
        }

        if (record.EventName == "AddRoleToInstanceProfile" && observation.Succeeded && observation.Parameter("instanceProfileName") is { } profile
            && observation.Parameter("roleName") is { } held && TrustedPrincipals.ByName(_trusted, "role", held, null, record) is { } trusted)
        {
            Put(Profile, $"{account}:{profile}", trusted, record.EventTime);
        }
    }

    private void StudyProfiles(Observation observation)
    {
        if (observation.Record.ReadOnly == true)
            return;

        foreach (var named in TextsOf(observation.Parameters, "instanceProfile", true))
            observation.ProfileRole ??= Find(Profile, $"{AccountOf(observation.Record)}:{named[(named.LastIndexOf('/') + 1)..]}");
    }

    private void StudyImages(Observation observation)
    {
        if (observation.Parameter("repositoryName") is { } repository)
        {
            var account = observation.Parameter("registryId") ?? AccountOf(observation.Record);
            observation.ImageSet = Find(Image, $"{account}:{repository}") is { } name ? sets.All.FirstOrDefault(set => set.Name == name) : null;
        }
    }

    /// <summary>An image that is named by its digest stays what it is, whatever is pushed.</summary>
    private void LearnImages(Observation observation, ProtectedSet set)
    {
        foreach (var container in PolicyJson.Each(Observation.Member(observation.Parameters, "containerDefinitions")))
        {
            if (Observation.Text(Observation.Member(container, "image")) is { } image && RepositoryOf().Match(image) is { Success: true } match)
                Put(Image, $"{match.Groups[1].Value}:{match.Groups[2].Value}", set.Name, observation.Record.EventTime);
        }
    }

    /// <summary>The texts of members whose name has <paramref name="name"/> in it, and below them where <paramref name="deep"/>.</summary>
    private static IEnumerable<string> TextsOf(JsonElement element, string name, bool deep) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => !Observation.NameOf(member).Contains(name, StringComparison.OrdinalIgnoreCase) ? TextsOf(member.Value, name, deep)
            : deep && member.Value.ValueKind == JsonValueKind.Object ? member.Value.EnumerateObject().SelectMany(inner => PolicyJson.Texts(inner.Value)) : PolicyJson.Texts(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => TextsOf(item, name, deep)),
        _ => [],
    };

    [GeneratedRegex(@"^(\d{12})\.dkr\.ecr\.[^/]+/([^:@]+)(?::[^@]*)?$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex RepositoryOf();
}
