using System.Security.Claims;
using KmsLab.Sentinel;
using KmsLab.ServiceDefaults.ApiKeys;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;
using Microsoft.Extensions.Logging.Testing;

namespace KmsLab.Tests.Sentinel.Access;

/// <summary>
/// Sentinel on real Kestrel, closed unless a setting opens it, with all its logs; beside its own endpoints one that tells who asks, and one that fails. Its AWS is out
/// of reach.
/// </summary>
internal sealed class AccessHost : IAsyncDisposable
{
    public const string WhoAmI = "/api/test/caller";
    public const string Failing = "/test/failing";

    private readonly WebApplication _app;
    private readonly TempFolder? _folder;

    private AccessHost(WebApplication app, TempFolder? folder) => (_app, _folder) = (app, folder);

    public Uri Address => new(_app.Urls.First());

    public IServiceProvider Services => _app.Services;

    public IReadOnlyList<FakeLogRecord> Logs => Services.GetFakeLogCollector().GetSnapshot();

    public static (string, string?)[] Key(string name, string key) => [("Sentinel:Api:Keys:0:Name", name), ("Sentinel:Api:Keys:0:KeyHash", HashOf(key))];

    public static string HashOf(string key) => Convert.ToHexStringLower(ApiKey.Hash(key));

    public static Task<AccessHost> StartAsync(params (string Key, string? Value)[] settings) => StartAsync(null, null, settings);

    public static async Task<AccessHost> StartAsync(TestDatabase? database, TimeProvider? time, params (string Key, string? Value)[] settings)
    {
        var folder = database is null ? new TempFolder() : null;
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(Defaults(database, folder).Concat(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value))));
        builder.Logging.ClearProviders();
        builder.Logging.AddFakeLogging();
        if (time is not null)
            builder.Services.AddSingleton(time);
        builder.AddSentinel();
        var app = builder.Build();
        app.MapSentinel();
        app.MapGet(WhoAmI, (ClaimsPrincipal user) => user.Identity!.Name);
        app.MapGet(Failing, IResult () => throw new InvalidOperationException("A test wanted this."));
        try
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
            return new(app, folder);
        }
        catch
        {
            await app.DisposeAsync();
            folder?.Dispose();
            throw;
        }
    }

    /// <summary>A browser that has been nowhere yet.</summary>
    public Browser Open() => new(Address);

    /// <summary>Changes the running service's configuration, as an edited file would.</summary>
    public void Configure(string key, string? value)
    {
        _app.Configuration[key] = value;
        ((IConfigurationRoot)_app.Configuration).Reload();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _folder?.Dispose();
    }

    private static Dictionary<string, string?> Defaults(TestDatabase? database, TempFolder? folder) => new()
    {
        ["Lab:Embedded"] = "true",
        ["Logging:LogLevel:Default"] = "Trace",
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Trace",
        ["Sentinel:Url"] = "http://127.0.0.1:0",
        ["Sentinel:Database"] = (database?.Provider ?? DatabaseProvider.Sqlite).ToString(),
        ["Sentinel:LogGroups:0"] = "kmslab-trail",
        ["Sentinel:Guard:Enabled"] = "false",
        ["ConnectionStrings:sentinel"] = database?.ConnectionString ?? $"Data Source={folder!["sentinel.db"]}",
        ["AWS:ServiceURL"] = "http://127.0.0.1:1",
        ["AWS:Region"] = LocalAwsHost.Region,
        ["AWS:AccessKeyId"] = "AKIALABSENTINEL00000",
        ["AWS:SecretAccessKey"] = "secret",
    };
}
