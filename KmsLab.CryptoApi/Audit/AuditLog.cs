using System.Diagnostics;
using KmsLab.CloudTrail.Attestation;
using KmsLab.CryptoApi.Attestation;

namespace KmsLab.CryptoApi.Audit;

/// <summary>Opens an entry for each KMS call, before anything of it happens.</summary>
internal sealed class AuditLog(CallAttestor attestor, AuditWriter writer, TimeProvider time)
{
    /// <summary>The client of calls that the service makes for itself.</summary>
    public const string Service = "service:cryptoapi";

    /// <summary>Begins a call. Dispose it when the request is done.</summary>
    /// <param name="operation">The KMS operation, such as <c>Decrypt</c>.</param>
    /// <param name="client">On whose behalf.</param>
    public AuditedCall Begin(string operation, string client) => new(writer)
    {
        Nonce = AttestationProof.NewNonce(),
        CalledAt = time.GetUtcNow().ToUnixTimeMilliseconds(),
        TraceId = (Activity.Current?.TraceId ?? ActivityTraceId.CreateRandom()).ToHexString(),
        Client = client,
        ClientTag = attestor.ClientTag(client),
        Operation = operation,
    };
}
