using Amazon.CloudTrail;
using KmsLab.Sentinel.Sources.Bucket;
using KmsLab.Sentinel.TrailHealth.Integrity;
using KmsLab.ServiceDefaults.Aws;
using KmsLab.ServiceDefaults.Settings;

namespace KmsLab.Sentinel.Replay;

/// <summary>Lets a replay name a bucket: the files are fetched first, for as long as they are needed.</summary>
internal static class S3Replay
{
    /// <summary>Runs <paramref name="work"/> on files of this machine.</summary>
    /// <remarks>With a database they stay beside it: the same command goes on from there, and fetches only what is new.</remarks>
    public static async Task<T> WithFilesAsync<T>(
        ReplayOptions replay, Func<ReplayOptions, Task<T>> work, CancellationToken cancellationToken)
    {
        if (!S3Place.IsOne(replay.Path))
            return await work(replay);
        if (S3Place.Parse(replay.Path) is not { } place)
            throw new ReplayException($"{replay.Path} names no bucket: write it as s3://bucket/AWSLogs/111122223333/.");

        var folder = replay.Database is { } database ? Path.GetFullPath(database) + ".files" : Directory.CreateTempSubdirectory("kmslab-replay-").FullName;
        try
        {
            using var host = Build(replay.Config);
            await ActivatorUtilities.CreateInstance<S3Download>(host.Services).RunAsync(place, replay, folder, cancellationToken);
            return await work(replay with { Path = folder });
        }
        finally
        {
            if (replay.Database is null)
                Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What reads buckets by hand, with the settings of the service's AWS clients.</summary>
    public static IHost Build(string? config)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        if (config is not null)
            builder.Configuration.AddConfigFile(config);
        builder.AddTrailFileClients();
        builder.AddRegionalAwsClients<IAmazonCloudTrail>();
        builder.Services.AddSingleton<TrailBucket>();
        builder.Services.AddSingleton<TrailListing>();
        builder.Services.AddDigestVerifier();
        return builder.Build();
    }
}
