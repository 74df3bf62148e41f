using System.Data.Common;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Tracing;
using Microsoft.AspNetCore.Components;

namespace KmsLab.Sentinel.Dashboard;

/// <summary>A page that loads what it shows again and again: whichever Sentinel it is asked of, the database says what the leader has committed.</summary>
/// <remarks>
/// One load at a time. Other parameters (another range, another alarm) cancel the one that is under way, so that its answer can't come last; the clock
/// waits for it. A page assigns what it read after its last await, when the token is known to be good: half a load is never shown.
/// </remarks>
public abstract partial class LivePage : ComponentBase, IDisposable
{
    /// <summary>Short enough to watch an attack, long enough to be no load.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _leaving = new();
    private readonly CancellationToken _left;
    private CancellationTokenSource? _load;
    private object? _paced;
    private DateTimeOffset _pacedAt;

    /// <summary>Makes the page.</summary>
    protected LivePage() => _left = _leaving.Token; // Taken now: a source that is disposed of gives none.

    /// <summary>The clock.</summary>
    [Inject]
    protected TimeProvider Time { get; set; } = null!;

    [Inject]
    private ShownNames Names { get; set; } = null!;

    [Inject]
    private Liveness Liveness { get; set; } = null!;

    [Inject]
    private ILogger<LivePage> Logger { get; set; } = null!;

    /// <summary>Why what is shown is old; null while it is not.</summary>
    protected string? Problem { get; private set; }

    /// <summary>Whether what the parameters ask for was loaded once: until then nobody knows that there is nothing.</summary>
    protected bool IsLoaded { get; private set; }

    /// <summary>Loads what the page shows, and assigns it at the end.</summary>
    protected abstract Task LoadAsync(CancellationToken cancellationToken);

    /// <summary>Other parameters, other content: loads at once.</summary>
    protected override Task OnParametersSetAsync()
    {
        IsLoaded = false;
        return RefreshAsync();
    }

    /// <summary>Begins to repeat.</summary>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _ = RepeatAsync();
    }

    /// <summary>Loads now: after something that the viewer did, too.</summary>
    protected async Task RefreshAsync()
    {
        if (_left.IsCancellationRequested)
            return;
        if (_load is { } before)
            await before.CancelAsync();

        using var load = CancellationTokenSource.CreateLinkedTokenSource(_left);
        _load = load;
        try
        {
            await Names.RefreshAsync(load.Token);
            await LoadAsync(load.Token);
            (Problem, IsLoaded) = (null, true);
        }
        // Whatever goes wrong with a load that nobody waits for any more comes of that.
        catch (Exception) when (load.IsCancellationRequested)
        {
        }
        // What is shown stays, and says that it is old: a database that is down for a while must not end the page.
        catch (DbException failed)
        {
            if (Problem is null)
                Log.Failed(Logger, failed);
            Problem = LoopStatus.Describe(failed);
        }
        finally
        {
            if (_load == load)
                _load = null;
        }
    }

    /// <summary>Reads what is much to add up only when another view is asked for, or its pace is over.</summary>
    /// <param name="view">What is asked for; compared by value.</param>
    /// <param name="pace">How long what was read will do.</param>
    /// <param name="read">Reads and assigns it.</param>
    protected async Task PacedAsync(object view, TimeSpan pace, Func<Task> read)
    {
        var now = Time.GetUtcNow();
        if (view.Equals(_paced) && now - _pacedAt < pace)
            return;

        await read();
        (_paced, _pacedAt) = (view, now);
    }

    private async Task RepeatAsync()
    {
        using var timer = new PeriodicTimer(Interval, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_left))
            {
                if (!Liveness.IsPaused)
                    await InvokeAsync(TickAsync);
            }
        }
        catch (OperationCanceledException)
        {
        }
        // The circuit's own way to end: the viewer sees that the page is broken, and can load it again.
        catch (Exception problem) when (!_left.IsCancellationRequested)
        {
            await DispatchExceptionAsync(problem);
        }
    }

    private async Task TickAsync()
    {
        if (_load is not null)
            return;

        using var round = BackgroundActivity.Start("sentinel page refresh");
        await RefreshAsync();
        StateHasChanged();
    }

    /// <summary>Stops repeating, and what is being loaded.</summary>
    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
        GC.SuppressFinalize(this);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The page could not be loaded again; it shows what it last knew.")]
        public static partial void Failed(ILogger logger, Exception problem);
    }
}
