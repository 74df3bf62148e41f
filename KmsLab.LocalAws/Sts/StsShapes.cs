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

    [Constraint(MinLength = 1)]
    public string? Policy { get; set; }

    [Constraint(MinLength = 2, MaxLength = 64, Pattern = @"[\w+=,.@-]*")]
    public string? SourceIdentity { get; set; }
}

internal sealed class AssumeRoleResponse
{
    public Credentials? Credentials { get; set; }
    public AssumedRoleUser? AssumedRoleUser { get; set; }
    public string? SourceIdentity { get; set; }
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
internal sealed partial class StsJson : JsonSerializerContext
{
    /// <summary>The contracts, with AWS's way of writing JSON.</summary>
    public static readonly StsJson Wire = new(AwsJson.Options());
}
