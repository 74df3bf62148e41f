using KmsLab.Sentinel.Detections;

namespace KmsLab.Sentinel.Sources;

/// <summary>Reads the event history where <c>Sentinel:EventHistory</c> asks for it.</summary>
internal sealed class EventHistorySources(EventHistory history, SourceOptions options, DetectionOptions detections) : ISourceFactory
{
    public IEnumerable<IRecordSource> Create() => options.EventHistory ? [new EventHistorySource(history, detections.EffectiveEventSources)] : [];
}
