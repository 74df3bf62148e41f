using System.Text.Json.Serialization;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Sts;

internal sealed class GetCallerIdentityRequest;

internal sealed class GetCallerIdentityResponse
{
    public string? UserId { get; set; }
    public string? Account { get; set; }
    public string? Arn { get; set; }
}

internal sealed class AssumeRoleRequest
{
    [Constraint(Required = true, MinLength = 20, MaxLength = 2048, Pattern = @"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD]+")]
    public string? RoleArn { get; set; }

    [Constraint(Required = true, MinLength = 2, MaxLength = 64, Pattern = @"[\w+=,.@-]*")]
    public string? RoleSessionName { get; set; }

    [Constraint(Min = 900, Max = 43200)]
    public int? DurationSeconds { get; set; }

    [Constraint(MinLength = 2, MaxLength = 1224, Pattern = @"[\w+=,.@:\/-]*")]
    public string? ExternalId { get; set; }

    [Constraint(MinLength = 1), NotServed(SessionRules.NoPolicies)]
    public string? Policy { get; set; }

    [NotServed(SessionRules.NoPolicies)]
    public List<PolicyDescriptor>? PolicyArns { get; set; }

    [Constraint(MaxLength = 50)]
    public List<Tag>? Tags { get; set; }

    [Constraint(MaxLength = 50)]
    public List<string>? TransitiveTagKeys { get; set; }

    [Constraint(MinLength = 9, MaxLength = 256, Pattern = @"[\w+=/:,.@-]*")]
    public string? SerialNumber { get; set; }

    [Constraint(MinLength = 6, MaxLength = 6, Pattern = @"[\d]*"), NotOnTrail]
    public string? TokenCode { get; set; }

    [Constraint(MinLength = 2, MaxLength = 64, Pattern = @"[\w+=,.@-]*")]
    public string? SourceIdentity { get; set; }

    [NotServed("KmsLab LocalAws knows no context providers.")]
    public List<ProvidedContext>? ProvidedContexts { get; set; }
}

/// <summary>A managed policy for a session; refused where it is given.</summary>
internal sealed class PolicyDescriptor
{
    [JsonPropertyName("arn")]
    public string? Arn { get; set; }
}

/// <summary>An assertion of a context provider; refused where it is given.</summary>
internal sealed class ProvidedContext
{
    public string? ProviderArn { get; set; }
    public string? ContextAssertion { get; set; }
}

internal sealed class Tag
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 128, Pattern = @"[\p{L}\p{Z}\p{N}_.:/=+\-@]+")]
    public string? Key { get; set; }

    [Constraint(Required = true, MaxLength = 256, Pattern = @"[\p{L}\p{Z}\p{N}_.:/=+\-@]*")]
    public string? Value { get; set; }
}

internal sealed class AssumeRoleResponse
{
    public Credentials? Credentials { get; set; }
    public AssumedRoleUser? AssumedRoleUser { get; set; }
    public int? PackedPolicySize { get; set; }
    public string? SourceIdentity { get; set; }
}

internal sealed class GetSessionTokenRequest
{
    [Constraint(Min = 900, Max = 129600)]
    public int? DurationSeconds { get; set; }

    [Constraint(MinLength = 9, MaxLength = 256, Pattern = @"[\w+=/:,.@-]*")]
    public string? SerialNumber { get; set; }

    [Constraint(MinLength = 6, MaxLength = 6, Pattern = @"[\d]*"), NotOnTrail]
    public string? TokenCode { get; set; }
}

internal sealed class GetSessionTokenResponse
{
    public Credentials? Credentials { get; set; }
}

internal sealed class GetFederationTokenRequest
{
    [Constraint(Required = true, MinLength = 2, MaxLength = 32, Pattern = @"[\w+=,.@-]*")]
    public string? Name { get; set; }

    [Constraint(MinLength = 1, MaxLength = 2048), NotServed(SessionRules.NoPolicies)]
    public string? Policy { get; set; }

    [NotServed(SessionRules.NoPolicies)]
    public List<PolicyDescriptor>? PolicyArns { get; set; }

    [Constraint(Min = 900, Max = 129600)]
    public int? DurationSeconds { get; set; }

    [Constraint(MaxLength = 50)]
    public List<Tag>? Tags { get; set; }
}

internal sealed class GetFederationTokenResponse
{
    public Credentials? Credentials { get; set; }
    public FederatedUser? FederatedUser { get; set; }
    public int? PackedPolicySize { get; set; }
}

internal sealed class FederatedUser
{
    public string? FederatedUserId { get; set; }
    public string? Arn { get; set; }
}

internal sealed class GetAccessKeyInfoRequest
{
    [Constraint(Required = true, MinLength = 16, MaxLength = 128, Pattern = @"[\w]*")]
    public string? AccessKeyId { get; set; }
}

internal sealed class GetAccessKeyInfoResponse
{
    public string? Account { get; set; }
}

internal sealed class Credentials
{
    public string? AccessKeyId { get; set; }

    [NotOnTrail]
    public string? SecretAccessKey { get; set; }

    [NotOnTrail]
    public string? SessionToken { get; set; }

    public DateTimeOffset? Expiration { get; set; }
}

internal sealed class AssumedRoleUser
{
    public string? AssumedRoleId { get; set; }
    public string? Arn { get; set; }
}

[JsonSerializable(typeof(GetCallerIdentityRequest))]
[JsonSerializable(typeof(GetCallerIdentityResponse))]
[JsonSerializable(typeof(AssumeRoleRequest))]
[JsonSerializable(typeof(AssumeRoleResponse))]
[JsonSerializable(typeof(GetSessionTokenRequest))]
[JsonSerializable(typeof(GetSessionTokenResponse))]
[JsonSerializable(typeof(GetFederationTokenRequest))]
[JsonSerializable(typeof(GetFederationTokenResponse))]
[JsonSerializable(typeof(GetAccessKeyInfoRequest))]
[JsonSerializable(typeof(GetAccessKeyInfoResponse))]
internal sealed partial class StsJson : JsonSerializerContext
{
    /// <summary>The contracts, with AWS's way of writing JSON.</summary>
    public static readonly StsJson Wire = new(AwsJson.Options());
}
