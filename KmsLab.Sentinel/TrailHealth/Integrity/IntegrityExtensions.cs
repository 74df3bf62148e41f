using KmsLab.Sentinel.Sources.Bucket;

namespace KmsLab.Sentinel.TrailHealth.Integrity;

/// <summary>Registers the verification of digests.</summary>
internal static class IntegrityExtensions
{
    public static void AddTrailIntegrity(this IServiceCollection services)
    {
        services.AddDigestVerifier();
        services.AddSingleton<IDigestWatch, DigestWatch>();
    }

    /// <summary>Registers what verifies a digest, for whoever asks by hand.</summary>
    public static void AddDigestVerifier(this IServiceCollection services)
    {
        services.AddSingleton<DigestKeys>();
        services.AddSingleton<DigestVerifier>();
    }
}
