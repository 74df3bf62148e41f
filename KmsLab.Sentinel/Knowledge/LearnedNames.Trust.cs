using System.Text.RegularExpressions;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Policies;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Knowledge;

/// <summary>What stands behind names that trusted roles are reached by: managed policies, instance profiles, images.</summary>
internal sealed partial class LearnedNames
{
    private const string Holders = "policy-holders";
    private const string Profile = "profile-role";
    private const string Image = "image";
    private const string Instance = "instance-role";
    private const string Provider = "provider-role";
    private const string RolesAnywhere = "rolesanywhere.amazonaws.com";

    private readonly IReadOnlyList<string> _trusted = [.. sets.All.SelectMany(TrustedPrincipals.Of).Concat(audit.Roles)];

    private void StudyIdentities(Observation observation)
    {
        var record = observation.Record;
        var account = AccountOf(record);
        StudyProviders(observation);
        if ((observation.Parameter("policyArn") ?? observation.Parameter("permissionsBoundary") ?? Attempt.RefusedArn(observation, ":policy/")) is { } policy)
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

        foreach (var named in ProfilesOf(observation))
            observation.ProfileRole ??= Find(Profile, $"{AccountOf(observation.Record)}:{named[(named.LastIndexOf('/') + 1)..]}");
    }

    /// <summary>An instance's credentials have its id for a session: whoever calls so runs with the role.</summary>
    private void LearnInstance(Observation observation)
    {
        if (observation.Record.Identity.Arn is { } arn && arn.LastIndexOf("/i-", StringComparison.Ordinal) is > 0 and var at && observation.Succeeded
            && InstanceId().IsMatch(arn.AsSpan(at + 1)) && TrustedPrincipals.ByArn(_trusted, observation.Principal) is { } role)
        {
            PutInstance(observation, arn[(at + 1)..], role);
        }
    }

    private void StudyInstances(Observation observation)
    {
        if (observation.Record.ReadOnly == true)
            return;

        var account = AccountOf(observation.Record);
        var texts = Observation.Texts(observation.Parameters).ToList();
        var named = texts.Select(one => one.Text).Append(Attempt.RefusedName(observation, ":ec2:", ["instance"])).OfType<string>().Where(text => InstanceId().IsMatch(text)).ToList();
        observation.InstanceRole = named.Select(id => Find(Instance, $"{account}:{id}")).FirstOrDefault(role => role is not null);
        // A command for all that have a tag, or for all there are, reaches whatever runs.
        if (named.Count == 0 && observation.Record.EventSource == "ssm.amazonaws.com" && texts.Exists(one => one.Path.StartsWith("targets", StringComparison.Ordinal)))
            observation.InstanceRole = _names.FirstOrDefault(name => name.Key.Kind == Instance && name.Key.Name.StartsWith(account + ":", StringComparison.Ordinal)).Value.Value;
        if (observation.Succeeded && observation.Record.EventName is "RunInstances" or "AssociateIamInstanceProfile" or "ReplaceIamInstanceProfileAssociation" && RoleOfProfile(observation) is { } run)
        {
            foreach (var id in named.Concat(Observation.Texts(observation.Response).Select(one => one.Text).Where(text => InstanceId().IsMatch(text))).Distinct())
                PutInstance(observation, id, run);
        }
    }

    private static IEnumerable<string> ProfilesOf(Observation observation) =>
        Observation.Texts(observation.Parameters).Where(one => one.Path.Contains("instanceProfile", StringComparison.OrdinalIgnoreCase)).Select(one => one.Text);

    private void PutInstance(Observation observation, string id, string role)
    {
        var name = $"{AccountOf(observation.Record)}:{id}";
        if (Find(Instance, name) != role)
            Put(Instance, name, role, observation.Record.EventTime);
    }

    /// <summary>The trusted role behind the instance profile that a call names: the console gives both the same name.</summary>
    private string? RoleOfProfile(Observation observation) => observation.ProfileRole ?? ProfilesOf(observation)
        .Select(named => TrustedPrincipals.ByName(_trusted, "role", named[(named.LastIndexOf('/') + 1)..], null, observation.Record)).FirstOrDefault(role => role is not null);

    /// <summary>Learns whom the trust of a trusted role lets vouch for it, and which of its providers a call is about.</summary>
    private void StudyProviders(Observation observation)
    {
        var record = observation.Record;
        var document = observation.Parameter("policyDocument") ?? observation.Parameter("assumeRolePolicyDocument");
        if (observation.Succeeded && record.EventName is "CreateRole" or "UpdateAssumeRolePolicy" && document is not null && observation.Parameter("roleName") is { } name
            && TrustedPrincipals.ByName(_trusted, "role", name, observation.Parameter("path"), record) is { } role && Parse(document) is { } trust)
        {
            foreach (var principal in PolicyJson.Each(PolicyJson.Element(trust, "Statement")).Select(statement => PolicyJson.Element(statement, "Principal")))
            {
                foreach (var provider in PolicyJson.Texts(PolicyJson.Element(principal, "Federated")))
                    Put(Provider, provider, role, record.EventTime);
                if (PolicyJson.Texts(PolicyJson.Element(principal, "Service")).Contains(RolesAnywhere))
                    Put(Provider, $"{AccountOf(record)}:{RolesAnywhere}", role, record.EventTime);
            }
        }

        var named = observation.Parameter("sAMLProviderArn") ?? observation.Parameter("openIDConnectProviderArn")
            ?? Observation.Text(Observation.Member(observation.Response, "sAMLProviderArn")) ?? Observation.Text(Observation.Member(observation.Response, "openIDConnectProviderArn"))
            ?? Attempt.RefusedArn(observation, "-provider/");
        observation.FederatedRole = named is null ? null : Find(Provider, named);
    }

    /// <summary>Somebody whom a provider vouched for became the role.</summary>
    private void LearnProvider(Observation observation)
    {
        if (observation.Succeeded && observation.Record.EventName is "AssumeRoleWithSAML" or "AssumeRoleWithWebIdentity" && observation.Parameter("roleArn") is { } role
            && TrustedPrincipals.ByArn(_trusted, role) is { } trusted
            && (observation.Parameter("principalArn") ?? Observation.Text(Observation.Member(observation.Response, "provider"))) is { } provider && Find(Provider, provider) != trusted)
        {
            Put(Provider, provider, trusted, observation.Record.EventTime);
        }
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

    [GeneratedRegex("^i-[0-9a-f]{8,17}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex InstanceId();

    [GeneratedRegex(@"^(\d{12})\.dkr\.ecr\.[^/]+/([^:@]+)(?::[^@]*)?$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex RepositoryOf();
}
