using KmsLab.Sentinel.Access;
using KmsLab.Sentinel.Dashboard.Scenarios;
using KmsLab.Sentinel.Languages;
using KmsLab.ServiceDefaults.Settings;
using Microsoft.Extensions.Options;
using Radzen;

namespace KmsLab.Sentinel.Dashboard;

/// <summary>Sentinel's page: Blazor on the server, drawn by the same queries that answer <c>/api</c>.</summary>
internal static class DashboardExtensions
{
    public static WebApplicationBuilder AddDashboard(this WebApplicationBuilder builder)
    {
        builder.WebHost.UseStaticWebAssets(); // Else css and js are empty unless it runs from its published folder, or in Development.
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        builder.Services.AddCascadingAuthenticationState();
        builder.Services.AddRadzenComponents();
        builder.Services.AddSingleton<AlarmBoard>();
        builder.Services.AddSingleton<PastAlarms>();
        builder.Services.AddSingleton<ShownNames>();
        builder.Services.AddSingleton(new Texts());
        builder.Services.AddScoped<ViewerFormat>();
        builder.Services.AddScoped<ViewerName>();
        builder.Services.AddScoped<Signature>();
        builder.Services.AddScoped<Liveness>();
        builder.AddSimulatorClient();
        // Scripts and style sheets only: they are public, and nothing that a caller wrote is in them (BREACH).
        builder.Services.AddResponseCompression(options => (options.EnableForHttps, options.MimeTypes) = (true, ["text/css", "text/javascript"]));
        return builder;
    }

    /// <summary>Answers a browser that asks for a page that there is not with one that says so; programs get problem details.</summary>
    public static void UseErrorPages(this WebApplication app)
    {
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.UseWhen(http => !Refusal.IsPage(http.Request), programs => programs.UseStatusCodePages());
    }

    public static WebApplication MapDashboard(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        Theme.Map(app);
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null); // Said with the rest of the policy.
        return app;
    }

    /// <summary>The page of scenarios is there where a simulator is.</summary>
    private static void AddSimulatorClient(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<HealthOptions>();
        builder.Services.AddSettings<SimulatorOptions>(SimulatorOptions.Section);
        builder.Services.AddSingleton<IValidateOptions<SimulatorOptions>, SimulatorOptionsValidator>();
        if (!string.IsNullOrEmpty(builder.Configuration[$"{SimulatorOptions.Section}:{nameof(SimulatorOptions.Url)}"]))
            builder.Services.AddSingleton<SimulatorClient>();
    }
}
