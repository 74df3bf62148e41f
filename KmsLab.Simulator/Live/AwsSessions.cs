using Amazon;
using Amazon.CloudTrail;
using Amazon.CloudWatchLogs;
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
            region => Told(new AmazonKeyManagementServiceClient(credentials, Configured(new AmazonKeyManagementServiceConfig(), region)), actor),
            Told(new AmazonCloudTrailClient(credentials, Configured(new AmazonCloudTrailConfig(), target.Region)), actor),
            Told(new AmazonCloudWatchLogsClient(credentials, Configured(new AmazonCloudWatchLogsConfig(), target.Region)), actor),
            target.Region);
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
        using var sts = new AmazonSecurityTokenServiceClient(OwnCredentials(), Configured(new AmazonSecurityTokenServiceConfig(), target.Region));
        var request = new AssumeRoleRequest { RoleArn = $"arn:aws:iam::{target.AccountId}:role/{actor.Role}", RoleSessionName = actor.Session };
        return (await sts.AssumeRoleAsync(request, cancellationToken)).Credentials;
    }

    /// <summary>In a real account those of the user, from where every SDK finds them.</summary>
    private AWSCredentials OwnCredentials() =>
        target.LocalAws.IsLoopback ? new BasicAWSCredentials(target.AccessKeyId, target.SecretAccessKey) : DefaultAWSCredentialsIdentityResolver.GetCredentials();

    private TConfig Configured<TConfig>(TConfig config, string region) where TConfig : ClientConfig
    {
        config.AuthenticationRegion = region;
        if (target.LocalAws.Host.EndsWith(".amazonaws.com", StringComparison.OrdinalIgnoreCase))
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
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
    /// <param name="kmsOf">Makes a client of KMS for a Region.</param>
    /// <param name="cloudTrail">CloudTrail in the home Region.</param>
    /// <param name="logs">CloudWatch Logs in the home Region.</param>
    /// <param name="home">The home Region.</param>
    internal sealed class Session(Func<string, IAmazonKeyManagementService> kmsOf, IAmazonCloudTrail cloudTrail, IAmazonCloudWatchLogs logs, string home) : IDisposable
    {
        private readonly Dictionary<string, IAmazonKeyManagementService> _kms = [];

        /// <summary>KMS in the home Region.</summary>
        public IAmazonKeyManagementService Kms => KmsIn(home);

        public IAmazonCloudTrail CloudTrail => cloudTrail;

        public IAmazonCloudWatchLogs Logs => logs;

        /// <summary>KMS in any Region.</summary>
        public IAmazonKeyManagementService KmsIn(string region)
        {
            if (!_kms.TryGetValue(region, out var kms))
                _kms.Add(region, kms = kmsOf(region));
            return kms;
        }

        public void Dispose()
        {
            foreach (var kms in _kms.Values)
                kms.Dispose();
            cloudTrail.Dispose();
            logs.Dispose();
        }
    }
}
