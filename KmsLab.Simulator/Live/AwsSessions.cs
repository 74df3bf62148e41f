using Amazon;
using Amazon.CloudTrail;
using Amazon.KeyManagementService;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Live;

/// <summary>AWS clients with credentials of their own: each role of a plan is assumed once, when it first calls.</summary>
/// <remarks>Where a call comes from is said by headers that only LocalAws knows; they are never sent beyond this machine.</remarks>
internal sealed class AwsSessions(LabTarget target) : IDisposable
{
    private const string SourceIpHeader = "x-localaws-source-ip";
    private const string InvokedByHeader = "x-localaws-invoked-by";

    private readonly Dictionary<RoleSession, Session> _sessions = [];

    /// <summary>The clients of a session.</summary>
    public async Task<Session> OfAsync(RoleSession actor, CancellationToken cancellationToken)
    {
        if (_sessions.TryGetValue(actor, out var session))
            return session;

        var credentials = await AssumeAsync(actor, cancellationToken);
        session = new(
            Told(new AmazonKeyManagementServiceClient(credentials, Configured(new AmazonKeyManagementServiceConfig())), actor),
            Told(new AmazonCloudTrailClient(credentials, Configured(new AmazonCloudTrailConfig())), actor));
        _sessions.Add(actor, session);
        return session;
    }

    public void Dispose()
    {
        foreach (var session in _sessions.Values)
            session.Dispose();
    }

    private async Task<Credentials> AssumeAsync(RoleSession actor, CancellationToken cancellationToken)
    {
        using var sts = new AmazonSecurityTokenServiceClient(OwnCredentials(), Configured(new AmazonSecurityTokenServiceConfig()));
        var request = new AssumeRoleRequest { RoleArn = $"arn:aws:iam::{target.AccountId}:role/{actor.Role}", RoleSessionName = actor.Session };
        return (await sts.AssumeRoleAsync(request, cancellationToken)).Credentials;
    }

    /// <summary>In a real account those of the user, from where every SDK finds them.</summary>
    private AWSCredentials OwnCredentials() =>
        target.LocalAws.IsLoopback ? new BasicAWSCredentials(target.AccessKeyId, target.SecretAccessKey) : DefaultAWSCredentialsIdentityResolver.GetCredentials();

    private TConfig Configured<TConfig>(TConfig config) where TConfig : ClientConfig
    {
        config.AuthenticationRegion = target.Region;
        if (target.LocalAws.Host.EndsWith(".amazonaws.com", StringComparison.OrdinalIgnoreCase))
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(target.Region);
        else
            config.ServiceURL = target.LocalAws.ToString();
        if (target.LocalAws.IsLoopback)
            config.SetWebProxy(new NoProxy());
        return config;
    }

    private TClient Told<TClient>(TClient client, RoleSession actor) where TClient : AmazonServiceClient
    {
        if (target.LocalAws.IsLoopback)
        {
            client.BeforeRequestEvent += (_, request) =>
            {
                if (request is WebServiceRequestEventArgs { Headers: { } headers })
                    headers[actor.InvokedBy is null ? SourceIpHeader : InvokedByHeader] = actor.InvokedBy ?? actor.Address;
            };
        }

        return client;
    }

    /// <summary>The clients of one session.</summary>
    internal sealed record Session(IAmazonKeyManagementService Kms, IAmazonCloudTrail CloudTrail) : IDisposable
    {
        public void Dispose()
        {
            Kms.Dispose();
            CloudTrail.Dispose();
        }
    }
}
