namespace KmsLab.Sentinel.TrailHealth.Canary;

/// <summary>The section <c>Sentinel:Canary</c>: one KMS call now and then whose record must come back.</summary>
internal sealed class CanaryOptions
{
    /// <summary>
    /// The canary's own KMS key: ARN, or alias as <c>alias/name</c>. One key for each Sentinel database, used for nothing else: any other use of it raises
    /// an alarm. Empty: no canary.
    /// </summary>
    public string? KeyId { get; set; }

    /// <summary>Make the key if there is no such alias, tagged as Sentinel's. For the lab.</summary>
    public bool CreateKey { get; set; }

    /// <summary>Time from one call to the next.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Sources that the canary's record does not come through, such as the log group of a trail in another Region: these are complete when they are read.</summary>
    public string[] NotThrough { get; set; } = [];

    /// <summary>Id of the key that signs the calls, 1 to 16 characters of <c>[A-Za-z0-9_-]</c>.</summary>
    public string SigningKeyId { get; set; } = "canary";

    /// <summary>An ECDSA P-256 private key in PEM that signs the calls: Sentinel's own, never the application's. Wins over <see cref="SigningKeyFile"/>.</summary>
    public string? SigningKey { get; set; }

    /// <summary>A file with the signing key in PEM. Without a key, calls carry no proof, and a canary is known by its nonce alone.</summary>
    public string? SigningKeyFile { get; set; }

    /// <summary>Make <see cref="SigningKeyFile"/> if it is not there, readable by its owner only. For the lab.</summary>
    public bool CreateSigningKeyFile { get; set; }

    /// <summary>Whether there is a canary.</summary>
    public bool IsOn => !string.IsNullOrWhiteSpace(KeyId);

    /// <summary>What is wrong with it.</summary>
    public IEnumerable<string> Check(DeliveryOptions delivery)
    {
        if (Interval <= TimeSpan.Zero)
            yield return "Sentinel:Canary:Interval must be more than zero, for instance 00:01:00";
        if (!IsOn)
            yield break;

        if (!KeyId!.StartsWith("arn:", StringComparison.Ordinal) && !KeyId.StartsWith("alias/", StringComparison.Ordinal))
            yield return $"Sentinel:Canary:KeyId: '{KeyId}' must be a key's ARN, or an alias such as alias/kmslab-canary";
        if (CreateKey && !KeyId.StartsWith("alias/", StringComparison.Ordinal))
            yield return "Sentinel:Canary:CreateKey needs an alias in KeyId, such as alias/kmslab-canary";
        if (Interval > delivery.LateAfter)
            yield return "Sentinel:Canary:Interval must not be more than Sentinel:Delivery:LateAfter";
        foreach (var problem in CanarySeal.ProblemsOf(this))
            yield return problem;
    }
}
