using System.Security.Cryptography;
using KmsLab.LocalAws.Access;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Sts;

/// <summary>AWS STS, as far as a lab needs it: who am I, and become a role.</summary>
internal sealed class StsService : AwsService
{
    private const int DefaultDurationInSeconds = 3600;

    private readonly PrincipalDirectory _principals;

    public StsService(PrincipalDirectory principals) : base("sts", "sts.amazonaws.com")
    {
        _principals = principals;
        XmlNamespace = "https://sts.amazonaws.com/doc/2011-06-15/";
        ValidationError = "ValidationError";
        AccessDeniedError = "AccessDenied";

        Add("GetCallerIdentity", OnTrail.Read, StsJson.Wire.GetCallerIdentityRequest, StsJson.Wire.GetCallerIdentityResponse, GetCallerIdentity);
        Add("AssumeRole", OnTrail.Read with { ResponseElements = true }, StsJson.Wire.AssumeRoleRequest, StsJson.Wire.AssumeRoleResponse, AssumeRole);
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

        var (session, principal) = _principals.Open(call, request.RoleArn!, request.RoleSessionName!, TimeSpan.FromSeconds(request.DurationSeconds ?? DefaultDurationInSeconds));
        return new()
        {
            Credentials = new()
            {
                AccessKeyId = session.AccessKeyId,
                SecretAccessKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(30)),
                SessionToken = Convert.ToBase64String(RandomNumberGenerator.GetBytes(240)),
                Expiration = session.Expires,
            },
            AssumedRoleUser = new() { AssumedRoleId = principal.UserId, Arn = principal.Arn },
            SourceIdentity = request.SourceIdentity,
        };
    }
}
