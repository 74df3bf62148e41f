using KmsLab.AppHost.Arguments;
using KmsLab.AppHost.Settings;
using Microsoft.Extensions.Configuration;

namespace KmsLab.AppHost.Running;

/// <summary>Makes Aspire's builder, told what the lab wants of the dashboard.</summary>
internal static class LabBuilder
{
    /// <summary>Below everything that a user may say: a quiet console, and an end that waits until all processes are gone.</summary>
    private static readonly Dictionary<string, string?> Defaults = new()
    {
        ["Logging:LogLevel:Default"] = "Warning",
        ["Logging:LogLevel:Microsoft"] = "Warning",
        ["Logging:LogLevel:Aspire.Hosting"] = "Warning",
        // Why the lab does not start is one line of its own.
        ["Logging:LogLevel:Microsoft.Extensions.Hosting"] = "None",
        // That an open dashboard is open, and each browser that leaves it, are no news in a lab that listens on loopback.
        ["Logging:LogLevel:Aspire.Hosting.Dashboard"] = "Critical",
        // A resource that is started again makes it fail to read the log of the one before. What can't start, its state says.
        ["Logging:LogLevel:Aspire.Hosting.Dcp.DcpExecutor"] = "Critical",
        // The keys are the dashboard's own, for its cookies; that a fresh account keeps them unencrypted is no news either.
        ["Logging:LogLevel:Microsoft.AspNetCore.DataProtection"] = "Error",
        ["DcpPublisher:WaitForResourceCleanup"] = "true",
        // Aspire asks its orchestrator about itself, which takes a tenth of a second, or once in a while for ever.
        ["DcpPublisher:DependencyCheckTimeout"] = "20",
        // A newer Aspire is for who develops the lab; asking the internet for it would cost every start a process.
        ["ASPIRE_VERSION_CHECK_DISABLED"] = "true",
    };

    public static IDistributedApplicationBuilder Create(LabArguments arguments, LabSettings settings)
    {
        string[] given = [.. arguments.Aspire, .. arguments.Settings.Select(setting => $"--{setting.Key}={setting.Value}")];
        var builder = DistributedApplication.CreateBuilder(
            new DistributedApplicationOptions { Args = [.. given, .. OfDashboard(settings)] });
        // One by one: a source put below the others would load them anew, and Aspire's own state can be read only once.
        foreach (var (key, value) in Defaults)
            builder.Configuration[key] ??= value;
        // Whoever asks for random ports, such as a test, has the dashboard at another one, too.
        if (!builder.Configuration.GetValue<bool>("DcpPublisher:RandomizePorts"))
            builder.Configuration["ASPNETCORE_URLS"] = settings.Url("Lab:DashboardUrl").ToString();
        return builder;
    }

    /// <summary>
    /// No certificate is needed.
    /// The dashboard is open to this machine, or asks for the token that the welcome prints.
    /// </summary>
    private static IEnumerable<string> OfDashboard(LabSettings settings) =>
    [
        "--ASPIRE_ALLOW_UNSECURED_TRANSPORT=true",
        .. settings.HasOpenDashboard ? ["--ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS=true"] : Array.Empty<string>(),
    ];
}
