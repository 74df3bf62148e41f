using KmsLab.ServiceDefaults.Settings;

namespace KmsLab.LocalAws.TrailFiles;

/// <summary>Adds the delivery of trails to S3.</summary>
internal static class TrailFilesExtensions
{
    public static void AddTrailFiles(this IServiceCollection services)
    {
        services.AddSettings<FileDeliveryOptions>("LocalAws:TrailFiles").ValidateDataAnnotations();
        services.AddSingleton<TrailBucket>();
        services.AddSingleton<ProvisionedBucket>();
        services.AddSingleton<RecordFiles>();
        services.AddSingleton<DigestFiles>();
        services.AddHostedService<FileDelivery>();
    }
}
