using Amazon.Extensions.NETCore.Setup;
using Amazon.Runtime;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace KmsLab.ServiceDefaults.Aws;

/// <summary>Registers AWS clients: the one place that knows where they point and whose credentials they carry.</summary>
public static class AwsClientExtensions
{
    /// <summary>
    /// Adds an AWS client as a singleton, configured by the section <c>AWS</c> (<c>Region</c>, <c>ServiceURL</c>, <c>Profile</c>, and for the lab
    /// <c>AccessKeyId</c> with <c>SecretAccessKey</c>). What the section leaves out comes from the SDK's own chain: <c>AWS_ENDPOINT_URL</c>,
    /// <c>AWS_REGION</c>, profiles, the task's role.
    /// </summary>
    /// <typeparam name="TClient">The client's interface, such as <c>IAmazonKeyManagementService</c>.</typeparam>
    public static IHostApplicationBuilder AddAwsClient<TClient>(this IHostApplicationBuilder builder) where TClient : class, IAmazonService
    {
        builder.Services.TryAddAWSService<TClient>(ReadOptions(builder.Configuration));
        return builder;
    }

    private static AWSOptions ReadOptions(IConfiguration configuration)
    {
        var options = configuration.GetAWSOptions();
        var section = configuration.GetSection("AWS");

        if (section["ServiceURL"] is { Length: > 0 } && options.Region is { } region)
            options.DefaultClientConfig.AuthenticationRegion = region.SystemName;

        if (section["AccessKeyId"] is { Length: > 0 } accessKeyId)
            options.Credentials = new BasicAWSCredentials(accessKeyId, section["SecretAccessKey"] ?? "");

        return options;
    }
}
