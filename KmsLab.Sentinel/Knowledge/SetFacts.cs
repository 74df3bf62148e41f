using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Knowledge;

/// <summary>What the configuration says of the world around a record, for detections whose records are about no key.</summary>
internal sealed class SetFacts(ProtectedSets sets, AuditResources audit) : ITurnPart
{
    public void Study(Observation observation)
    {
        observation.Sets = sets.All;
        observation.AuditPath = audit;
    }
}
