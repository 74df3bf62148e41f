using KmsLab.Sentinel.Detection;
using KmsLab.Sentinel.EvidencePath;

namespace KmsLab.Sentinel.Knowledge;

/// <summary>What the configuration says of the world around a record, for detections whose records are about no key.</summary>
internal sealed class Surroundings(SentinelOptions options) : IKnowledge
{
    private readonly IReadOnlyList<ProtectedSet> _sets = options.NamedSets;
    private readonly EvidenceResources _evidence = new(options);

    public void Study(Observation observation)
    {
        observation.Sets = _sets;
        observation.EvidencePath = _evidence;
    }
}
