using KmsLab.LocalAws.Logs;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Metrics;

/// <summary>Takes what metric filters find. It may be called on the state's writer, where an exception would end all writing: what can't be kept is counted out in the log instead.</summary>
internal sealed partial class MetricFilterSink(MetricStore metrics, ILogger<MetricFilterSink> logger) : IMetricSink
{
    public void Put(RegionScope scope, MetricPoint point)
    {
        try
        {
            var metric = new MetricId(point.Namespace, point.Name, point.Dimensions);
            metrics.Put(scope, [new(metric, point.Timestamp, point.Unit, [(point.Value, point.Count)])]);
        }
        catch (AwsException error)
        {
            Log.Dropped(logger, point.Namespace, point.Name, error.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A point of the metric {Namespace}/{Name} was dropped: {Reason}")]
        public static partial void Dropped(ILogger logger, string @namespace, string name, string reason);
    }
}
