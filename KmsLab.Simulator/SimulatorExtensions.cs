using KmsLab.ServiceDefaults;
using KmsLab.ServiceDefaults.Settings;
using KmsLab.Simulator.Http;
using KmsLab.Simulator.Runs;
using KmsLab.Simulator.Service;
using KmsLab.Simulator.Verdicts;
using Microsoft.Extensions.Options;

namespace KmsLab.Simulator;

/// <summary>The service's two entry points; its own command <c>serve</c> and the tests call the same.</summary>
public static class SimulatorExtensions
{
    private const int MaxBody = 64 * 1024;

    /// <summary>Longer than a run takes at most to put right what it changed.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(70);

    /// <summary>Adds the service.</summary>
    public static WebApplicationBuilder AddSimulator(this WebApplicationBuilder builder)
    {
        builder.AddServiceDefaults(SimulatorOptions.Section, "http://localhost:5070");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBody;
        });
        if (!builder.Configuration.GetValue<bool>(ServiceDefaultsExtensions.EmbeddedKey))
            builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddProblemDetails(
            options => options.CustomizeProblemDetails = context => context.ProblemDetails.Extensions.Remove("traceId"));

        builder.Services.AddSettings<SimulatorOptions>(SimulatorOptions.Section);
        builder.Services.AddSingleton<IValidateOptions<SimulatorOptions>, SimulatorOptionsValidator>();
        builder.Services.AddHostedService<SimulatorStartup>();
        builder.Services.AddSingleton<Availability>();
        builder.Services.AddSingleton<SentinelAlarms>();
        builder.Services.AddSingleton<RunPlayer>();
        builder.Services.AddSingleton<RunRegistry>();
        builder.Services.AddHostedService(services => services.GetRequiredService<RunRegistry>());
        return builder;
    }

    /// <summary>Maps the service's endpoints.</summary>
    public static WebApplication MapSimulator(this WebApplication app)
    {
        app.CheckSettings();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.Use(RequestGuard.CheckAsync);
        app.UseRouting(); // Named here, because it would otherwise be put before the guard.
        app.MapServiceDefaults();
        app.MapSimulatorApi();
        return app;
    }
}
