using KmsLab.ServiceDefaults.Tracing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Instrumentation.AspNetCore;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace KmsLab.ServiceDefaults;

/// <summary>OpenTelemetry traces, metrics and logs, exported over OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.</summary>
public static class Telemetry
{
    /// <summary>Every ActivitySource and Meter of KmsLab has a name that begins so.</summary>
    public const string Prefix = "KmsLab.";

    /// <summary>
    /// Registers the providers of one process under <paramref name="serviceName"/>; nothing where no collector takes what they gather: each span and log
    /// record would still be made, on every request.
    /// </summary>
    public static TBuilder AddTelemetry<TBuilder>(this TBuilder builder, string serviceName) where TBuilder : IHostApplicationBuilder
    {
        if (!HasCollector(builder))
            return builder;

        builder.Logging.AddOpenTelemetry(AsStructuredMessages);
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => NameUnlessNamed(resource, serviceName, builder.Configuration))
            .WithTracing(tracing => tracing
                .SetSampler(RequestSampler.Of(builder.Configuration, serviceName))
                .AddSource(Prefix + "*")
                .AddSource("Amazon.*")
                .AddNpgsql()
                .AddAspNetCoreInstrumentation(ExceptPolling)
                .AddHttpClientInstrumentation())
            .WithMetrics(metrics => metrics
                .AddMeter(Prefix + "*")
                .AddMeter("Amazon.*", "Npgsql")
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation())
            .UseOtlpExporter();
        return builder;
    }

    /// <summary>
    /// Exports the logs of one host among several in a process, under <paramref name="serviceName"/>. Traces and metrics are process-wide:
    /// whoever runs several hosts calls <see cref="AddTelemetry"/> once, on a host that has no service.
    /// </summary>
    public static TBuilder AddLogTelemetry<TBuilder>(this TBuilder builder, string serviceName) where TBuilder : IHostApplicationBuilder
    {
        if (HasCollector(builder))
        {
            builder.Logging.AddOpenTelemetry(logging =>
            {
                AsStructuredMessages(logging);
                logging.SetResourceBuilder(ResourceBuilder.CreateDefault().AddService(serviceName));
                logging.AddOtlpExporter();
            });
        }

        return builder;
    }

    /// <summary>
    /// Names the process, unless OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES does: Aspire knows it by their name and instance,
    /// and would show another as a second service.
    /// </summary>
    private static void NameUnlessNamed(ResourceBuilder resource, string serviceName, IConfiguration configuration)
    {
        var attributes = configuration["OTEL_RESOURCE_ATTRIBUTES"] ?? "";
        if (string.IsNullOrWhiteSpace(configuration["OTEL_SERVICE_NAME"]) && !Names(attributes, "service.name"))
            resource.AddService(serviceName, autoGenerateServiceInstanceId: !Names(attributes, "service.instance.id"));
    }

    private static bool Names(string attributes, string key) =>
        attributes.Split(',', StringSplitOptions.TrimEntries).Any(attribute => attribute.Split('=')[0].TrimEnd() == key);

    /// <summary>
    /// Leaves out what comes every few seconds: health checks, and the acknowledgements with which a browser answers each change of
    /// Sentinel's page.
    /// </summary>
    private static void ExceptPolling(AspNetCoreTraceInstrumentationOptions http)
    {
        http.Filter = context => !IsHealthCheck(context.Request.Path);
        http.EnableAspNetCoreSignalRSupport = false;
    }

    private static void AsStructuredMessages(OpenTelemetryLoggerOptions logging)
    {
        logging.IncludeFormattedMessage = true;
        logging.IncludeScopes = true;
    }

    private static bool HasCollector(IHostApplicationBuilder builder) => !string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);

    private static bool IsHealthCheck(Microsoft.AspNetCore.Http.PathString path) => path == "/health" || path == "/alive";
}
