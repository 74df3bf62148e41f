using System.Reflection;
using System.Runtime.InteropServices;
using KmsLab.AppHost.Settings;
using Microsoft.Extensions.Configuration;

namespace KmsLab.AppHost.Services;

/// <summary>Adds the lab's own services as resources.</summary>
internal static class ServiceResources
{
    /// <summary>Settings that hold for every service.</summary>
    private static readonly string[] CommonSections = ["Logging"];

    /// <summary>Adds a service: its program, where it listens, its health check, and its settings.</summary>
    /// <typeparam name="TProject">The project.</typeparam>
    /// <param name="builder">The model.</param>
    /// <param name="name">The resource's name.</param>
    /// <param name="section">The service's configuration section.</param>
    /// <param name="settings">What the lab is told.</param>
    public static IResourceBuilder<ProjectResource> AddService<TProject>(
        this IDistributedApplicationBuilder builder, string name, string section, LabSettings settings)
        where TProject : IProjectMetadata, new()
    {
        var service = builder.AddProject<TProject>(name, options => options.ExcludeLaunchProfile = true)
            .WithOwnEndpoint(settings.UrlOf(section))
            .WithHttpHealthCheck("/health")
            .WithoutHttpsCertificate();
        foreach (var each in (string[])[section, .. CommonSections])
            service.WithSettings(settings.Of(each).Where(setting => setting.Key != $"{section}:Url"));
        return builder.ExecutionContext.IsPublishMode ? service : service.AsBuiltProgram(new TProject().ProjectPath);
    }

    /// <summary>
    /// Hands on configuration keys such as <c>Sentinel:LogGroups:0</c> as environment variables; a manifest gets parameters for secrets.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithSettings(
        this IResourceBuilder<ProjectResource> service, IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var builder = service.ApplicationBuilder;
        foreach (var (key, value) in settings)
        {
            var variable = key.Replace(":", "__", StringComparison.Ordinal);
            if (value is not null && builder.ExecutionContext.IsPublishMode && SecretSettings.IsSecret(key, value))
                service.WithEnvironment(variable, builder.ParameterOf(key));
            else if (value is not null)
                service.WithEnvironment(variable, value);
        }

        return service;
    }

    /// <summary>
    /// Points a service's AWS clients at the lab's endpoint, as a principal of the lab.
    /// Whatever profile, Region or endpoint a developer's shell has must never send the lab's calls to a real account.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithLabAws(
        this IResourceBuilder<ProjectResource> service, EndpointReference endpoint, LabPrincipal principal) => service
            .WithEnvironment("AWS__ServiceURL", endpoint)
            .WithEnvironment("AWS__Region", LabDefaults.Region)
            .WithEnvironment("AWS__AccessKeyId", principal.AccessKeyId)
            .WithEnvironment("AWS__Profile", "")
            .WithEnvironment("AWS_PROFILE", "");

    /// <summary>
    /// No proxy of Aspire's before it: a service tags, limits and logs by its callers' addresses.
    /// Port 0, as well as a test's random ports, takes any.
    /// </summary>
    private static IResourceBuilder<ProjectResource> WithOwnEndpoint(this IResourceBuilder<ProjectResource> service, Uri url)
    {
        var anyPort = url.Port == 0 || service.ApplicationBuilder.Configuration.GetValue<bool>("DcpPublisher:RandomizePorts");
        int? port = anyPort ? null : url.Port;
        return service.WithEndpoint("http", endpoint =>
        {
            (endpoint.UriScheme, endpoint.Port, endpoint.TargetPort, endpoint.IsProxied) = ("http", port, port, false);
            endpoint.TargetHost = url.Host;
        });
    }

    /// <summary>Runs the program that the build made, small rather than greedy: half a dozen programs share a laptop.</summary>
    private static IResourceBuilder<ProjectResource> AsBuiltProgram(
        this IResourceBuilder<ProjectResource> service, string project) => service
            .WithAnnotation(BuiltProgram(project))
            .WithEnvironment("DOTNET_ROOT", DotnetRoot)
            .WithEnvironment("DOTNET_gcServer", "0")
            .WithEnvironment("DOTNET_gcConcurrent", "0")
            .WithEnvironment("DOTNET_TieredPGO", "0")
            // Aspire asks for every second, which costs more than all else that an idle lab does.
            .WithEnvironment("OTEL_METRIC_EXPORT_INTERVAL", "5000")
            // A collector on this machine answers at once, or is not there: a service that ends must not try again for seconds to reach it.
            .WithEnvironment("OTEL_EXPORTER_OTLP_TIMEOUT", "500")
            .WithEnvironment("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "")
            // Nothing stands before it, so nobody may say by a header who calls. Aspire expects its own proxy there.
            .WithEnvironment("ASPNETCORE_FORWARDEDHEADERS_ENABLED", "false");

    /// <summary>The program that the build made. <c>dotnet run</c> in its place would double the processes and swallow signals.</summary>
    private static ExecutableAnnotation BuiltProgram(string project)
    {
        var configuration = typeof(ServiceResources).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        var directory = Path.Combine(Path.GetDirectoryName(project)!, "bin", configuration, "net10.0");
        var name = Path.GetFileNameWithoutExtension(project) + (OperatingSystem.IsWindows() ? ".exe" : "");
        return new() { Command = Path.Combine(directory, name), WorkingDirectory = directory };
    }

    /// <summary>The .NET that runs this process: an SDK need not be installed where programs look for it by themselves.</summary>
    private static string DotnetRoot => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
}
