using KmsLab.ServiceDefaults.CommandLine;
using KmsLab.ServiceDefaults.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KmsLab.ServiceDefaults;

/// <summary>A service as a program of its own.</summary>
public static class ServiceProgram
{
    /// <summary>Logs the failure of a start with its stack trace, where one line says the same.</summary>
    private const string HostCategory = "Microsoft.Extensions.Hosting.Internal.Host";

    /// <summary>Runs a service that has no commands of its own but <c>health</c>.</summary>
    /// <param name="section">Its configuration section, such as <c>CryptoApi</c>.</param>
    /// <param name="args">The command line.</param>
    /// <param name="add">The service's <c>AddX</c>.</param>
    /// <param name="map">The service's <c>MapX</c>.</param>
    /// <returns>The exit code: 1 when it could not start, or gave up since.</returns>
    public static Task<int> RunAsync(string section, string[] args, Action<WebApplicationBuilder> add, Action<WebApplication> map) =>
        RunAsync(new ServiceDescription(section), args, add, map);

    /// <summary>
    /// Builds the service, runs it until a signal, and says in one line why it could not start; or does what a command asks for.
    /// </summary>
    /// <param name="service">What its command line offers.</param>
    /// <param name="args">The command line: a command, or settings such as <c>--CryptoApi:Url=http://localhost:5080</c>.</param>
    /// <param name="add">The service's <c>AddX</c>.</param>
    /// <param name="map">The service's <c>MapX</c>.</param>
    /// <returns>The exit code: 1 when it could not start, or gave up since; else the command's.</returns>
    public static Task<int> RunAsync(
        ServiceDescription service, string[] args, Action<WebApplicationBuilder> add, Action<WebApplication> map) =>
        new ServiceCommandLine(WithSettings(service, add), arguments => ServeAsync(service.Section, arguments, add, map)).RunAsync(args);

    /// <summary>All that a service reads.</summary>
    public static IReadOnlyList<SettingsSection> SettingsOf(Action<WebApplicationBuilder> add)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        add(builder);
        return [.. builder.Services.Where(service => !service.IsKeyedService).Select(service => service.ImplementationInstance).OfType<SettingsSection>()];
    }

    private static ServiceDescription WithSettings(ServiceDescription service, Action<WebApplicationBuilder> add) => service with
    {
        Commands =
        [
            .. service.Commands,
            SettingsCommands.Check(service.Section, file => Check(service.Section, file, add)),
            SettingsCommands.Settings(service.Section, () => SettingsOf(add)),
        ],
    };

    private static SettingsFindings Check(string section, string file, Action<WebApplicationBuilder> add)
    {
        var builder = CreateBuilder(new([], file));
        builder.Logging.ClearProviders();
        add(builder);
        using var app = builder.Build();
        return SettingsCheck.Find(app.Services, section);
    }

    private static async Task<int> ServeAsync(
        string section, ServeArguments arguments, Action<WebApplicationBuilder> add, Action<WebApplication> map)
    {
        string? url = null;
        try
        {
            var builder = CreateBuilder(arguments);
            url = builder.Configuration[$"{section}:Url"] ?? builder.Configuration["urls"] ?? "its default address";
            var started = false;
            // A background service that fails meanwhile is critical.
            builder.Logging.AddFilter(HostCategory, level => level >= (started ? LogLevel.Information : LogLevel.Critical));
            add(builder);
            await using var app = builder.Build();
            map(app);
            await app.StartAsync();
            started = true;
            await app.WaitForShutdownAsync();
            return Environment.ExitCode; // A background service that gave up has set it.
        }
        catch (Exception problem) // The process edge: whatever went wrong becomes one line that says what to do.
        {
            await Console.Error.WriteLineAsync($"{section} could not start: {StartupProblem.Describe(problem, section, url)}");
            return 1;
        }
    }

    /// <summary>Makes a service's builder, with the settings of its command line and of <c>--config</c>.</summary>
    internal static WebApplicationBuilder CreateBuilder(ServeArguments arguments)
    {
        string[] settings = [.. arguments.Settings];
        // The content root is where the program lies, not where the shell happens to be.
        var options = new WebApplicationOptions { Args = settings, ContentRootPath = AppContext.BaseDirectory };
        var builder = WebApplication.CreateBuilder(options);
        if (arguments.ConfigFile is { } file)
            builder.Configuration.AddConfigFile(file).AddCommandLine(settings);
        return builder;
    }
}
