using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Knowledge;

/// <summary>What the configuration says of the world around a record, for detections whose records are about no key.</summary>
internal sealed class Surroundings(SentinelOptions options) : IKnowledge
{
    private readonly IReadOnlyList<ProtectedSet> _sets = options.NamedSets;
    private readonly AuditResources _audit = new(options.Evidence, options.EffectiveLogGroups, options.Notifications.Sns.TopicArn);

    public void Study(Observation observation)
    {
        observation.Sets = _sets;
        observation.AuditPath = _audit;
    }
}
