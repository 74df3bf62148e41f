using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using KmsLab.CryptoApi.Telemetry;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace KmsLab.Tests.CryptoApi;

/// <summary>What the service counts and traces; that none of it is secret, <see cref="SecretsInTelemetryTests"/> proves.</summary>
public sealed class CryptoTelemetryTests(PostgresCluster cluster, LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    [Fact]
    public async Task Requests_kms_calls_sizes_and_failures_are_counted_under_bounded_tags()
    {
        await using var wire = await AwsWire.StartAsync(aws.Host.Url);
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await CryptoApiHost.StartUnreadyAsync(database, wire.Url);
        await api.UntilReadyAsync();
        var meters = api.Services.GetRequiredService<IMeterFactory>();
        using var requests = new MetricCollector<long>(meters, CryptoMetrics.MeterName, "kmslab.crypto.requests");
        using var failures = new MetricCollector<long>(meters, CryptoMetrics.MeterName, "kmslab.crypto.failures");
        using var sizes = new MetricCollector<long>(meters, CryptoMetrics.MeterName, "kmslab.crypto.text.size");
        using var kms = new MetricCollector<double>(meters, CryptoMetrics.MeterName, "kmslab.crypto.kms.duration");

        var key = await api.EncryptAsync("n", "text");
        await api.DecryptAsync("n", key);
        await api.DecryptAsync("n", "wrong");
        wire.Fail("Decrypt", 400, "AQuiteNewException");
        await api.DecryptAsync("n", key);

        Counted(requests, "operation", "status").ShouldBe(["Encrypt 200", "Decrypt 200", "Decrypt 400", "Decrypt 503"]);
        Counted(failures, "operation", "reason").ShouldBe(["Decrypt kms-unavailable"]);
        Counted(kms, "operation", "outcome").ShouldBe(["Encrypt ok", "Decrypt ok", "Decrypt InvalidCiphertextException", "Decrypt other"]);
        sizes.GetMeasurementSnapshot().Select(size => size.Value).ShouldBe([4, 4]);
    }

    [Fact]
    public async Task Kms_calls_and_statements_are_spans_of_their_request()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is CryptoActivities.SourceName or "KmsLab.Database" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql, cluster);
        await using var api = await CryptoApiHost.StartAsync(database, aws.Host);
        var trace = ActivityTraceId.CreateRandom().ToHexString();

        using var answer = await Http.JsonRequests.AskAsync(api, HttpMethod.Post, "/encrypt", """{"Name":"n","Text":"t"}""", ("traceparent", $"00-{trace}-00f067aa0ba902b7-01"));

        ((int)answer.StatusCode).ShouldBe(200);
        var names = spans.Where(span => span.TraceId.ToHexString() == trace).Select(span => span.OperationName).ToList();
        names.ShouldContain("KMS Encrypt");
        names.ShouldContain("database read");
        names.ShouldContain("database write");
    }

    private static IEnumerable<string> Counted<T>(MetricCollector<T> collector, string first, string second) where T : struct =>
        collector.GetMeasurementSnapshot().Select(measurement => $"{measurement.Tags[first]} {measurement.Tags[second]}");
}
