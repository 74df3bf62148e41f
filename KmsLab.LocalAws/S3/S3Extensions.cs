using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.S3;

/// <summary>Adds S3.</summary>
internal static class S3Extensions
{
    public static void AddS3(this IServiceCollection services)
    {
        services.AddSingleton<IStateSchema, S3Schema>();
        services.AddSingleton<BucketStore>();
        services.AddSingleton<ObjectFiles>();
        services.AddSingleton<EventNotifier>();
        services.AddSingleton<ObjectStore>();
        services.AddSingleton<BucketOperations>();
        services.AddSingleton<ObjectOperations>();
        services.AddSingleton<ListOperations>();
        services.AddSingleton<MultipartOperations>();
        services.AddSingleton<S3Service>();
        services.AddSingleton<AwsService>(provider => provider.GetRequiredService<S3Service>());
        services.AddSingleton<S3Endpoint>();
        services.AddHostedService<FileSweep>();
    }
}

/// <summary>After a start: removes the files that a killed process left behind.</summary>
internal sealed class FileSweep(ObjectFiles files, StateStore store) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await files.SweepAsync();
        }
        catch (InvalidOperationException) when (store.Failure is not null || stoppingToken.IsCancellationRequested)
        {
            // The next start does it.
        }
    }
}
