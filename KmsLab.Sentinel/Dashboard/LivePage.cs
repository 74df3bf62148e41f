using System.Data.Common;
using Microsoft.AspNetCore.Components;

namespace KmsLab.Sentinel.Dashboard;

/// <summary>A page that loads what it shows again and again: whichever Sentinel it is asked of, the database says what the leader has committed.</summary>
public abstract partial class LivePage : ComponentBase, IDisposable
{
    /// <summary>Short enough to watch an attack, long enough to be no load.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _left = new();

    /// <summary>The clock.</summary>
    [Inject]
    protected TimeProvider Time { get; set; } = null!;

    [Inject]
    private ILogger<LivePage> Logger { get; set; } = null!;

    /// <summary>Why what is shown is old; null while it is not.</summary>
    protected string? Problem { get; private set; }

    /// <summary>Whether it was loaded once.</summary>
    protected bool IsLoaded { get; private set; }

    /// <summary>Loads what the page shows.</summary>
    protected abstract Task LoadAsync(CancellationToken cancellationToken);

    /// <summary>Other parameters, other content: loads at once.</summary>
    protected override Task OnParametersSetAsync() => RefreshAsync();

    /// <summary>Begins to repeat.</summary>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _ = RepeatAsync();
    }

    /// <summary>Loads now, after something that the viewer did.</summary>
    protected async Task RefreshAsync()
    {
        try
        {
            await LoadAsync(_left.Token);
            (Problem, IsLoaded) = (null, true);
        }
        catch (OperationCanceledException) when (_left.IsCancellationRequested)
        {
        }
        // What is shown stays, and says that it is old: a database that is down for a while must not end the page.
        catch (DbException failed)
        {
            if (Problem is null)
                Log.Failed(Logger, failed);
            Problem = LoopStatus.Describe(failed);
        }
    }

    private async Task RepeatAsync()
    {
        using var timer = new PeriodicTimer(Interval, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_left.Token))
            {
                await InvokeAsync(async () =>
                {
                    await RefreshAsync();
                    StateHasChanged();
                });
            }
        }
        catch (OperationCanceledException)
        {
        }
        // The circuit's own way to end: the viewer sees that the page is broken, and can load it again.
        catch (Exception problem)
        {
            await DispatchExceptionAsync(problem);
        }
    }

    /// <summary>Stops repeating.</summary>
    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
        GC.SuppressFinalize(this);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The page could not be loaded again; it shows what it last knew.")]
        public static partial void Failed(ILogger logger, Exception problem);
    }
}
