using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Kms;

internal sealed class GetKeyPolicyRequest : KeyRequest
{
    [Constraint(MinLength = 1, MaxLength = 128, Pattern = KmsPatterns.PolicyName)]
    public string? PolicyName { get; set; }
}

internal sealed class GetKeyPolicyResponse
{
    public string? Policy { get; set; }
    public string? PolicyName { get; set; }
}

internal sealed class PutKeyPolicyRequest : KeyRequest
{
    [Constraint(MinLength = 1, MaxLength = 128, Pattern = KmsPatterns.PolicyName)]
    public string? PolicyName { get; set; }

    [Constraint(Required = true, MinLength = 1, MaxLength = 131072, Pattern = KmsPatterns.Policy)]
    public string? Policy { get; set; }

    public bool? BypassPolicyLockoutSafetyCheck { get; set; }
}

internal sealed class ListKeyPoliciesRequest : ListRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 2048)]
    public string? KeyId { get; set; }
}

internal sealed class ListKeyPoliciesResponse : ListResponse
{
    public List<string>? PolicyNames { get; set; }
}
