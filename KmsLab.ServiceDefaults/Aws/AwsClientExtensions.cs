using System.Net;
using Amazon;
using Amazon.Extensions.NETCore.Setup;
using Amazon.Runtime;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace KmsLab.ServiceDefaults.Aws;

/// <summary>Registers AWS clients: the one place that knows where they point and whose credentials they carry.</summary>
public static partial class AwsClientExtensions
{
    /// <summary>Signs calls where only an access key id is set: for the lab's endpoint, which checks no signatures.</summary>
    private const string UncheckedSecret = "unchecked";

    /// <summary>
    /// Adds an AWS client as a singleton, configured by the section <c>AWS</c> (<c>Region</c>, <c>ServiceURL</c>, <c>Profile</c>, and for the lab
    /// <c>AccessKeyId</c>, with <c>SecretAccessKey</c> where signatures are checked). What the section leaves out comes from the SDK's own
    /// chain: <c>AWS_ENDPOINT_URL</c>, <c>AWS_REGION</c>, profiles, the task's role.
    /// </summary>
    /// <typeparam name="TClient">The client's interface, such as <c>IAmazonKeyManagementService</c>.</typeparam>
    /// <param name="builder">The service.</param>
    /// <param name="configure">Sets what only this service's clients have.</param>
    public static IHostApplicationBuilder AddAwsClient<TClient>(this IHostApplicationBuilder builder, Action<ClientConfig>? configure = null) where TClient : class, IAmazonService
    {
        AddLocalStackClient<TClient>(builder);
        builder.Services.TryAddAWSService<TClient>(ReadOptions(builder.Configuration), (config, _) => Configure(config, configure));
        return builder;
    }

    /// <summary>Adds <see cref="RegionalClients{TClient}"/>, with endpoint and credentials of <see cref="AddAwsClient{TClient}"/> for each Region.</summary>
    public static IHostApplicationBuilder AddRegionalAwsClients<TClient>(
        this IHostApplicationBuilder builder, Action<ClientConfig>? configure = null)
        where TClient : class, IAmazonService
    {
        builder.AddAwsClient<TClient>(configure);
        builder.Services.TryAddSingleton(provider => new RegionalClients<TClient>(
            provider.GetRequiredService<TClient>(), region => Create<TClient>(builder.Configuration, region, configure)));
        return builder;
    }

    private static TClient Create<TClient>(IConfiguration configuration, string region, Action<ClientConfig>? configure) where TClient : class, IAmazonService
    {
        var options = ReadOptions(configuration);
        if (options.DefaultClientConfig.ServiceURL is { Length: > 0 })
            options.DefaultClientConfig.AuthenticationRegion = region;
        else
            options.Region = RegionEndpoint.GetBySystemName(region);

        var client = options.CreateServiceClient<TClient>();
        Configure((ClientConfig)client.Config, configure);
        return client;
    }

    /// <summary>On a full feed, the client of LocalStack.Client where <c>LocalStack:UseLocalStack</c> asks for it; otherwise nothing.</summary>
    static partial void AddLocalStackClient<TClient>(IHostApplicationBuilder builder) where TClient : class, IAmazonService;

    /// <summary>A developer's HTTP_PROXY must not swallow the calls to an endpoint on the same machine.</summary>
    private static void Configure(ClientConfig config, Action<ClientConfig>? configure)
    {
        configure?.Invoke(config);
        if (config.ServiceURL is { Length: > 0 } url && new Uri(url).IsLoopback)
            config.SetWebProxy(new NoProxy());
    }

    private static AWSOptions ReadOptions(IConfiguration configuration)
    {
        var options = configuration.GetAWSOptions();
        var section = configuration.GetSection("AWS");

        if (section["ServiceURL"] is { Length: > 0 } && options.Region is { } region)
            options.DefaultClientConfig.AuthenticationRegion = region.SystemName;

        if (section["AccessKeyId"] is { Length: > 0 } accessKeyId)
        {
            var secret = section["SecretAccessKey"] is { Length: > 0 } given ? given : UncheckedSecret;
            options.Credentials = new BasicAWSCredentials(accessKeyId, secret);
        }

        return options;
    }

    private sealed class NoProxy : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => null;

        public bool IsBypassed(Uri host) => true;
    }
}
