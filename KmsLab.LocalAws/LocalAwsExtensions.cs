using KmsLab.ServiceDefaults;

namespace KmsLab.LocalAws;

/// <summary>The service's two entry points; its own <c>Program.cs</c> and the embedded lab call the same.</summary>
public static class LocalAwsExtensions
{
    /// <summary>Adds the service.</summary>
    public static WebApplicationBuilder AddLocalAws(this WebApplicationBuilder builder)
    {
        builder.AddServiceDefaults("LocalAws", "http://localhost:4566");
        return builder;
    }

    /// <summary>Maps the service's endpoints.</summary>
    public static WebApplication MapLocalAws(this WebApplication app)
    {
        app.MapServiceDefaults();
        return app;
    }
}
