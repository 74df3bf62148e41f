using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Logs;

/// <summary>Takes the points that metric filters find. CloudWatch's metrics stand behind it; it must not block, for the state's writer may be the caller.</summary>
internal interface IMetricSink
{
    void Put(RegionScope scope, MetricPoint point);
}

/// <summary>A value of a metric.</summary>
/// <param name="Namespace">The metric's namespace.</param>
/// <param name="Name">The metric's name.</param>
/// <param name="Dimensions">Its dimensions, none or at most three.</param>
/// <param name="Timestamp">The minute of the log event: metric filters aggregate by the minute.</param>
/// <param name="Value">The value.</param>
/// <param name="Count">How often it was found.</param>
/// <param name="Unit">The unit, such as <c>Count</c>; <c>None</c> where none was given.</param>
internal sealed record MetricPoint(
    string Namespace, string Name, IReadOnlyList<KeyValuePair<string, string>> Dimensions, DateTimeOffset Timestamp, double Value, double Count, string Unit);
