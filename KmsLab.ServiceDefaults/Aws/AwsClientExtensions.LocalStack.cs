using Amazon.Runtime;
using LocalStack.Client.Extensions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace KmsLab.ServiceDefaults.Aws;

/// <summary>Compiled on a full feed only: LocalStack.Client registers the clients where the configuration says that LocalStack, or LocalAws before it, stands for AWS.</summary>
public static partial class AwsClientExtensions
{
    static partial void AddLocalStackClient<TClient>(IHostApplicationBuilder builder) where TClient : class, IAmazonService
    {
        if (!builder.Configuration.GetValue<bool>("LocalStack:UseLocalStack"))
            return;

        // The service URL rather than the Region's endpoint behind a proxy: LocalAws tells services apart by their signatures, not by host names.
        builder.Services.AddLocalStack(builder.Configuration);
        builder.Services.TryAddAwsService<TClient>(useServiceUrl: true);
    }
}
