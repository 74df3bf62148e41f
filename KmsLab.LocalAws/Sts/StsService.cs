using System.Security.Cryptography;
using KmsLab.LocalAws.Access;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Sts;

/// <summary>AWS STS, as far as a lab needs it: who am I, and become a role.</summary>
internal sealed class StsService : AwsService
{
    private const int DefaultDurationInSeconds = 3600;
    private const int DefaultUserDurationInSeconds = 43200;

    private readonly PrincipalDirectory _principals;

    public StsService(PrincipalDirectory principals) : base("sts", "sts.amazonaws.com")
    {
        _principals = principals;
        XmlNamespace = "https://sts.amazonaws.com/doc/2011-06-15/";
        ValidationError = "ValidationError";
        AccessDeniedError = "AccessDenied";

        Add("GetCallerIdentity", OnTrail.Read, () => StsJson.Wire.GetCallerIdentityRequest, () => StsJson.Wire.GetCallerIdentityResponse, GetCallerIdentity);
        Add("AssumeRole", OnTrail.Read with { ResponseElements = true }, () => StsJson.Wire.AssumeRoleRequest, () => StsJson.Wire.AssumeRoleResponse, AssumeRole);
        Add("GetSessionToken", OnTrail.Read with { ResponseElements = true }, () => StsJson.Wire.GetSessionTokenRequest, () => StsJson.Wire.GetSessionTokenResponse, GetSessionToken);
        Add("GetFederationToken", OnTrail.Read with { ResponseElements = true }, () => StsJson.Wire.GetFederationTokenRequest, () => StsJson.Wire.GetFederationTokenResponse, GetFederationToken);
        Add("GetAccessKeyInfo", OnTrail.Read, () => StsJson.Wire.GetAccessKeyInfoRequest, () => StsJson.Wire.GetAccessKeyInfoResponse, (_, request) => new GetAccessKeyInfoResponse { Account = principals.AccountOf(request.AccessKeyId!) });
        RefuseAnonymous("KmsLab LocalAws knows no identity providers: use AssumeRole.", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML");
    }

    // GetCallerIdentity can't be denied: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    public override bool AuthorizesResource(Operation operation) => true;

    private static GetCallerIdentityResponse GetCallerIdentity(AwsCall call, GetCallerIdentityRequest request) =>
        new() { UserId = call.Caller.UserId, Account = call.Caller.Account, Arn = call.Caller.Arn };

    // Anybody may assume any role: there is no IAM here, and roles need not exist.
    private AssumeRoleResponse AssumeRole(AwsCall call, AssumeRoleRequest request)
    {
        if (RoleSession.Parse(request.RoleArn!) is null)
            throw new AwsException("ValidationError", $"{request.RoleArn} is invalid");
        call.Touch(request.RoleArn!, "AWS::IAM::Role");
        call.Authorize(request.RoleArn!);

        var packed = SessionRules.Check(request.Tags, request.TransitiveTagKeys);
        var hasMfa = SessionRules.HasSecondFactor(request.SerialNumber, request.TokenCode);
        var duration = TimeSpan.FromSeconds(request.DurationSeconds ?? DefaultDurationInSeconds);
        var (session, principal) = _principals.Open(call, request.RoleArn!, request.RoleSessionName!, duration, hasMfa);
        return new()
        {
            Credentials = Credentials(session),
            AssumedRoleUser = new() { AssumedRoleId = principal.UserId, Arn = principal.Arn },
            PackedPolicySize = packed,
            SourceIdentity = request.SourceIdentity,
        };
    }

    private GetSessionTokenResponse GetSessionToken(AwsCall call, GetSessionTokenRequest request)
    {
        RefuseSessions(call, "GetSessionToken");
        return new() { Credentials = Credentials(OpenOwn(call, call.Caller.Arn, request.DurationSeconds, SessionRules.HasSecondFactor(request.SerialNumber, request.TokenCode))) };
    }

    private GetFederationTokenResponse GetFederationToken(AwsCall call, GetFederationTokenRequest request)
    {
        RefuseSessions(call, "GetFederationToken");
        var packed = SessionRules.Check(request.Tags);
        var arn = $"arn:{Partitions.Of(call.Region)}:sts::{call.Caller.Account}:federated-user/{request.Name}";
        return new()
        {
            Credentials = Credentials(OpenOwn(call, arn, request.DurationSeconds, hasMfa: false)),
            FederatedUser = new() { FederatedUserId = $"{call.Caller.Account}:{request.Name}", Arn = arn },
            PackedPolicySize = packed,
        };
    }

    private RoleSession OpenOwn(AwsCall call, string arn, int? seconds, bool hasMfa)
    {
        call.Authorize("*");
        return _principals.Open(call, arn, "", TimeSpan.FromSeconds(seconds ?? DefaultUserDurationInSeconds), hasMfa).Session;
    }

    // Only a user's own keys may ask for these.
    private static void RefuseSessions(AwsCall call, string operation)
    {
        if (call.Caller.AccessKeyId.StartsWith("ASIA", StringComparison.Ordinal) || call.Caller.Identity.Type == "AssumedRole")
            throw new AwsException("AccessDenied", $"Cannot call {operation} with session credentials", StatusCodes.Status403Forbidden);
    }

    private static Credentials Credentials(RoleSession session) => new()
    {
        AccessKeyId = session.AccessKeyId,
        SecretAccessKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(30)),
        SessionToken = Convert.ToBase64String(RandomNumberGenerator.GetBytes(240)),
        Expiration = session.Expires,
    };
}
