using KmsLab.Sentinel;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Publishing;

namespace KmsLab.Tests.Sentinel.Publishing;

/// <summary>Channels out of the service's own container, as settings configure them, and everything that it logs.</summary>
internal sealed class ChannelBed : IAsyncDisposable
{
    public const string PageUrl = "https://sentinel.example.com";

    private readonly WebApplication _app;
    private readonly CapturedLogs _logs = new();

    public ChannelBed(IEnumerable<(string Key, string? Value)> settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Lab:Embedded"] = "true",
            ["Sentinel:Database"] = "Sqlite",
            ["Sentinel:LogGroups:0"] = "group",
            ["Sentinel:Notifications:PageUrl"] = PageUrl,
            ["ConnectionStrings:sentinel"] = "Data Source=:memory:",
        });
        // Of settings that stand twice the later one holds.
        foreach (var (key, value) in settings)
            builder.Configuration[key] = value;
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(_logs);
        builder.AddSentinel();
        _app = builder.Build();
    }

    public IReadOnlyList<string> Logs => _logs.Messages;

    public IServiceProvider Services => _app.Services;

    /// <summary>Sends over the one channel beside the log.</summary>
    public Task<SendOutcome> SendAsync(Notification notification) => Services.GetRequiredService<NotificationChannels>().All
        .Single(channel => channel.Name != LogChannel.ChannelName).SendAsync(notification, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private sealed class CapturedLogs : ILoggerProvider, ILogger
    {
        private readonly List<string> _messages = [];

        public IReadOnlyList<string> Messages
        {
            get
            {
                lock (_messages)
                    return [.. _messages];
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_messages)
                _messages.Add($"{formatter(state, exception)} {exception}");
        }

        public void Dispose()
        {
        }
    }
}
