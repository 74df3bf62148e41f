using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using KmsLab.AppHost;
using KmsLab.AppHost.Arguments;
using KmsLab.AppHost.Data;
using KmsLab.AppHost.Databases;
using KmsLab.AppHost.Problems;
using KmsLab.AppHost.Running;
using KmsLab.AppHost.Settings;
using KmsLab.Simulator;

namespace KmsLab.Tests.Aspire;

/// <summary>The Aspire application's model in each mode and on each database, composed as AppHost does and not started.</summary>
public sealed class AspireModelTests
{
    [Theory]
    [InlineData("local", "sqlite", new[] { "cryptoapi", "localaws", "sentinel", "simulator" })]
    [InlineData("local", "container", new[] { "cryptoapi", "localaws", "postgres", "sentinel", "sentinel-state", "simulator", "vault" })]
    [InlineData("local", "postgres", new[] { "cryptoapi", "localaws", "postgres", "sentinel", "sentinel-state", "simulator", "vault" })]
    [InlineData("localstack", "container", new[]
    {
        "cryptoapi", "localaws", "localstack", "postgres", "sentinel", "sentinel-state", "simulator", "vault",
    })]
    [InlineData("localstack", "sqlite", new[] { "cryptoapi", "localaws", "localstack", "sentinel", "simulator" })]
    public void Mode_and_database_have_their_resources(string mode, string database, string[] expected)
    {
        using var folder = new TempFolder();

        var builder = Compose(folder, Enum.Parse<LabDatabase>(database, ignoreCase: true), $"--Lab:Mode={mode}");

        var names = builder.Resources.Where(resource => resource is not ParameterResource).Select(resource => resource.Name);
        // Aspire puts a hidden resource beside each project, which its command Rebuild runs.
        names.Where(name => !name.EndsWith("-rebuilder", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ShouldBe(expected);
    }

    [Fact]
    public void Account_needs_the_full_feed()
    {
        using var folder = new TempFolder();
        Assert.SkipWhen(Environment.GetEnvironmentVariable("FullFeed") == "true", "Here it has it.");

        Should.Throw<LabException>(() => Compose(folder, LabDatabase.Sqlite, "--Lab:Mode=aws")).Message.ShouldContain("-p:FullFeed=true");
    }

    [Theory]
    [InlineData("container")]
    [InlineData("postgres")]
    public void Service_waits_for_what_it_calls_at_its_start(string database)
    {
        using var folder = new TempFolder();

        var builder = Compose(folder, Enum.Parse<LabDatabase>(database, ignoreCase: true), "--Lab:Mode=localstack");

        WaitsOf(builder, "localaws").ShouldBe(["localstack"]);
        WaitsOf(builder, "cryptoapi").ShouldBe(["localaws", "postgres", "vault"]);
        WaitsOf(builder, "sentinel").ShouldBe(["localaws", "postgres", "sentinel-state"]);
        WaitsOf(builder, "simulator").ShouldBe(["postgres", "vault"]);
    }

    [Fact]
    public void Token_of_LocalStack_is_a_secret_parameter()
    {
        using var folder = new TempFolder();

        var token = Resource(Compose(folder, LabDatabase.Sqlite, "--Lab:Mode=localstack"), "localstack-auth-token");

        token.ShouldBeOfType<ParameterResource>().Secret.ShouldBeTrue();
    }

    /// <summary>Whoever is on this machine may look at an open dashboard, and at every resource's environment there.</summary>
    [Theory]
    [InlineData(true, "--Lab:Mode=local")]
    [InlineData(true, "--ConnectionStrings:vault=Host=db;Username=app", "--ConnectionStrings:vault:PasswordFile=/run/password")]
    [InlineData(false, "--Lab:Mode=localstack")]
    [InlineData(false, "--Lab:Mode=aws")]
    [InlineData(false, "--ConnectionStrings:vault=Host=db;Username=app;Password=secret")]
    [InlineData(false, "--Sentinel:Notifications:Webhooks:team:Url=https://hooks.example.com/secret")]
    [InlineData(false, "--Sentinel:Notifications:Webhooks:team:Secret=0123456789abcdef")]
    [InlineData(false, "--Sentinel:Notifications:PagerDuty:oncall:RoutingKey=0123456789abcdef0123456789abcdef")]
    [InlineData(false, "--Sentinel:Notifications:Heartbeat:Url=https://hc-ping.com/secret")]
    public void Dashboard_is_open_only_where_it_shows_no_secret(bool isOpen, params string[] options)
    {
        var arguments = new LabCommand().Parse(options);

        var builder = LabBuilder.Create(arguments, LabSettings.Read(arguments));

        (builder.Configuration["ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"] is not null).ShouldBe(isOpen);
    }

    [Theory]
    [InlineData("azure")]
    [InlineData("2")]
    public void Unknown_mode_is_refused_with_those_that_are_there(string mode) =>
        Should.Throw<LabException>(() => LabSettings.Read(new LabCommand().Parse([$"--Lab:Mode={mode}"])))
            .Message.ShouldBe($"Lab:Mode is '{mode}'. Set it to local, localstack or aws, such as --Lab:Mode=local.");

    [Theory]
    [InlineData("cryptoapi", 5080)]
    [InlineData("sentinel", 5090)]
    [InlineData("localaws", 4566)]
    [InlineData("simulator", 5070)]
    public void Service_has_its_port_without_a_proxy_before_it(string service, int port)
    {
        using var folder = new TempFolder();

        var endpoint = Resource(Compose(folder, LabDatabase.Sqlite), service).Annotations
            .OfType<EndpointAnnotation>().ShouldHaveSingleItem();

        (endpoint.Port, endpoint.IsProxied).ShouldBe((port, false));
    }

    [Fact]
    public void Scenarios_are_commands_and_attacks_ask_first()
    {
        using var folder = new TempFolder();

        var commands = Resource(Compose(folder, LabDatabase.Sqlite), "localaws").Annotations.OfType<ResourceCommandAnnotation>().ToList();

        var playable = ScenarioCatalog.All.Where(scenario => !scenario.FilesOnly).ToList();
        commands.Select(command => command.Name).ShouldBe(playable.Select(scenario => scenario.Id));
        foreach (var scenario in playable)
        {
            var command = commands.Single(one => one.Name == scenario.Id);
            command.DisplayName.ShouldBe(scenario.Title);
            (command.ConfirmationMessage is not null).ShouldBe(scenario.IsAttack, scenario.Id);
        }
    }

    [Fact]
    public async Task Database_of_the_user_reaches_every_service_that_reads_it()
    {
        using var folder = new TempFolder();
        var builder = Compose(
            folder, LabDatabase.Sqlite, "--ConnectionStrings:vault=Host=db;Database=mine", "--CryptoApi:Database=PostgreSql");

        foreach (var service in new[] { "cryptoapi", "simulator" })
            (await SettingsAsync(builder, service))["ConnectionStrings__vault"].ShouldBe("Host=db;Database=mine", service);
        (await SettingsAsync(builder, "cryptoapi"))["CryptoApi__Database"].ShouldBe("PostgreSql");
    }

    [Fact]
    public void Engine_without_a_database_of_ones_own_is_refused_with_the_option_that_is_meant()
    {
        using var folder = new TempFolder();

        Should.Throw<LabException>(() => Compose(folder, LabDatabase.Sqlite, "--CryptoApi:Database=PostgreSql"))
            .Message.ShouldContain("--Lab:Database");
    }

    private static IEnumerable<string> WaitsOf(IDistributedApplicationBuilder builder, string service) =>
        Resource(builder, service).Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource.Name).Order(StringComparer.Ordinal);

    private static IDistributedApplicationBuilder Compose(TempFolder folder, LabDatabase database, params string[] options)
    {
        if (database == LabDatabase.Postgres)
        {
            var (found, reason) = PostgresInstallation.Find();
            Strict.Require(found is not null, reason);
        }

        var settings = LabSettings.Read(new LabCommand().Parse(options));
        var builder = DistributedApplication.CreateBuilder(
            new DistributedApplicationOptions { AssemblyName = "KmsLab.AppHost", DisableDashboard = true });
        var data = DataDirectory.Named(folder.Path);
        new AspireLab(builder, settings, data, builder.AddDatabases(data, database)).Compose();
        return builder;
    }

    private static IResource Resource(IDistributedApplicationBuilder builder, string name) =>
        builder.Resources.Single(resource => resource.Name == name);

    /// <summary>Reads a service's environment, as far as it is text; references to endpoints are left out, for nothing runs.</summary>
    private static async Task<Dictionary<string, string>> SettingsAsync(IDistributedApplicationBuilder builder, string service)
    {
        var context = new EnvironmentCallbackContext(builder.ExecutionContext, Resource(builder, service));
        foreach (var callback in context.Resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
            await callback.Callback(context);
        return context.EnvironmentVariables.Where(one => one.Value is string).ToDictionary(one => one.Key, one => (string)one.Value);
    }
}
