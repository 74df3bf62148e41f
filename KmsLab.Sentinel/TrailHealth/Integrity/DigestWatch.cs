using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Sources.Bucket;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.TrailHealth.Integrity;

/// <summary>Verifies each digest as it is delivered, and finds what is wrong: <c>trail-altered</c>.</summary>
internal sealed class DigestWatch(DigestVerifier verifier, TimeProvider time) : IDigestWatch
{
    /// <summary>So many objects are told of by name for each digest.</summary>
    private const int MostTold = 20;

    public async Task<DigestCheck> CheckAsync(
        TrailObject digest, string? region, FetchedObject fetched, CancellationToken cancellationToken)
    {
        var verified = await verifier.VerifyAsync(digest, region, fetched, cancellationToken);
        return new(Findings(digest, verified.Problems, time.GetUtcNow()), verified.Unknown);
    }

    private static List<Finding> Findings(TrailObject digest, IReadOnlyList<IntegrityProblem> problems, DateTimeOffset now)
    {
        var group = new DetectionGroup([new("bucket", digest.Bucket), new("account", digest.Account ?? "unknown")]);
        return [.. problems.Take(MostTold).Select(problem => new Finding(TrailAltered.Definition.Id, group, now, "Digest", Detail(problem, problems.Count)))];
    }

    private static string Detail(IntegrityProblem problem, int of) =>
        of <= MostTold ? $"{problem.Place} {problem.What}" : $"{problem.Place} {problem.What} ({of} objects of this digest are wrong, {MostTold} are told by name)";
}
