using KmsLab.LocalAws;
using KmsLab.Sentinel;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Benchmarks.Sentinel;

/// <summary>LocalAws, and a Sentinel before it, on real Kestrel in this process, with a folder of their own.</summary>
internal sealed class BenchHost : IAsyncDisposable
{
    private readonly Stack<WebApplication> _apps = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("kmslab-bench-").FullName;

    /// <summary>Where <see cref="StartLocalAwsAsync"/> listens.</summary>
    public string LocalAwsUrl { get; private set; } = "";

    public string Folder => _folder;

    /// <summary>Starts LocalAws.</summary>
    /// <param name="time">Its clock; the system's when null.</param>
    /// <param name="settings">Options over the defaults.</param>
    public async Task StartLocalAwsAsync(FakeTimeProvider? time, params (string Key, string? Value)[] settings)
    {
        var app = await StartAsync(
            [("LocalAws:DataDirectory", Path.Combine(_folder, "localaws")), ("LocalAws:Url", "http://127.0.0.1:0"), .. settings],
            builder =>
            {
                builder.AddLocalAws();
                if (time is not null)
                    builder.Services.AddSingleton<TimeProvider>(time);
            },
            app => app.MapLocalAws());
        LocalAwsUrl = app.Urls.First();
    }

    /// <summary>Starts Sentinel on SQLite, reading from LocalAws.</summary>
    /// <returns>Its address.</returns>
    public async Task<Uri> StartSentinelAsync(params (string Key, string? Value)[] settings)
    {
        var app = await StartAsync(
            [
                ("Sentinel:Url", "http://127.0.0.1:0"), ("Sentinel:Database", "Sqlite"), ("Sentinel:LogGroups:0", "kmslab-trail"), ("Sentinel:Api:OpenOnLoopback", "true"),
                ("ConnectionStrings:sentinel", $"Data Source={Path.Combine(_folder, "sentinel.db")}"), ("AWS:ServiceURL", LocalAwsUrl), ("AWS:Region", "us-east-1"),
                ("AWS:AccessKeyId", "AKIALABSENTINEL00000"), ("AWS:SecretAccessKey", "secret"), .. settings,
            ],
            builder => builder.AddSentinel(),
            app => app.MapSentinel());
        return new(app.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        while (_apps.TryPop(out var app))
            await app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<WebApplication> StartAsync((string Key, string? Value)[] settings, Action<WebApplicationBuilder> add, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, EnvironmentName = Environments.Production });
        builder.Configuration.AddInMemoryCollection([.. settings.Prepend(("Lab:Embedded", "true")).Select(pair => KeyValuePair.Create(pair.Item1, pair.Item2))]);
        builder.Logging.ClearProviders();
        add(builder);
        var app = builder.Build();
        map(app);
        _apps.Push(app);
        await app.StartAsync();
        return app;
    }
}
