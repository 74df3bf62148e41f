namespace KmsLab.LocalAws.TrailFiles;

/// <summary>Adds the delivery of trails to S3.</summary>
internal static class TrailFilesExtensions
{
    public static void AddTrailFiles(this IServiceCollection services)
    {
        services.AddOptions<FileDeliveryOptions>().BindConfiguration("LocalAws:TrailFiles").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<TrailBucket>();
        services.AddSingleton<ProvisionedBucket>();
        services.AddSingleton<RecordFiles>();
        services.AddSingleton<DigestFiles>();
        services.AddHostedService<FileDelivery>();
    }
}
