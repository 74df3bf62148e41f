using KmsLab.CloudTrail.Attestation;
using Microsoft.Extensions.Options;

namespace KmsLab.Sentinel.Knowledge;

/// <summary>All there is to know, in the order in which it looks at a record: what comes later may rest on what came before.</summary>
internal sealed class KnowledgeCatalog(IOptions<SentinelOptions> options) : IDisposable
{
    private readonly AttestationVerifier? _verifier = AttestationOptions.VerifierOf(options.Value.Attestation);

    /// <summary>New and empty, for a memory that is about to be loaded. A new kind of knowledge is a file of its own and a line here.</summary>
    public IReadOnlyList<IKnowledge> Create() =>
    [
        new ProtectedKeys(options.Value.NamedSets),
        new AttestationFacts(_verifier),
    ];

    public void Dispose() => _verifier?.Dispose();
}
