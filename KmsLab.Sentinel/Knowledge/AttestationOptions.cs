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

    /// <summary>A verifier for the keys, or null where there are none.</summary>
    public static AttestationVerifier? VerifierOf(AttestationOptions options)
    {
        var keys = options.PublicKeys.Select(key => new AttestationPublicKey(key.Key, key.Value))
            .Concat(options.PublicKeyFiles.Select(key => new AttestationPublicKey(key.Key, File.ReadAllText(key.Value))))
            .ToList();
        return keys.Count == 0 ? null : new AttestationVerifier(keys);
    }

    /// <summary>What is wrong with it.</summary>
    public IEnumerable<string> Check()
    {
        if (Attempts < 1)
            yield return "Sentinel:Attestation:Attempts must be at least 1";
        foreach (var id in PublicKeys.Keys.Intersect(PublicKeyFiles.Keys))
            yield return $"Sentinel:Attestation names the key {id} twice, in PublicKeys and in PublicKeyFiles";
        foreach (var (id, file) in PublicKeyFiles)
        {
            if (ProblemOf(() => File.ReadAllText(file)) is { } problem)
                yield return $"Sentinel:Attestation:PublicKeyFiles:{id}: {problem}";
        }

        foreach (var (id, pem) in PublicKeys)
        {
            if (ProblemOf(() => new AttestationVerifier([new(id, pem)]).Dispose()) is { } problem)
                yield return $"Sentinel:Attestation:PublicKeys:{id}: {problem}";
        }

        static string? ProblemOf(Action action)
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
}
