using KmsLab.ServiceDefaults;
using KmsLab.Tests.LocalAws;

namespace KmsLab.Tests.ServiceDefaults;

/// <summary>The command <c>health</c>, which a container without a shell is asked with.</summary>
public sealed class HealthProbeTests
{
    [Fact]
    public async Task Probe_says_that_a_service_is_ready()
    {
        await using var service = await LocalAwsHost.StartAsync();

        (await AskAsync(("LocalAws__Url", service.Url))).ExitCode.ShouldBe(0);
        (await AskAsync(("ASPNETCORE_HTTP_PORTS", $"{new Uri(service.Url).Port};9"))).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Probe_says_that_a_service_is_not_ready()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        await using var service = builder.Build();
        service.Urls.Add("http://127.0.0.1:0");
        service.MapGet("/health", () => Results.StatusCode(503));
        await service.StartAsync(TestContext.Current.CancellationToken);

        var (exitCode, said) = await AskAsync(("LocalAws__Url", service.Urls.First()));

        exitCode.ShouldBe(1);
        said.ShouldBe("503");
    }

    [Fact]
    public async Task Probe_says_that_nobody_listens()
    {
        var service = await LocalAwsHost.StartAsync();
        var url = service.Url;
        await service.DisposeAsync();

        (await AskAsync(("LocalAws__Url", url))).ExitCode.ShouldBe(1);
        (await AskAsync()).Said.ShouldBe("Set LocalAws__Url or ASPNETCORE_HTTP_PORTS, as for the service.");
    }

    private static async Task<(int ExitCode, string Said)> AskAsync(params (string Name, string Value)[] environment)
    {
        using var said = new StringWriter();
        var exitCode = await HealthProbe.RunAsync("LocalAws", name => environment.FirstOrDefault(variable => variable.Name == name).Value, said);
        return (exitCode, said.ToString().Trim());
    }
}
