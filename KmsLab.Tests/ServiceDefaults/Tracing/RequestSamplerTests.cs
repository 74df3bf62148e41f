using System.Diagnostics;
using KmsLab.ServiceDefaults.Tracing;
using OpenTelemetry.Trace;

namespace KmsLab.Tests.ServiceDefaults.Tracing;

/// <summary>Traces that are recorded, and those that are not.</summary>
public sealed class RequestSamplerTests
{
    [Theory]
    [InlineData(ActivityKind.Server, SamplingDecision.RecordAndSample)]
    [InlineData(ActivityKind.Consumer, SamplingDecision.RecordAndSample)]
    [InlineData(ActivityKind.Internal, SamplingDecision.Drop)]
    [InlineData(ActivityKind.Client, SamplingDecision.Drop)]
    public void Trace_is_recorded_when_a_request_begins_it(ActivityKind kind, SamplingDecision decision) =>
        Decide(kind, default).ShouldBe(decision);

    [Theory]
    [InlineData(ActivityTraceFlags.Recorded, SamplingDecision.RecordAndSample)]
    [InlineData(ActivityTraceFlags.None, SamplingDecision.Drop)]
    public void Span_goes_as_its_parent(ActivityTraceFlags parent, SamplingDecision decision)
    {
        foreach (var isRemote in (bool[])[true, false])
        {
            var context = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), parent, isRemote: isRemote);
            Decide(ActivityKind.Client, context).ShouldBe(decision);
            Decide(ActivityKind.Server, context).ShouldBe(decision);
        }
    }

    [Fact]
    public void Background_is_recorded_when_asked_for() =>
        Decide(ActivityKind.Internal, default, ("Sentinel:Telemetry:BackgroundTraces", "true")).ShouldBe(SamplingDecision.RecordAndSample);

    [Theory]
    [InlineData("parentbased_always_off", null)]
    [InlineData("traceidratio", "0")]
    public void OpenTelemetry_s_own_setting_counts(string sampler, string? argument)
    {
        var decision = Decide(ActivityKind.Server, default, ("OTEL_TRACES_SAMPLER", sampler), ("OTEL_TRACES_SAMPLER_ARG", argument));

        decision.ShouldBe(SamplingDecision.Drop);
    }

    private static SamplingDecision Decide(ActivityKind kind, ActivityContext parent, params (string Key, string? Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => setting.Value))
            .Build();
        var parameters = new SamplingParameters(parent, ActivityTraceId.CreateRandom(), "x", kind);
        return RequestSampler.Of(configuration, "sentinel").ShouldSample(parameters).Decision;
    }
}
