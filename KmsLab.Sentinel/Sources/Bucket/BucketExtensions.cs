using Amazon.S3;
using Amazon.SQS;
using KmsLab.ServiceDefaults.Aws;

namespace KmsLab.Sentinel.Sources.Bucket;

/// <summary>Registers the clients that files of a trail are read with.</summary>
internal static class BucketExtensions
{
    /// <summary>Adds clients of S3 and SQS. An endpoint that stands for AWS has no host name for each bucket.</summary>
    public static void AddTrailFileClients(this IHostApplicationBuilder builder)
    {
        var endpoint = Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL_S3") ?? Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL");
        builder.AddRegionalAwsClients<IAmazonS3>(config =>
            ((AmazonS3Config)config).ForcePathStyle = config.ServiceURL is { Length: > 0 } || !string.IsNullOrEmpty(endpoint));
        builder.AddRegionalAwsClients<IAmazonSQS>();
    }
}
