using KmsLab.ServiceDefaults;

namespace KmsLab.Sentinel;

/// <summary>The service's two entry points; its own <c>Program.cs</c> and the embedded lab call the same.</summary>
public static class SentinelExtensions
{
    /// <summary>Adds the service.</summary>
    public static WebApplicationBuilder AddSentinel(this WebApplicationBuilder builder)
    {
        builder.AddServiceDefaults("Sentinel", "http://localhost:5090");
        return builder;
    }

    /// <summary>Maps the service's endpoints.</summary>
    public static WebApplication MapSentinel(this WebApplication app)
    {
        app.MapServiceDefaults();
        return app;
    }
}
