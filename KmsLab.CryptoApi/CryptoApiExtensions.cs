using KmsLab.ServiceDefaults;

namespace KmsLab.CryptoApi;

/// <summary>The service's two entry points; its own <c>Program.cs</c> and the embedded lab call the same.</summary>
public static class CryptoApiExtensions
{
    /// <summary>Adds the service.</summary>
    public static WebApplicationBuilder AddCryptoApi(this WebApplicationBuilder builder)
    {
        builder.AddServiceDefaults("CryptoApi", "http://localhost:5080");
        return builder;
    }

    /// <summary>Maps the service's endpoints.</summary>
    public static WebApplication MapCryptoApi(this WebApplication app)
    {
        app.MapServiceDefaults();
        return app;
    }
}
