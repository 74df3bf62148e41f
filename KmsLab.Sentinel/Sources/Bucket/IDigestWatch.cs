using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Sources.Bucket;

/// <summary>Looks at digest files as they are delivered.</summary>
internal interface IDigestWatch
{
    /// <summary>Verifies a digest and the files that it lists.</summary>
    /// <param name="digest">The digest.</param>
    /// <param name="region">The bucket's Region; null for Sentinel's own.</param>
    /// <param name="fetched">Its content.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<DigestCheck> CheckAsync(TrailObject digest, string? region, FetchedObject fetched, CancellationToken cancellationToken);
}

/// <summary>A digest that was looked at.</summary>
/// <param name="Findings">What is wrong.</param>
/// <param name="Unknown">Why something could not be verified now, with what to do; null when all was.</param>
internal sealed record DigestCheck(IReadOnlyList<Finding> Findings, string? Unknown);
