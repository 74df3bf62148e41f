using KmsLab.LocalAws.Access;
using KmsLab.LocalAws.Sts;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Upstream;

/// <summary>Learns the role sessions that the upstream's STS opens, so that their later calls stand on the trail as the role's.</summary>
internal sealed class UpstreamSessions(PrincipalDirectory principals)
{
    /// <summary>Looks whether a call opened one.</summary>
    public void Learn(AwsCall call, object request, object? response)
    {
        if (request is not AssumeRoleRequest { RoleArn: { } role, RoleSessionName: { } name }
            || response is not AssumeRoleResponse { Credentials: { AccessKeyId: { } accessKeyId, Expiration: { } expires } }
            || RoleSession.Parse(role) is null)
            return;

        call.Touch(role, "AWS::IAM::Role");
        principals.Adopt(call, new RoleSession(accessKeyId, role, name, call.Time, expires));
    }
}
