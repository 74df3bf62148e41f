using KmsLab.CloudTrail.Attestation;
using KmsLab.CryptoApi;
using KmsLab.CryptoApi.Audit;
using KmsLab.CryptoApi.Http.Authentication;
using KmsLab.Sentinel.Host;
using KmsLab.Sentinel.Publishing.CloudWatch;
using KmsLab.ServiceDefaults;

namespace KmsLab.Tests.Aws;

/// <summary>The environment variables of the task definitions are options that the services have: a misspelt one would be ignored in silence.</summary>
public sealed class EnvironmentTests
{
    /// <summary>What is no option of ours, and who reads it.</summary>
    private static readonly Dictionary<string, string> Foreign = new()
    {
        ["ASPNETCORE_HTTP_PORTS"] = "ASP.NET Core: where it listens",
        ["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "ASP.NET Core: believes the load balancer",
        ["HOME"] = "Npgsql and the AWS SDK: where to look for files",
        ["DOTNET_EnableDiagnostics"] = ".NET: no diagnostics socket",
        ["Logging:Console:FormatterName"] = "Microsoft.Extensions.Logging: JSON lines",
        ["AWS:Region"] = "AWSSDK.Extensions.NETCore.Setup",
        ["PGPASSWORD"] = "Npgsql, where the connection string has no password",
        ["ConnectionStrings:vault"] = "CryptoApi's database",
        ["ConnectionStrings:sentinel"] = "Sentinel's database",
    };

    [Fact]
    public void CryptoApi_has_each_option_that_its_task_is_told()
    {
        var settings = Environments.SettingsOf("kmslab-app", Environments.Everything);
        Dictionary<string, Type> sections = new()
        {
            [AuditOptions.Section] = typeof(AuditOptions),
            [ApiKeyOptions.Section] = typeof(ApiKeyOptions),
            ["CryptoApi:TrustedProxies"] = typeof(string[]),
        };

        var rest = settings.Where(setting => !Foreign.ContainsKey(setting.Key)).ToList();
        foreach (var (section, type) in sections)
            Bind(rest.Where(setting => IsIn(setting.Key, section)), section, type);
        Bind(rest.Where(setting => !sections.Keys.Any(section => IsIn(setting.Key, section))), CryptoApiOptions.Section, typeof(CryptoApiOptions));
        rest.ShouldAllBe(setting => IsIn(setting.Key, "CryptoApi"));
    }

    [Fact]
    public void Sentinel_has_each_option_that_its_task_is_told()
    {
        var settings = Environments.SettingsOf("kmslab-sentinel", Environments.Everything).Where(setting => !Foreign.ContainsKey(setting.Key)).ToList();

        settings.ShouldAllBe(setting => IsIn(setting.Key, SentinelOptions.Section));
        Bind(settings, SentinelOptions.Section, typeof(SentinelOptions));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sentinel_accepts_what_its_task_is_told(bool everything)
    {
        var settings = Environments.SettingsOf("kmslab-sentinel", everything ? Environments.Everything : Environments.Least);
        var options = new ConfigurationBuilder().AddInMemoryCollection(settings).Build().GetSection(SentinelOptions.Section).Get<SentinelOptions>()!;

        var result = new SentinelOptionsValidator().Validate(null, options);

        result.Failed.ShouldBeFalse(result.FailureMessage);
        options.NamedSets.Single().Roles.ShouldBe(["arn:aws:iam::000000000000:role/kmslab-app-TaskRole"]);
    }

    [Fact]
    public void Services_are_told_the_same_of_attestation()
    {
        var cryptoApi = new Deployment(Environments.Least).EnvironmentOf("kmslab-app");
        var sentinel = new Deployment(Environments.Least).EnvironmentOf("kmslab-sentinel");

        sentinel.ShouldContainKey($"Sentinel__Attestation__PublicKeys__{cryptoApi["CryptoApi__Attestation__KeyId"]}");
        sentinel["Sentinel__ProtectedSets__cryptoapi__Keys__0"].ShouldBe(cryptoApi["CryptoApi__KmsKeyId"]);
        sentinel["Sentinel__ProtectedSets__cryptoapi__AttestationSecrets__0"].ShouldBe(cryptoApi["CryptoApi__Attestation__PrivateKey"]);
    }

    /// <summary>A PEM's line breaks don't survive every way of passing a parameter.</summary>
    [Fact]
    public void Public_key_may_stand_on_one_line()
    {
        var line = Environments.AttestationKey.PublicPem.ReplaceLineEndings(" ").Trim();

        using var verifier = new AttestationVerifier([new("k1", line)]);

        line.ShouldNotContain("\n");
    }

    [Fact]
    public void Service_listens_where_the_load_balancer_and_the_image_say()
    {
        foreach (var (stack, name, project) in new[] { ("kmslab-app", "cryptoapi", "KmsLab.CryptoApi"), ("kmslab-sentinel", "sentinel", "KmsLab.Sentinel") })
        {
            var deployment = new Deployment(Environments.Everything);
            var container = deployment.Property(stack, "TaskDefinition", "ContainerDefinitions")![0]!;
            var target = deployment.Property(stack, "Service", "LoadBalancers")![0]!;
            var image = File.ReadAllText(Path.Combine(Template.Folder, "..", project, $"{project}.csproj"));
            var port = deployment.EnvironmentOf(stack)["ASPNETCORE_HTTP_PORTS"];

            container["Name"]!.GetValue<string>().ShouldBe(name);
            target["ContainerName"]!.GetValue<string>().ShouldBe(name);
            container["PortMappings"]![0]!["ContainerPort"]!.GetValue<string>().ShouldBe(port);
            target["ContainerPort"]!.GetValue<string>().ShouldBe(port);
            deployment.Property(stack, "TargetGroup", "Port")!.GetValue<string>().ShouldBe(port);
            image.ShouldContain($"<ContainerPort Include=\"{port}\"");
            image.ShouldContain($"<ContainerUser>{container["User"]!.GetValue<string>()}</ContainerUser>");
            image.ShouldContain($"<ContainerRepository>kmslab/{name}</ContainerRepository>");
            container["Image"]!.GetValue<string>().ShouldBe($"000000000000.dkr.ecr.us-east-1.amazonaws.com/kmslab/{name}:0123456789ab");
        }
    }

    /// <summary>An alarm on a metric that nobody publishes is silent for ever, or fires for ever.</summary>
    [Fact]
    public void Alarms_watch_metrics_that_are_published()
    {
        var template = Template.All["alarms.yaml"];
        var filters = template.OfType("AWS::Logs::MetricFilter").Select(filter => filter.Resource["Properties"]!["MetricTransformations"]![0]!).Select(metric => (metric["MetricNamespace"]!.GetValue<string>(), metric["MetricName"]!.GetValue<string>()));
        var published = Vitals.Metrics.Select(metric => (new MetricOptions().Namespace, metric)).Concat(filters).ToList();

        var watched = template.OfType("AWS::CloudWatch::Alarm").Select(alarm => alarm.Resource["Properties"]!).Where(alarm => !alarm["Namespace"]!.GetValue<string>().StartsWith("AWS/", StringComparison.Ordinal)).ToList();

        watched.Count.ShouldBe(5);
        watched.ShouldAllBe(alarm => published.Contains(new(alarm["Namespace"]!.GetValue<string>(), alarm["MetricName"]!.GetValue<string>())));
        watched.Where(alarm => alarm["TreatMissingData"]!.GetValue<string>() == "breaching").Select(alarm => alarm["MetricName"]!.GetValue<string>()).ShouldBe(["Heartbeat"]);
    }

    /// <summary>The container's health check is the program's own command.</summary>
    [Fact]
    public void Health_check_is_a_command_that_the_program_has()
    {
        var command = new Deployment(Environments.Least).Property("kmslab-sentinel", "TaskDefinition", "ContainerDefinitions")![0]!["HealthCheck"]!["Command"]!;

        var program = typeof(SentinelOptions).Assembly.GetName().Name;
        command.ToJsonString().ShouldBe($"""["CMD","dotnet","/app/{program}.dll","{HealthProbe.Name}"]""");
    }

    private static bool IsIn(string key, string section) => key.StartsWith(section + ":", StringComparison.OrdinalIgnoreCase);

    /// <summary>Binds, and fails for a setting that the type has no property for.</summary>
    private static void Bind(IEnumerable<KeyValuePair<string, string?>> settings, string section, Type type) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings).Build().GetSection(section).Get(type, binder => binder.ErrorOnUnknownConfiguration = true).ShouldNotBeNull(section);
}
