using KmsLab.CloudTrail.Attestation;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Knowledge;
using KmsLab.Sentinel.Knowledge.Baselines;
using KmsLab.Sentinel.Knowledge.Readers;
using KmsLab.Sentinel.Publishing.CloudWatch;
using KmsLab.Sentinel.Rates;
using KmsLab.Sentinel.TrailHealth.Canary;
using KmsLab.Sentinel.TrailHealth.Guard;
using Microsoft.Extensions.Options;

namespace KmsLab.Sentinel;

/// <summary>All there is to know, in the order in which it looks at a record: what comes later may rest on what came before.</summary>
internal sealed class KnowledgeCatalog(IOptions<SentinelOptions> options) : IDisposable
{
    private readonly AttestationVerifiers _verifiers = new(options.Value.Attestation);
    private readonly DetectionCatalog _detections = new(options);

    private readonly AttestationVerifier? _canaryVerifier = CanarySeal.VerifierOf(options.Value.Canary);

    /// <summary>New and empty, for a memory that is about to be loaded. A new kind of knowledge is a file of its own and a line here.</summary>
    public IReadOnlyList<IKnowledge> Create()
    {
        var protectedKeys = new ProtectedKeys(options.Value.NamedSets);
        return
        [
            new CanaryBook(options.Value.Canary, options.Value.Delivery, options.Value.Retention, _canaryVerifier),
            new GuardBook(),
            new OwnRefusals(options.Value.Retention),
            protectedKeys,
            new SeenKeys(options.Value.NamedSets),
            new Surroundings(options.Value),
            new AttestationFacts(_verifiers),
            new ProofUses(options.Value.Attestation.Attempts, options.Value.Attestation.MaxProofs),
            new LearnedNames(options.Value.NamedSets, protectedKeys),
            new KeyPolicies(protectedKeys),
            new CallMetrics(options.Value.Metrics),
            new KnownPrincipals(options.Value),
            new ReadRecords(options.Value),
            new BaselineBook(_detections, options.Value),
            new ContextBook(),
            new KeyUseBook(protectedKeys),
        ];
    }

    public void Dispose()
    {
        _verifiers.Dispose();
        _canaryVerifier?.Dispose();
    }
}
