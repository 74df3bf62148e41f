using System.Diagnostics.Metrics;

namespace KmsLab.CryptoApi.Telemetry;

/// <summary>What this service counts. Each tag has a few values that the code knows; none comes from a caller.</summary>
internal sealed class CryptoMetrics
{
    public const string MeterName = "KmsLab.CryptoApi";

    // Bytes: from the lab's sentence to the largest text.
    private static readonly long[] SizeBuckets = [0, 64, 256, 1024, 4096, 16 * 1024, 64 * 1024, 256 * 1024, 1024 * 1024];

    // Seconds: KMS answers in some milliseconds, and is given up after some seconds.
    private static readonly double[] LatencyBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private readonly Counter<long> _requests;
    private readonly Counter<long> _failures;
    private readonly Histogram<double> _kms;
    private readonly Histogram<long> _sizes;

    public CryptoMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _requests = meter.CreateCounter<long>("kmslab.crypto.requests", "{request}", "Requests served, by operation and status.");
        _failures = meter.CreateCounter<long>("kmslab.crypto.failures", "{failure}", "Requests that failed for no fault of the caller, by operation and reason.");
        _kms = meter.CreateHistogram(
            "kmslab.crypto.kms.duration", "s", "Time of KMS calls, with the SDK's retries, by operation and outcome.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = LatencyBuckets });
        _sizes = meter.CreateHistogram(
            "kmslab.crypto.text.size", "By", "Size of texts stored and given back, by operation.", advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = SizeBuckets });
    }

    /// <summary>A request was answered.</summary>
    public void Answered(string operation, int status) => _requests.Add(1, new("operation", operation), new("status", status));

    /// <summary>A request failed; <paramref name="reason"/> as in <see cref="Http.Failure"/>.</summary>
    public void Failed(string operation, string reason) => _failures.Add(1, new("operation", operation), new("reason", reason));

    /// <summary>KMS was called.</summary>
    public void KmsCalled(string operation, string outcome, TimeSpan took) => _kms.Record(took.TotalSeconds, new("operation", operation), new("outcome", outcome));

    /// <summary>A text was stored or given back.</summary>
    public void Text(string operation, int bytes) => _sizes.Record(bytes, new KeyValuePair<string, object?>("operation", operation));
}
