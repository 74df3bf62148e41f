using Amazon.CloudWatch;
using KmsLab.Sentinel.Jobs;
using KmsLab.ServiceDefaults.Aws;

namespace KmsLab.Sentinel.Publishing.CloudWatch;

/// <summary>Registers what CloudWatch is told, and how Sentinel is.</summary>
internal static class CloudWatchExtensions
{
    public static void AddCloudWatch(this WebApplicationBuilder builder)
    {
        builder.AddAwsClient<IAmazonCloudWatch>();
        builder.Services.AddSingleton<MetricPoints>();
        builder.Services.AddSingleton<VitalsQuery>();
        builder.Services.AddSingleton<MetricPublisher>();
        builder.Services.AddSingleton<MetricAlarmKeeper>();
        builder.Services.AddSingleton<IJob, VitalsJob>();
        builder.Services.AddSingleton<IJob, MetricJob>();
        builder.Services.AddSingleton<IJob, MetricAlarmJob>();
    }
}
