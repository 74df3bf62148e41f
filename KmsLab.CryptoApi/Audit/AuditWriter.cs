using System.Threading.Channels;
using KmsLab.ServiceDefaults.Tracing;

namespace KmsLab.CryptoApi.Audit;

/// <summary>Writes down how calls ended, many at a time, off the hot path. Nothing is dropped: when the queue is full, whoever comes writes directly.</summary>
/// <remarks>
/// A kill loses the outcomes of the last <see cref="Linger"/>, never a call: its row was there before it was made, and reads as <see cref="CallOutcome.Unknown"/>.
/// A graceful stop writes all that is queued: the server, which is stopped before, has finished its requests by then.
/// </remarks>
internal sealed partial class AuditWriter(AuditedEnds ends, TimeProvider time, ILogger<AuditWriter> logger) : BackgroundService, IAsyncDisposable
{
    /// <summary>How long an outcome waits for others.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(100);

    private const int Capacity = 10_000;
    private const int Batch = 250;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    // Wait: TryWrite says no when it is full, where the other modes would drop.
    private readonly Channel<AuditedCall> _ended = Channel.CreateBounded<AuditedCall>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    /// <summary>Takes a call that has ended.</summary>
    public async ValueTask AddAsync(AuditedCall call)
    {
        if (_ended.Writer.TryWrite(call))
            return;

        try
        {
            await ends.WriteAsync([call], CancellationToken.None);
        }
        catch (Exception problem) // The call itself must not fail for it: its row is there, without the outcome.
        {
            Log.Lost(logger, 1, problem);
        }
    }

    /// <summary>Stops taking calls, and returns when all are written.</summary>
    public async ValueTask DisposeAsync()
    {
        _ended.Writer.TryComplete();
        Dispose(); // Tells the loop to stop.
        if (ExecuteTask is { } loop)
            await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stopping = stoppingToken.Register(() => _ended.Writer.TryComplete());
        List<AuditedCall> batch = [];
        while (await _ended.Reader.WaitToReadAsync(CancellationToken.None))
        {
            await Task.Delay(Linger, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (batch.Count < Batch && _ended.Reader.TryRead(out var call))
                batch.Add(call);
            await WriteAsync(batch, stoppingToken);
            batch.Clear();
        }
    }

    private async Task WriteAsync(List<AuditedCall> batch, CancellationToken stoppingToken)
    {
        for (var delay = FirstDelay; ; delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay)
        {
            try
            {
                using var round = BackgroundActivity.Start("cryptoapi audit outcomes");
                await ends.WriteAsync(batch, CancellationToken.None);
                return;
            }
            catch (Exception problem) when (stoppingToken.IsCancellationRequested) // No time is left to try again.
            {
                Log.Lost(logger, batch.Count, problem);
                return;
            }
            catch (Exception problem) // Whatever it is: an audit must neither end silently nor drop what it holds.
            {
                if (delay == FirstDelay)
                    Log.Retrying(logger, problem);
            }

            await Task.Delay(delay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(50, LogLevel.Warning, "Outcomes of KMS calls can't be written to the audit; trying again until they are")]
        public static partial void Retrying(ILogger logger, Exception problem);

        [LoggerMessage(51, LogLevel.Error, "The audit lacks the outcomes of {Calls} KMS calls; their rows read as unknown")]
        public static partial void Lost(ILogger logger, int calls, Exception problem);
    }
}
