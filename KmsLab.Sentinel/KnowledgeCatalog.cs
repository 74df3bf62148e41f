using KmsLab.CloudTrail.Attestation;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Knowledge;
using KmsLab.Sentinel.Knowledge.Baselines;
using KmsLab.Sentinel.Knowledge.Readers;
using KmsLab.Sentinel.Publishing.CloudWatch;
using KmsLab.Sentinel.Rates;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.TrailHealth.Canary;
using KmsLab.Sentinel.TrailHealth.Guard;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel;

/// <summary>All there is to know, in the order in which it looks at a record: what comes later may rest on what came before.</summary>
internal sealed class KnowledgeCatalog(
    DetectionCatalog detections, ProtectedSets sets, AuditResources audit, AttestationOptions attestation, BaselineOptions baselines, CanaryOptions canary,
    DeliveryOptions delivery, MetricOptions metrics, TurnOptions turns) : IDisposable
{
    private readonly AttestationVerifiers _verifiers = new(attestation);
    private readonly AttestationVerifier? _canaryVerifier = CanarySeal.VerifierOf(canary);

    /// <summary>New and empty, for a memory that is about to be loaded. A new kind of knowledge is a file of its own and a line here.</summary>
    public IReadOnlyList<IKnowledge> Create()
    {
        var protectedKeys = new ProtectedKeys(sets);
        return
        [
            new CanaryBook(canary, delivery, turns.Retention, _canaryVerifier),
            new GuardBook(),
            new OwnRefusals(turns.Retention),
            protectedKeys,
            new SeenKeys(sets),
            new Surroundings(sets, audit),
            new AttestationFacts(_verifiers),
            new ProofUses(attestation.Attempts, attestation.MaxProofs),
            new LearnedNames(sets, protectedKeys),
            new KeyPolicies(protectedKeys),
            new CallMetrics(metrics),
            new KnownPrincipals(baselines),
            new ReadRecords(baselines),
            new BaselineBook(detections, baselines, turns),
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
