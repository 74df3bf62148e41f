using KmsLab.CloudTrail.Attestation;

namespace KmsLab.Sentinel.Knowledge;

/// <summary>The section <c>Sentinel:Attestation</c>: what the application's proofs are checked with.</summary>
internal sealed class AttestationOptions
{
    /// <summary>Public keys by key id, in PEM; several while keys are rotated.</summary>
    public Dictionary<string, string> PublicKeys { get; set; } = [];

    /// <summary>Public keys by key id, as files in PEM.</summary>
    public Dictionary<string, string> PublicKeyFiles { get; set; } = [];

    /// <summary>The most attempts that the application's SDK makes for one call.</summary>
    public int Attempts { get; set; } = 3;

    /// <summary>
    /// How many verified calls are remembered to tell replays, the latest first: those of the last quarter of an hour should fit, which is
    /// <c>Sentinel:AllowedLateness</c> and two minutes. Each takes about 1 KB of memory and a row.
    /// </summary>
    public int MaxProofs { get; set; } = 100_000;

    /// <summary>
    /// Start even when a file of <see cref="PublicKeyFiles"/> is not there yet, and judge calls from when it is. For the lab, where the application makes
    /// its key at its first start; elsewhere a missing file is a mistake, and says so.
    /// </summary>
    public bool AwaitFiles { get; set; }

    /// <summary>Whether a file is awaited that is not there, or not whole, yet.</summary>
    public bool AwaitsFile => AwaitFiles && PublicKeyFiles.Values.Any(file => ProblemOf(() => new AttestationVerifier([new("awaited", File.ReadAllText(file))]).Dispose()) is not null);

    /// <summary>A verifier for the keys, or null where there are none.</summary>
    public AttestationVerifier? CreateVerifier()
    {
        var keys = PublicKeys.Select(key => new AttestationPublicKey(key.Key, key.Value))
            .Concat(PublicKeyFiles.Select(key => new AttestationPublicKey(key.Key, File.ReadAllText(key.Value))))
            .ToList();
        return keys.Count == 0 ? null : new AttestationVerifier(keys);
    }

    /// <summary>What is wrong with it.</summary>
    public IEnumerable<string> Check()
    {
        if (Attempts < 1)
            yield return "Sentinel:Attestation:Attempts must be at least 1";
        if (MaxProofs < 10)
            yield return "Sentinel:Attestation:MaxProofs must be at least 10";
        foreach (var id in PublicKeys.Keys.Intersect(PublicKeyFiles.Keys))
            yield return $"Sentinel:Attestation names the key {id} twice, in PublicKeys and in PublicKeyFiles";
        foreach (var (id, file) in PublicKeyFiles)
        {
            if (!AwaitFiles && ProblemOf(() => new AttestationVerifier([new(id, File.ReadAllText(file))]).Dispose()) is { } problem)
                yield return $"Sentinel:Attestation:PublicKeyFiles:{id}: {problem}";
        }

        foreach (var (id, pem) in PublicKeys)
        {
            if (ProblemOf(() => new AttestationVerifier([new(id, pem)]).Dispose()) is { } problem)
                yield return $"Sentinel:Attestation:PublicKeys:{id}: {problem}";
        }
    }

    private static string? ProblemOf(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return problem.Message;
        }
    }
}
