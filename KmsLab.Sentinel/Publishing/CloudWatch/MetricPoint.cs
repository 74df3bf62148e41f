using System.Text.Json;
using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using KmsLab.Sentinel.Storage;

namespace KmsLab.Sentinel.Publishing.CloudWatch;

/// <summary>Calls in a minute of event time that CloudWatch has not been told of.</summary>
/// <param name="Start">The minute, in Unix milliseconds.</param>
/// <param name="Dimensions">Names and values, as JSON.</param>
/// <param name="Calls">How many.</param>
internal sealed record MetricPoint(long Start, string Dimensions, long Calls)
{
    public const string Metric = "Calls";

    // What one datum takes on the wire beside its dimensions, rounded up.
    private const int Overhead = 200;

    /// <summary>What it takes on the wire, at most.</summary>
    public int Size => Overhead + (2 * Dimensions.Length);

    public MetricDatum ToDatum() => new()
    {
        MetricName = Metric,
        Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(Start).UtcDateTime,
        Value = Calls,
        Unit = StandardUnit.Count,
        Dimensions = [.. JsonSerializer.Deserialize(Dimensions, StoredJson.Default.ListKeyValuePairStringString)!.Select(pair => new Dimension { Name = pair.Key, Value = pair.Value })],
    };
}
