using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using KmsLab.Sentinel.Knowledge;
using KmsLab.Sentinel.Policies;
using KmsLab.ServiceDefaults.Aws;

namespace KmsLab.Sentinel.TrailHealth.Guard;

/// <summary>What is to be asked about a key.</summary>
/// <param name="KeyArn">Which.</param>
/// <param name="Tags">Its tags, which may make it a protected one; otherwise its policy and grants.</param>
/// <param name="Attempts">How often that was tried already.</param>
internal sealed record SurveyQuestion(string KeyArn, bool Tags, int Attempts = 0);

/// <summary>What a part of a survey found.</summary>
/// <param name="Readings">Policies and grants.</param>
/// <param name="Tags">Tags of keys.</param>
/// <param name="Unanswered">Questions to ask again later.</param>
internal sealed record SurveyReport(IReadOnlyList<KeyReading> Readings, IReadOnlyList<(string KeyArn, string Name, string Value)> Tags, IReadOnlyList<SurveyQuestion> Unanswered);

/// <summary>Asks KMS about keys, each in its own Region, at a pace that leaves the account's quota to the application.</summary>
internal sealed class KeySurvey(RegionalClients<IAmazonKeyManagementService> kms, GuardCalls calls, TimeProvider time)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    /// <summary>The Region in which Sentinel itself calls AWS; empty when it is not known.</summary>
    public string Home => kms.Home ?? "";

    /// <summary>The ARNs of all keys of the account in a Region; null when nobody may say.</summary>
    public async Task<IReadOnlyList<string>?> ListKeysAsync(string region, CancellationToken cancellationToken)
    {
        var keys = new List<string>();
        var request = new ListKeysRequest { Limit = 1000 };
        while (true)
        {
            var (page, _) = await calls.AskAsync("kms:ListKeys", region == Home ? "*" : $"* in {region}", [], () => kms.Of(region).ListKeysAsync(request, cancellationToken), cancellationToken);
            if (page is null)
                return null;
            keys.AddRange((page.Keys ?? []).Select(key => key.KeyArn));
            if (page.Truncated != true)
                return keys;
            request.Marker = page.NextMarker;
        }
    }

    /// <summary>All aliases of the account in a Region, each with its key's ARN; null when nobody may say.</summary>
    public async Task<IReadOnlyList<(string KeyArn, string Alias)>?> ListAliasesAsync(string region, CancellationToken cancellationToken)
    {
        var aliases = new List<(string, string)>();
        var request = new ListAliasesRequest { Limit = 100 };
        while (true)
        {
            var (page, _) = await calls.AskAsync(
                "kms:ListAliases", region == Home ? "*" : $"* in {region}", [], () => kms.Of(region).ListAliasesAsync(request, cancellationToken), cancellationToken);
            if (page is null)
                return null;
            aliases.AddRange((page.Aliases ?? []).Where(alias => alias.TargetKeyId is not null)
                .Select(alias => ($"{alias.AliasArn[..alias.AliasArn.IndexOf(":alias/", StringComparison.Ordinal)]}:key/{alias.TargetKeyId}", alias.AliasName)));
            if (page.Truncated != true)
                return aliases;
            request.Marker = page.NextMarker;
        }
    }

    /// <summary>Asks one question after the other; from the first that KMS refuses, the rest waits.</summary>
    public async Task<SurveyReport> AskAsync(IReadOnlyList<SurveyQuestion> questions, CancellationToken cancellationToken)
    {
        var (readings, tags, unanswered) = (new List<KeyReading>(), new List<(string, string, string)>(), new List<SurveyQuestion>());
        foreach (var question in questions)
        {
            var answered = unanswered.Count == 0 && (question.Tags
                ? await ReadTagsAsync(question.KeyArn, tags, cancellationToken)
                : await ReadPolicyAsync(question.KeyArn, readings, cancellationToken));
            if (answered)
                await Task.Delay(Pace, time, cancellationToken);
            else
                unanswered.Add(unanswered.Count == 0 ? question with { Attempts = question.Attempts + 1 } : question);
        }

        return new(readings, tags, unanswered);
    }

    private async Task<bool> ReadTagsAsync(string key, List<(string, string, string)> tags, CancellationToken cancellationToken)
    {
        var request = new ListResourceTagsRequest { KeyId = key };
        while (true)
        {
            var (page, _) = await calls.AskAsync("kms:ListResourceTags", key, [], () => ClientOf(key).ListResourceTagsAsync(request, cancellationToken), cancellationToken);
            if (page is null)
                return false;
            tags.AddRange((page.Tags ?? []).Select(tag => (key, tag.TagKey, tag.TagValue)));
            if (page.Truncated != true)
                return true;
            request.Marker = page.NextMarker;
        }
    }

    private async Task<bool> ReadPolicyAsync(string key, List<KeyReading> readings, CancellationToken cancellationToken)
    {
        var at = time.GetUtcNow();
        var (policy, _) = await calls.AskAsync(
            "kms:GetKeyPolicy", key, [], () => ClientOf(key).GetKeyPolicyAsync(new GetKeyPolicyRequest { KeyId = key, PolicyName = "default" }, cancellationToken), cancellationToken);
        if (policy?.Policy is null || await GrantsAsync(key, cancellationToken) is not { } grants)
            return false;

        readings.Add(new(key, policy.Policy, grants, at));
        return true;
    }

    private async Task<IReadOnlyList<KeyGrant>?> GrantsAsync(string key, CancellationToken cancellationToken)
    {
        var grants = new List<KeyGrant>();
        var request = new ListGrantsRequest { KeyId = key };
        while (true)
        {
            var (page, _) = await calls.AskAsync("kms:ListGrants", key, [], () => ClientOf(key).ListGrantsAsync(request, cancellationToken), cancellationToken);
            if (page is null)
                return null;
            grants.AddRange((page.Grants ?? []).Select(GrantOf));
            if (page.Truncated != true)
                return grants;
            request.Marker = page.NextMarker;
        }
    }

    private IAmazonKeyManagementService ClientOf(string keyArn) => kms.Of(KeyRegion.Of(keyArn));

    private static KeyGrant GrantOf(GrantListEntry grant) => new(
        grant.GrantId, grant.GranteePrincipal, [.. grant.Operations ?? []],
        grant.Constraints?.EncryptionContextEquals is { Count: > 0 } exact ? exact : grant.Constraints?.EncryptionContextSubset is { Count: > 0 } subset ? subset : null,
        IsExact: grant.Constraints?.EncryptionContextEquals is { Count: > 0 });
}
