using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Trace;

namespace KmsLab.ServiceDefaults.Tracing;

/// <summary>
/// Records traces that begin with a request, and no others: polling makes hundreds a minute, which bury what people look for.
/// What continues a trace is as its parent is.
/// </summary>
/// <param name="requests">Decides about traces that begin with a request.</param>
internal sealed class RequestSampler(Sampler requests) : Sampler
{
    /// <summary>
    /// Makes the sampler of a service: <c>{section}:Telemetry:BackgroundTraces=true</c> asks for the rest as well,
    /// <c>OTEL_TRACES_SAMPLER</c> says how many.
    /// </summary>
    public static Sampler Of(IConfiguration configuration, string section)
    {
        var some = Share(configuration);
        var withBackground = configuration.GetValue<bool>($"{section}:Telemetry:BackgroundTraces");
        return new ParentBasedSampler(withBackground ? some : new RequestSampler(some));
    }

    /// <inheritdoc/>
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters.Kind is ActivityKind.Server or ActivityKind.Consumer
            ? requests.ShouldSample(samplingParameters)
            : new(SamplingDecision.Drop);

    /// <summary>OpenTelemetry's own setting, which it doesn't look at when it is given a sampler.</summary>
    private static Sampler Share(IConfiguration configuration) => configuration["OTEL_TRACES_SAMPLER"] switch
    {
        "always_off" or "parentbased_always_off" => new AlwaysOffSampler(),
        "traceidratio" or "parentbased_traceidratio" =>
            new TraceIdRatioBasedSampler(configuration.GetValue("OTEL_TRACES_SAMPLER_ARG", 1.0)),
        _ => new AlwaysOnSampler(),
    };
}
