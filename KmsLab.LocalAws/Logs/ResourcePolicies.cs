using System.Text.Json;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Logs;

/// <summary>The account's resource policies: kept and shown, as nobody delivers here by them.</summary>
internal sealed class ResourcePolicies
{
    /// <summary>The reason for which policies of single groups, and their revisions, are refused.</summary>
    public const string OnlyOfAccounts = "KmsLab LocalAws keeps the account's resource policies, none of single log groups.";

    private const int MaxPolicies = 10;
    private const int MaxPage = 50;

    private readonly Lock _lock = new();
    private readonly Documents<ResourcePolicy> _documents = new("logs.resource-policy", LogsJson.Default.ResourcePolicy);
    private readonly SortedDictionary<(RegionScope Scope, string Name), ResourcePolicy> _policies =
        new(Comparer<(RegionScope, string)>.Create((a, b) => string.CompareOrdinal($"{a.Item1} {a.Item2}", $"{b.Item1} {b.Item2}")));

    public ResourcePolicies(StateStore store)
    {
        foreach (var (scope, policy) in store.Read(_documents.Load))
            _policies[(scope, policy.PolicyName!)] = policy;
    }

    public void AddTo(LogsService service)
    {
        service.Add("PutResourcePolicy", OnTrail.WriteWithResponse, () => LogsJson.Wire.PutResourcePolicyRequest, () => LogsJson.Wire.PutResourcePolicyResponse, Put);
        service.Add("DescribeResourcePolicies", OnTrail.Read, () => LogsJson.Wire.DescribeResourcePoliciesRequest, () => LogsJson.Wire.DescribeResourcePoliciesResponse, Describe);
        service.Add("DeleteResourcePolicy", OnTrail.Write, () => LogsJson.Wire.DeleteResourcePolicyRequest, () => LogsJson.Wire.NoOutput, Delete);
    }

    private PutResourcePolicyResponse Put(AwsCall call, PutResourcePolicyRequest request)
    {
        if (request.PolicyName is not { } name || request.PolicyDocument is not { } document)
            throw LogGroups.Invalid("PolicyName and PolicyDocument must be specified.");
        if (!IsJson(document))
            throw LogGroups.Invalid("Invalid Resource Policy Document.");

        var policy = new ResourcePolicy { PolicyName = name, PolicyDocument = document, LastUpdatedTime = call.Time.ToUnixTimeMilliseconds() };
        lock (_lock)
        {
            if (!_policies.ContainsKey((call.Scope, name)) && _policies.Keys.Count(key => key.Scope == call.Scope) >= MaxPolicies)
                throw new AwsException("LimitExceededException", "Resource limit exceeded.");
            _policies[(call.Scope, name)] = policy;
            call.Write(session => _documents.Put(session, call.Scope, name, policy));
        }

        return new() { ResourcePolicy = policy };
    }

    private DescribeResourcePoliciesResponse Describe(AwsCall call, DescribeResourcePoliciesRequest request)
    {
        lock (_lock)
        {
            var after = PageToken.Read(request.NextToken, 1)?[0];
            var limit = request.Limit ?? MaxPage;
            var own = request.PolicyScope == "RESOURCE" || request.ResourceArn is not null ? [] : _policies
                .Where(entry => entry.Key.Scope == call.Scope && (after is null || string.CompareOrdinal(entry.Key.Name, after) > 0))
                .Select(entry => entry.Value)
                .ToList();
            return new() { ResourcePolicies = [.. own.Take(limit)], NextToken = own.Count > limit ? PageToken.Write(own[limit - 1].PolicyName!) : null };
        }
    }

    private NoOutput Delete(AwsCall call, DeleteResourcePolicyRequest request)
    {
        lock (_lock)
        {
            if (request.PolicyName is not { } name || !_policies.Remove((call.Scope, name)))
                throw new AwsException("ResourceNotFoundException", $"Policy with name [{request.PolicyName}] does not exist.");
            call.Write(session => _documents.Remove(session, call.Scope, name));
        }

        return NoOutput.Instance;
    }

    private static bool IsJson(string document)
    {
        try
        {
            using var json = JsonDocument.Parse(document);
            return json.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

internal sealed class PutResourcePolicyRequest
{
    public string? PolicyName { get; set; }

    [Constraint(MinLength = 1, MaxLength = 5120)]
    public string? PolicyDocument { get; set; }

    [NotServed(ResourcePolicies.OnlyOfAccounts)]
    public string? ResourceArn { get; set; }

    [NotServed(ResourcePolicies.OnlyOfAccounts)]
    public string? ExpectedRevisionId { get; set; }
}

internal sealed class PutResourcePolicyResponse
{
    public ResourcePolicy? ResourcePolicy { get; set; }
}

internal sealed class ResourcePolicy
{
    public string? PolicyName { get; set; }
    public string? PolicyDocument { get; set; }
    public long? LastUpdatedTime { get; set; }
}

internal sealed class DescribeResourcePoliciesRequest
{
    [Constraint(MinLength = 1)]
    public string? NextToken { get; set; }

    [Constraint(Min = 1, Max = 50)]
    public int? Limit { get; set; }

    public string? ResourceArn { get; set; }

    [Constraint(Values = ["ACCOUNT", "RESOURCE"])]
    public string? PolicyScope { get; set; }
}

internal sealed class DescribeResourcePoliciesResponse
{
    public List<ResourcePolicy> ResourcePolicies { get; set; } = [];
    public string? NextToken { get; set; }
}

internal sealed class DeleteResourcePolicyRequest
{
    public string? PolicyName { get; set; }

    [NotServed(ResourcePolicies.OnlyOfAccounts)]
    public string? ResourceArn { get; set; }

    [NotServed(ResourcePolicies.OnlyOfAccounts)]
    public string? ExpectedRevisionId { get; set; }
}
