using System.CommandLine;
using System.Globalization;

namespace KmsLab.ServiceDefaults;

/// <summary>
/// The command <c>health</c>: asks the service that runs on this machine whether it is ready. Chiselled images have no shell and no curl, so ECS asks
/// with the program itself (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html).
/// </summary>
public static class HealthProbe
{
    public const string Name = "health";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Makes the command for a service's command line.</summary>
    /// <param name="section">The service's configuration section.</param>
    public static Command Create(string section)
    {
        var description = $"Ask the service that runs on this machine, where {section}__Url or ASPNETCORE_HTTP_PORTS says, "
            + "whether it is ready. Exit code: 0 when it is, else 1.";
        var command = new Command(Name, description);
        command.SetAction((_, _) => RunAsync(section, Environment.GetEnvironmentVariable, Console.Error));
        return command;
    }

    /// <summary>Asks <c>/health</c>, where <c>{section}__Url</c> or <c>ASPNETCORE_HTTP_PORTS</c> says that the service listens.</summary>
    /// <param name="section">The service's configuration section.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="error">Where the answer's status goes, or what went wrong.</param>
    /// <returns>The exit code: 0 when it is ready.</returns>
    public static async Task<int> RunAsync(string section, Func<string, string?> variable, TextWriter error)
    {
        if (AddressOf(section, variable) is not { } address)
        {
            await error.WriteLineAsync($"Set {section}__Url or ASPNETCORE_HTTP_PORTS, as for the service.");
            return 1;
        }

        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(new Uri(address, "/health"));
            await error.WriteLineAsync(((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture));
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception unreachable) when (unreachable is HttpRequestException or TaskCanceledException)
        {
            await error.WriteLineAsync(unreachable.Message);
            return 1;
        }
    }

    private static Uri? AddressOf(string section, Func<string, string?> variable)
    {
        if (variable($"{section}__Url") is { Length: > 0 } url)
            return new(url);
        return variable("ASPNETCORE_HTTP_PORTS")?.Split(';') is [{ Length: > 0 } port, ..] ? new($"http://localhost:{port}") : null;
    }
}
