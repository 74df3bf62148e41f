using Aspire.Hosting.LocalStack.Configuration;
using LocalStack.Client.Options;

namespace KmsLab.AppHost;

/// <summary>The lab as an application of .NET Aspire: it reads as the architecture diagram. <see cref="LabMode"/> says what stands for AWS.</summary>
internal static class AspireLab
{
    private const string LocalStackTag = "4.12.0";

    /// <summary>Composes the model; nothing runs yet.</summary>
    public static IDistributedApplicationBuilder Create(string[] args)
    {
        var builder = DistributedApplication.CreateBuilder(args);
        var mode = LabModes.Choose(builder);
        var files = LabFiles.Open();

        var attestationKey = builder.AddParameter("attestation-key", files.AttestationKey, secret: true);
        var attestationPublicKey = builder.AddParameter("attestation-public-key", files.AttestationPublicKey);

        var cryptoApi = builder.AddProject<Projects.KmsLab_CryptoApi>("cryptoapi")
            // A project without launch settings has no endpoint until it is given one, and the health check needs it.
            .WithHttpEndpoint(LabDefaults.CryptoApiPort)
            .WithHttpHealthCheck("/health")
            .WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { Url = "/docs", DisplayText = "API reference" })
            .WithEnvironment("CryptoApi__Attestation__KeyId", LabDefaults.AttestationKeyId)
            .WithEnvironment("CryptoApi__Attestation__PrivateKey", attestationKey);

        var sentinel = builder.AddProject<Projects.KmsLab_Sentinel>("sentinel")
            .WithHttpEndpoint(LabDefaults.SentinelPort)
            .WithHttpHealthCheck("/health")
            .WithUrlForEndpoint("http", url => url.DisplayText = "Sentinel")
            .WithEnvironment($"Sentinel__Attestation__PublicKeys__{LabDefaults.AttestationKeyId}", attestationPublicKey);

        if (mode == LabMode.Aws)
            builder.AddAccount(cryptoApi, sentinel);
        else
            builder.AddLocalAws(cryptoApi, sentinel, mode == LabMode.LocalStack ? builder.AddLocalStackContainer() : null, files);

        if (LabModes.HasContainers(builder, mode))
            builder.AddDatabases(cryptoApi, sentinel);
        else
            files.UseSqlite(cryptoApi, sentinel);

        return builder;
    }

    /// <summary>LocalStack, for what it has; it keeps no records of KMS calls, which is why LocalAws stands before it.</summary>
    private static IResourceBuilder<ILocalStackResource> AddLocalStackContainer(this IDistributedApplicationBuilder builder)
    {
        var token = builder.AddParameter("localstack-auth-token", secret: true);
        var localStack = builder.AddLocalStack(
            "localstack", new LocalStackOptions().WithUseLocalStack(true).WithRegion(LabDefaults.Region), configureContainer: container => container.ContainerImageTag = LocalStackTag)!;
        return localStack.WithEnvironment("LOCALSTACK_AUTH_TOKEN", token);
    }

    /// <summary>The lab's endpoint, alone or before LocalStack, and the services pointed at it.</summary>
    private static void AddLocalAws(
        this IDistributedApplicationBuilder builder,
        IResourceBuilder<ProjectResource> cryptoApi,
        IResourceBuilder<ProjectResource> sentinel,
        IResourceBuilder<ILocalStackResource>? localStack,
        LabFiles files)
    {
        var localAws = builder.AddProject<Projects.KmsLab_LocalAws>("localaws")
            .WithHttpEndpoint(LabDefaults.LocalAwsPort)
            .WithHttpHealthCheck("/health")
            .WithSettings(LabDefaults.LocalAws)
            .WithEnvironment("LocalAws__DataDirectory", files.Folder);

        if (localStack is not null)
            localAws.WithEnvironment("LocalAws__Upstream", localStack.Resource.ConnectionStringExpression).WaitFor(localStack);

        cryptoApi.WithSettings(LabDefaults.CryptoApi).WithAws(localAws.GetEndpoint("http"), LabDefaults.CryptoApiRole).WaitFor(localAws);
        sentinel.WithSettings(LabDefaults.Sentinel)
            .WithEnvironment("Sentinel__Canary__SigningKeyFile", files.PathOf("canary.pem"))
            .WithEnvironment("Sentinel__Canary__CreateSigningKeyFile", "true")
            .WithAws(localAws.GetEndpoint("http"), LabDefaults.SentinelRole)
            .WaitFor(localAws)
            .WaitFor(cryptoApi);

        // LocalStack comes with Postgres, of which the thief has no copy.
        localAws.WithScenarios(cryptoApi, localStack is null ? files.VaultConnectionString : null);
    }

    /// <summary>A real account: <c>aws/dev.yaml</c> provisions the key, the trail with its log group, and the topic. No button attacks it.</summary>
    private static void AddAccount(this IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> cryptoApi, IResourceBuilder<ProjectResource> sentinel)
    {
        var account = builder.AddAWSSDKConfig().WithRegion(LabModes.RegionOf(builder));
        if (builder.Configuration["Lab:Profile"] is { Length: > 0 } profile)
            account.WithProfile(profile);

        var stack = builder.AddAWSCloudFormationTemplate("kmslab-dev", Path.Combine(builder.AppHostDirectory, "..", "aws", "dev.yaml")).WithReference(account);

        cryptoApi.WithReference(account).WithEnvironment("CryptoApi__KmsKeyId", stack.GetOutput("KeyArn")).WaitFor(stack);
        sentinel.WithReference(account)
            .WithEnvironment("Sentinel__LogGroups__0", stack.GetOutput("LogGroup"))
            .WithEnvironment("Sentinel__ProtectedSets__vault__Keys__0", stack.GetOutput("KeyArn"))
            .WithEnvironment("Sentinel__Notifications__Sns__TopicArn", stack.GetOutput("TopicArn"))
            .WaitFor(stack);
    }

    private static void AddDatabases(this IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> cryptoApi, IResourceBuilder<ProjectResource> sentinel)
    {
        var server = builder.AddPostgres("postgres").WithDataVolume("kmslab-postgres").WithPgWeb(pgWeb => pgWeb.WithExplicitStart());
        var vault = server.AddDatabase("vault");
        var alarms = server.AddDatabase("sentinel-state", "sentinel");

        cryptoApi.WithReference(vault).WaitFor(vault);
        sentinel.WithReference(alarms, "sentinel").WaitFor(alarms);
    }
}
