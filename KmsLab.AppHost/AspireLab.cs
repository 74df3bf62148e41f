using KmsLab.AppHost.Data;
using KmsLab.AppHost.Databases;
using KmsLab.AppHost.Scenarios;
using KmsLab.AppHost.Services;
using KmsLab.AppHost.Settings;

namespace KmsLab.AppHost;

/// <summary>The lab as an application of .NET Aspire: it reads as the architecture diagram.</summary>
/// <param name="builder">Aspire's builder.</param>
/// <param name="settings">What the lab is told.</param>
/// <param name="data">Where its state lies.</param>
/// <param name="databases">Where secrets and alarms are kept.</param>
internal sealed partial class AspireLab(
    IDistributedApplicationBuilder builder, LabSettings settings, DataDirectory data, ILabDatabases databases)
{
    private const string LocalStackTag = "4.12.0";

    /// <summary>Composes the model; nothing runs yet.</summary>
    /// <exception cref="LabException">A setting can't be followed.</exception>
    public void Compose()
    {
        var cryptoApi = builder.AddService<Projects.KmsLab_CryptoApi>("cryptoapi", "CryptoApi", settings)
            .WithDatabase(databases, DatabaseNames.Vault, "CryptoApi", settings)
            .WithCryptoApiFiles(data)
            .WithUrlForEndpoint("http", url => (url.DisplayText, url.Url) = ("API reference", "/docs"))
            .WithIconName("LockClosed");

        var sentinel = builder.AddService<Projects.KmsLab_Sentinel>("sentinel", "Sentinel", settings)
            .WithDatabase(databases, DatabaseNames.Sentinel, "Sentinel", settings)
            .WithSentinelFiles(data)
            .WithUrlForEndpoint("http", url => url.DisplayText = "Sentinel")
            .WithIconName("Shield");

        if (settings.Mode == LabMode.Aws)
            AddAccount(cryptoApi, sentinel);
        else
            AddEndpoint(cryptoApi, sentinel);
    }

    /// <summary>The lab's AWS endpoint, the services pointed at it, and the simulator that attacks them.</summary>
    private void AddEndpoint(IResourceBuilder<ProjectResource> cryptoApi, IResourceBuilder<ProjectResource> sentinel)
    {
        var localAws = builder.AddService<Projects.KmsLab_LocalAws>("localaws", "LocalAws", settings)
            .WithLocalAwsFiles(data)
            .WithUrlForEndpoint("http", url => url.DisplayText = "AWS endpoint")
            .WithIconName("Cloud");
        if (settings.Mode == LabMode.LocalStack)
            AddLocalStack(localAws);

        var endpoint = localAws.GetEndpoint("http");
        cryptoApi.WithLabAws(endpoint, LabDefaults.CryptoApiRole).WaitFor(localAws);
        sentinel.WithLabAws(endpoint, LabDefaults.SentinelRole).WaitFor(localAws);

        var simulator = builder.AddService<Projects.KmsLab_Simulator>("simulator", "Simulator", settings)
            .WithArgs("serve")
            .WithDatabase(databases, DatabaseNames.Vault, "Simulator", settings)
            .WithEnvironment("Simulator__CryptoApi", cryptoApi.GetEndpoint("http"))
            .WithEnvironment("Simulator__Endpoint", endpoint)
            .WithEnvironment("Simulator__Sentinel", sentinel.GetEndpoint("http"))
            .WithReferenceRelationship(cryptoApi).WithReferenceRelationship(localAws).WithReferenceRelationship(sentinel)
            .WithUrlForEndpoint("http", url => (url.DisplayText, url.Url) = ("Scenarios", "/api/scenarios"))
            .WithIconName("Beaker");
        sentinel.WithEnvironment("Sentinel__Simulator__Url", simulator.GetEndpoint("http"));
        localAws.WithScenarioCommands(simulator);
    }

    /// <summary>LocalStack, for what it has; it keeps no records of KMS calls, which is why LocalAws stands before it.</summary>
    private void AddLocalStack(IResourceBuilder<ProjectResource> localAws)
    {
        var token = builder.AddParameter("localstack-auth-token", secret: true)
            .WithDescription("LocalStack's image asks for a token: https://app.localstack.cloud/workspace/auth-tokens");
        var localStack = builder.AddContainer("localstack", "localstack/localstack", LocalStackTag)
            .WithHttpEndpoint(targetPort: 4566)
            .WithHttpHealthCheck("/_localstack/health")
            .WithEnvironment("LOCALSTACK_AUTH_TOKEN", token);
        localAws.WithEnvironment("LocalAws__Upstream", localStack.GetEndpoint("http")).WaitFor(localStack);
    }

    private void AddAccount(IResourceBuilder<ProjectResource> cryptoApi, IResourceBuilder<ProjectResource> sentinel)
    {
        var added = false;
        AddRealAccount(cryptoApi, sentinel, ref added);
        if (!added)
        {
            throw new LabException("mode aws needs Aspire.Hosting.AWS. "
                + "Run: dotnet run --project KmsLab.AppHost -p:FullFeed=true -- --Lab:Mode=aws");
        }
    }

    /// <summary>A real account; compiled with <c>-p:FullFeed=true</c>.</summary>
    partial void AddRealAccount(IResourceBuilder<ProjectResource> cryptoApi, IResourceBuilder<ProjectResource> sentinel, ref bool added);
}
