using Amazon.CloudWatchLogs;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Sources;

/// <summary>Reads the log groups of <c>Sentinel:LogGroups</c>.</summary>
internal sealed class CloudWatchLogsSources(
    IAmazonCloudWatchLogs logs, SourceOptions options, DetectionOptions detections, AuditPathOptions path, TimeProvider time) : ISourceFactory
{
    public IEnumerable<IRecordSource> Create()
    {
        var pacer = new CallPacer(options.LogsCallsPerSecond, time);
        return options.EffectiveLogGroups.Select(group => new CloudWatchLogsSource(logs, group, detections.EffectiveEventSources, new(path.TrailArns), pacer));
    }
}
