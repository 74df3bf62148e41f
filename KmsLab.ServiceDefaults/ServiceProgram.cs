using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace KmsLab.ServiceDefaults;

/// <summary>A service as a program of its own.</summary>
public static class ServiceProgram
{
    /// <summary>Builds the service, runs it until a signal, and says in one line why it could not start.</summary>
    /// <param name="section">Its configuration section, such as <c>CryptoApi</c>.</param>
    /// <param name="args">The command line: configuration keys, such as <c>--CryptoApi:Url=http://localhost:5080</c>; or <c>health</c>, to ask the one that runs.</param>
    /// <param name="add">The service's <c>AddX</c>.</param>
    /// <param name="map">The service's <c>MapX</c>.</param>
    /// <returns>The exit code: 1 when it could not start, or gave up since.</returns>
    public static async Task<int> RunAsync(string section, string[] args, Action<WebApplicationBuilder> add, Action<WebApplication> map)
    {
        if (args is [HealthProbe.Command])
            return await HealthProbe.RunAsync(section, Environment.GetEnvironmentVariable, Console.Error);

        string? url = null;
        try
        {
            // The content root is where the program lies, not where the shell happens to be.
            var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
            url = builder.Configuration[$"{section}:Url"] ?? builder.Configuration["urls"] ?? "its default address";
            add(builder);
            await using var app = builder.Build();
            map(app);
            await app.StartAsync();
            await app.WaitForShutdownAsync();
            return Environment.ExitCode; // A background service that gave up has set it.
        }
        catch (Exception problem) // The process edge: whatever went wrong becomes one line that says what to do.
        {
            await Console.Error.WriteLineAsync($"{section} could not start: {StartupProblem.Describe(problem, section, url)}");
            return 1;
        }
    }
}
