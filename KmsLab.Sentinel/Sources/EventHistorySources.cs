using Amazon.CloudTrail;
using KmsLab.Sentinel.Detections;

namespace KmsLab.Sentinel.Sources;

/// <summary>Reads the event history where <c>Sentinel:EventHistory</c> asks for it.</summary>
internal sealed class EventHistorySources(IAmazonCloudTrail cloudTrail, SourceOptions options, DetectionOptions detections, TimeProvider time) : ISourceFactory
{
    public IEnumerable<IRecordSource> Create() => options.EventHistory ? [new EventHistorySource(cloudTrail, detections.EffectiveEventSources, time)] : [];
}
