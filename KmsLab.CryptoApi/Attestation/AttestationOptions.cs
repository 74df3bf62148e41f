namespace KmsLab.CryptoApi.Attestation;

/// <summary>The section <c>CryptoApi:Attestation</c>: the key that signs this service's KMS calls. Without a key calls carry no proof.</summary>
public sealed class AttestationOptions
{
    /// <summary>The key's id, by which verifiers find the public key: 1 to 16 characters of <c>[A-Za-z0-9_-]</c>.</summary>
    public string KeyId { get; set; } = "k1";

    /// <summary>The ECDSA P-256 private key in PEM, as the ECS execution role injects it. Wins over <see cref="PrivateKeyFile"/>.</summary>
    public string? PrivateKey { get; set; }

    /// <summary>A file with the private key in PEM.</summary>
    public string? PrivateKeyFile { get; set; }

    /// <summary>
    /// Make <see cref="PrivateKeyFile"/> if it is not there, readable by its owner only, with the public key beside it as <c>.pub</c>. For the lab: in
    /// production the task's role must not be able to read the key from anywhere.
    /// </summary>
    public bool CreateKeyFile { get; set; }
}
