using System.Text.Json.Serialization;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Sts;

/// <summary>AWS STS, as far as a lab needs it: who am I.</summary>
internal sealed class StsService : AwsService
{
    public StsService() : base("sts", "sts.amazonaws.com")
    {
        XmlNamespace = "https://sts.amazonaws.com/doc/2011-06-15/";
        ValidationError = "ValidationError";
        AccessDeniedError = "AccessDenied";

        Add("GetCallerIdentity", OnTrail.Read, StsJson.Wire.GetCallerIdentityRequest, StsJson.Wire.GetCallerIdentityResponse, GetCallerIdentity);
    }

    private static GetCallerIdentityResponse GetCallerIdentity(AwsCall call, GetCallerIdentityRequest request) =>
        new() { UserId = call.Caller.UserId, Account = call.Caller.Account, Arn = call.Caller.Arn };
}

internal sealed class GetCallerIdentityRequest;

internal sealed class GetCallerIdentityResponse
{
    public string? UserId { get; set; }
    public string? Account { get; set; }
    public string? Arn { get; set; }
}

[JsonSerializable(typeof(GetCallerIdentityRequest))]
[JsonSerializable(typeof(GetCallerIdentityResponse))]
internal sealed partial class StsJson : JsonSerializerContext
{
    /// <summary>The contracts, with AWS's way of writing JSON.</summary>
    public static readonly StsJson Wire = new(AwsJson.Options());
}
