using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using KmsLab.CryptoApi;
using KmsLab.LocalAws;
using KmsLab.Sentinel;
using KmsLab.Sentinel.Host;
using KmsLab.ServiceDefaults.Settings;
using KmsLab.Simulator;
using Microsoft.Extensions.Options;

namespace KmsLab.Tests.ServiceDefaults.Settings;

/// <summary>No wrong setting is passed over: mistyped, of the wrong type, or in the wrong place.</summary>
public sealed partial class SettingsCheckTests
{
    private static readonly (string Name, Action<WebApplicationBuilder> Add)[] Services =
    [
        ("CryptoApi", builder => builder.AddCryptoApi()), ("Sentinel", builder => builder.AddSentinel()), ("LocalAws", builder => builder.AddLocalAws()),
        ("Simulator", builder => builder.AddSimulator()),
    ];

    [Theory]
    [InlineData("Sentinel", "Sentinel:Treshold", "5", "did you mean Sentinel:Detections:NAME:Threshold?")]
    [InlineData("Sentinel", "Sentinel:HeadIntervall", "5s", "did you mean 'HeadInterval'?")]
    [InlineData("Sentinel", "Sentinel:Canary:KeyID2", "x", "did you mean 'KeyId'?")]
    [InlineData("Sentinel", "Sentinel:Nonsense", "5", "docs/configuration.md lists all")]
    [InlineData("Sentinel", "Sentinel:Nonsense:Deep:Er", "5", "Sentinel:Nonsense:Deep:Er")]
    [InlineData("Sentinel", "Sentinle:Retention", "5h", "did you mean 'Sentinel'?")]
    [InlineData("Sentinel", "Sentinel:Database", "Sqlit", "did you mean 'Sqlite'?")]
    [InlineData("Sentinel", "Sentinel:Database", "1", "It is one of Sqlite, PostgreSql.")]
    [InlineData("Sentinel", "Sentinel:Detections:kms-error-burst:Threshold", "many", "it is 'many', and must be a whole number")]
    [InlineData("Sentinel", "Sentinel:Detections:kms-error-burst:Threshold", "", "it is empty")]
    [InlineData("Sentinel", "Sentinel:Detections:kms-error-burst:Threshold", "99999999999", "must be a whole number")]
    [InlineData("Sentinel", "Sentinel:Detections:kms-error-burst:Window", "5", "must be a span of time")]
    [InlineData("Sentinel", "Sentinel:Detections:kms-error-burst:Mode", "Of", "did you mean 'Off'?")]
    [InlineData("Sentinel", "Sentinel:Detections:kms-error-burst:Treshold", "5", "did you mean 'Threshold'?")]
    [InlineData("Sentinel", "Sentinel:Detections:kms-error-brust:Threshold", "5", "did you mean 'kms-error-burst'?")]
    [InlineData("Sentinel", "Sentinel:Rules:mine:Severity", "Hi", "It is one of Low, Medium, High, Critical.")]
    [InlineData("Sentinel", "Sentinel:Rules:mine:GroupBy", "principal", "it is a list: write its elements as Sentinel:Rules:mine:GroupBy:0")]
    [InlineData("Sentinel", "Sentinel:Notifications:Webhooks:a:Format", "Slak", "did you mean 'Slack'?")]
    [InlineData("Sentinel", "Sentinel:LogGroups", "kmslab-trail", "it is a list: write its elements as Sentinel:LogGroups:0")]
    [InlineData("Sentinel", "Sentinel:ProtectedSets", "x", "it is a section: write Sentinel:ProtectedSets:NAME")]
    [InlineData("Sentinel", "Sentinel:Canary", "true", "it is a section: write Sentinel:Canary:")]
    [InlineData("Sentinel", "Sentinel:HeadInterval:Seconds", "5", "Sentinel:HeadInterval is a single value")]
    [InlineData("Sentinel", "AWS:Regoin", "eu-west-1", "did you mean 'Region'?")]
    [InlineData("CryptoApi", "CryptoApi:CreateKey", "yes", "must be true or false")]
    [InlineData("CryptoApi", "CryptoApi:Audit:RetentionDay", "5", "there is no setting 'RetentionDay'")]
    [InlineData("CryptoApi", "CryptoApi:Authentication:Requird", "true", "did you mean 'Required'?")]
    [InlineData("CryptoApi", "CryptoApi:KeyPolicy", "Perrecrd", "did you mean 'PerRecord'?")]
    [InlineData("CryptoApi", "CryptoApi:TrustedProxies", "10.0.0.0/8", "it is a list")]
    [InlineData("LocalAws", "LocalAws:MaxRequestBody", "big", "must be a whole number")]
    [InlineData("LocalAws", "LocalAws:Trial:Name", "x", "did you mean 'Trail'?")]
    [InlineData("LocalAws", "LocalAws:Delivery:Nonsense", "x", "there is no setting 'Nonsense'")]
    [InlineData("LocalAws", "LocalAws:Limits:Rules:0:RequestsPerSecond", "a few", "must be a number")]
    [InlineData("Simulator", "Simulator:Patience", "long", "must be a span of time")]
    public void Wrong_setting_is_told_with_the_nearest_right_one(string service, string key, string value, string told)
    {
        var problems = Find(service, (key, value)).Problems;

        problems.ShouldContain(problem => problem.Contains(key.Split(':')[0], StringComparison.Ordinal) && problem.Contains(told, StringComparison.Ordinal), string.Join('\n', problems));
    }

    /// <summary>.NET's binder drops what stands beside a wrong element.</summary>
    [Fact]
    public void All_that_is_wrong_is_told_at_once()
    {
        var problems = Find("Sentinel", ("Sentinel:Treshold", "1"), ("Sentinel:Detections:kms-error-burst:Mode", "Of"), ("Sentinel:MaxSeries", "-1"), ("Sentinel:EventHistory", "true")).Problems;

        problems.Count.ShouldBe(3, string.Join('\n', problems));
        problems.ShouldContain(problem => problem.Contains("Treshold", StringComparison.Ordinal));
        problems.ShouldContain(problem => problem.Contains("'Of'", StringComparison.Ordinal));
        problems.ShouldContain(problem => problem.Contains("Sentinel:MaxSeries must be at least 1", StringComparison.Ordinal));
    }

    [Fact]
    public void Value_of_a_name_that_nobody_knows_is_not_shown() =>
        Find("Sentinel", ("Sentinel:Notifications:Webhooks:a:Secrt", "s3cr3t-s3cr3t-s3cr3t"), ("Sentinel:Notifications:Webhooks:b", "https://hooks.example.com/s3cr3t")).Problems
            .ShouldAllBe(problem => !problem.Contains("s3cr3t", StringComparison.Ordinal));

    [Fact]
    public void Spans_of_time_are_bound_as_people_write_them()
    {
        using var app = Build("Sentinel", ("Sentinel:EventHistory", "true"), ("Sentinel:HeadInterval", "90s"), ("Sentinel:Detections:kms-error-burst:Window", "1h30m"));

        SettingsCheck.Find(app.Services, "Sentinel").Problems.ShouldBeEmpty();
        var options = app.Services.GetRequiredService<IOptions<SentinelOptions>>().Value;
        options.HeadInterval.ShouldBe(TimeSpan.FromSeconds(90));
        options.Detections["kms-error-burst"].Window.ShouldBe(TimeSpan.FromMinutes(90));
    }

    [Theory]
    [InlineData("LocalStack:UseLocalStack", "true")]
    [InlineData("services:cryptoapi:http:0", "http://localhost:1")]
    [InlineData("Logging:LogLevel:Default", "Warning")]
    [InlineData("Kestrel:Endpoints:Http:Url", "http://127.0.0.1:0")]
    [InlineData("CryptoApi:Anything", "of another service")]
    [InlineData("AWS:SomethingThatTheSdkReads", "x")]
    [InlineData("SENTINEL_PORT", "tcp://10.0.0.1:80")]
    public void What_others_read_is_left_alone(string key, string value) => Find("Sentinel", ("Sentinel:EventHistory", "true"), (key, value)).Problems.ShouldBeEmpty();

    [Fact]
    public void Templates_name_only_settings_that_there_are()
    {
        var names = Directory.GetFiles(PathOf("aws"), "*.yaml").SelectMany(file => EnvironmentName().Matches(File.ReadAllText(file))).Select(match => match.Value).Distinct().ToList();
        names.Count.ShouldBeGreaterThan(30);

        foreach (var (service, _) in Services)
        {
            var settings = names.Where(name => name.StartsWith(service + "__", StringComparison.Ordinal)).Select(name => (name.TrimEnd('_').Replace("__", ":", StringComparison.Ordinal), "")).ToArray();
            Find(service, settings).Problems.Where(problem => problem.Contains("there is no setting", StringComparison.Ordinal)).ShouldBeEmpty();
        }
    }

    /// <summary>KMSLAB_DOCS=1 writes them.</summary>
    [Fact]
    public void Page_and_schema_list_all_settings()
    {
        var sections = Services.Select(service => (service.Name, Sections: KmsLab.ServiceDefaults.ServiceProgram.SettingsOf(service.Add))).ToList();
        var page = File.ReadAllText(PathOf("docs/configuration.md"));
        var head = page[..page.IndexOf("\n## ", StringComparison.Ordinal)] + "\n";
        var written = head + string.Concat(sections.Select(section => SettingsPage.Write(section.Name, section.Sections))).TrimEnd() + "\n";
        var schema = SettingsPage.WriteSchema(sections.SelectMany(section => section.Sections));
        if (Environment.GetEnvironmentVariable("KMSLAB_DOCS") is not null)
        {
            File.WriteAllText(PathOf("docs/configuration.md"), written);
            File.WriteAllText(PathOf("docs/settings.schema.json"), schema);
        }

        written.Split('\n').Where(line => line.EndsWith("|  |", StringComparison.Ordinal)).ShouldBeEmpty("Each setting has a summary.");
        File.ReadAllText(PathOf("docs/configuration.md")).ShouldBe(written, "Run this test with KMSLAB_DOCS=1.");
        File.ReadAllText(PathOf("docs/settings.schema.json")).ShouldBe(schema, "Run this test with KMSLAB_DOCS=1.");
    }

    private static SettingsFindings Find(string service, params (string Key, string Value)[] settings)
    {
        using var app = Build(service, settings);
        return SettingsCheck.Find(app.Services, service);
    }

    private static WebApplication Build(string service, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        Services.Single(one => one.Name == service).Add(builder);
        return builder.Build();
    }

    private static string PathOf(string path, [CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "..", path);

    [GeneratedRegex("\\b(?:CryptoApi|Sentinel|LocalAws|Simulator)__[A-Za-z0-9_]+")]
    private static partial Regex EnvironmentName();
}
