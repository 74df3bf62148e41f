using KmsLab.Sentinel.Jobs;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Host;

/// <summary>One of the loop's clocks: does a round again and again, each as long after the last as that says, and after a failure with growing pauses.</summary>
/// <param name="round">Does what is due, and says how long to wait then.</param>
/// <param name="health">Is told how it goes.</param>
/// <param name="time">The clock.</param>
internal sealed class LoopClock(Func<CancellationToken, Task<TimeSpan>> round, LoopHealth health, TimeProvider time)
{
    private readonly FailureStreak _streak = new();

    /// <summary>Goes on until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            TimeSpan pause;
            try
            {
                pause = await round(ended);
                _streak.Ended();
                health.Succeeded(this);
            }
            // Whatever goes wrong once we are told to stop, or no longer lead, comes of that.
            catch (Exception) when (ended.IsCancellationRequested)
            {
                return;
            }
            // The edge of the process: a database that is down for a while must not end the watch.
            catch (Exception problem)
            {
                pause = _streak.Failed();
                health.Failed(this, _streak.Length, problem);
            }

            await Task.Delay(pause, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

/// <summary>Says how it goes with all clocks together: well, once none fails any more.</summary>
internal sealed partial class LoopHealth(SentinelStatus status, ILogger<LoopHealth> logger)
{
    private readonly Lock _lock = new();
    private readonly HashSet<LoopClock> _failing = [];

    public void Succeeded(LoopClock clock)
    {
        lock (_lock)
        {
            _failing.Remove(clock);
            if (_failing.Count == 0)
                status.Report(status.Loop.Succeeded());
        }
    }

    public void Failed(LoopClock clock, int inARow, Exception problem)
    {
        lock (_lock)
        {
            if (_failing.Count == 0)
                Log.Failed(logger, problem);
            _failing.Add(clock);
            status.Report(status.Loop.Failed(inARow, problem));
        }
    }

    /// <summary>A new term begins with nothing failing.</summary>
    public void Forget()
    {
        lock (_lock)
            _failing.Clear();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "A turn failed; trying again with growing pauses.")]
        public static partial void Failed(ILogger logger, Exception problem);
    }
}
