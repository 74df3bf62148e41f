using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace KmsLab.Tests.Aspire;

/// <summary>The Aspire application's model in each mode, inspected without running anything; compiled on a full feed only.</summary>
public sealed class AspireModelTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("localstack", new[] { "cryptoapi", "sentinel", "localaws", "localstack", "postgres", "vault", "sentinel-state" })]
    [InlineData("local", new[] { "cryptoapi", "sentinel", "localaws" })]
    [InlineData("aws", new[] { "cryptoapi", "sentinel", "kmslab-dev" })]
    public async Task Mode_has_its_resources(string mode, string[] expected)
    {
        await using var app = await BuildAsync(mode);

        var names = Model(app).Resources.Select(resource => resource.Name).ToList();

        foreach (var name in expected)
            names.ShouldContain(name);
    }

    [Theory]
    [InlineData("local", "postgres")]
    [InlineData("local", "localstack")]
    [InlineData("aws", "localaws")]
    [InlineData("aws", "localstack")]
    public async Task Mode_leaves_out_what_it_does_not_need(string mode, string name)
    {
        await using var app = await BuildAsync(mode);

        Model(app).Resources.Select(resource => resource.Name).ShouldNotContain(name);
    }

    [Theory]
    [InlineData("localstack", "cryptoapi", new[] { "localaws", "vault" })]
    [InlineData("localstack", "sentinel", new[] { "localaws", "sentinel-state" })]
    [InlineData("localstack", "localaws", new[] { "localstack" })]
    [InlineData("local", "cryptoapi", new[] { "localaws" })]
    [InlineData("aws", "cryptoapi", new[] { "kmslab-dev" })]
    public async Task Service_waits_for_what_it_calls(string mode, string service, string[] dependencies)
    {
        await using var app = await BuildAsync(mode);

        var waits = Resource(app, service).Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource.Name).ToList();

        foreach (var dependency in dependencies)
            waits.ShouldContain(dependency);
    }

    [Theory]
    [InlineData("cryptoapi", 5080)]
    [InlineData("sentinel", 5090)]
    [InlineData("localaws", 4566)]
    public async Task Service_has_the_port_of_the_embedded_lab(string service, int port)
    {
        await using var app = await BuildAsync("local");

        Resource(app, service).Annotations.OfType<EndpointAnnotation>().ShouldContain(endpoint => endpoint.Port == port);
    }

    private static Task<DistributedApplication> BuildAsync(string mode) => AspireApplication.BuildAsync(mode, Cancellation);

    private static DistributedApplicationModel Model(DistributedApplication app) => app.Services.GetRequiredService<DistributedApplicationModel>();

    private static IResource Resource(DistributedApplication app, string name) => Model(app).Resources.Single(resource => resource.Name == name);
}
