using KmsLab.Sentinel.Jobs;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.TrailHealth.Canary;

/// <summary>Sends a canary when one is due: first it is written down, then sent, then how that ended is written down.</summary>
internal sealed partial class CanaryJob(
    Pipeline pipeline, CanaryKey key, CanarySender sender, CanaryState state, CanaryOptions options, SentinelMetrics metrics, TimeProvider time, ILogger<CanaryJob> logger) : IJob
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly BackgroundCall<string> _search = new(Patience, time);
    private readonly BackgroundCall<CanaryAnswer> _call = new(Patience, time);
    private readonly FailureStreak _streak = new();
    private DateTimeOffset _searchAfter;
    private CanaryAnswer? _answer;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!options.IsOn)
            return;

        var store = await pipeline.KnowAsync<CanaryStore>(cancellationToken);
        foreach (var back in store.TakeReturns())
            metrics.Delivered(back.Source, back.Lag);

        FindKey(cancellationToken);
        TakeAnswer();
        await SendAsync(store, cancellationToken);
    }

    private async Task SendAsync(CanaryStore store, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var isDue = state.KeyArn is not null && !_call.IsOut && (store.Last is not { } last || now - last.CalledAt >= options.Interval);
        if (_answer is null && !isDue)
            return;

        CanaryCall? next = null;
        await pipeline.TakeAsync(
            new Turn.OwnWork(memory =>
            {
                if (_answer is { } answer)
                    memory.Know<CanaryStore>().Ended(answer.Sequence, answer.RequestId, answer.Problem);
                next = isDue ? memory.Know<CanaryStore>().Issue(state.KeyArn!, now) : null;
            }),
            cancellationToken);
        _answer = null;
        if (next is not null)
            _call.Start(stop => sender.SendAsync(next, stop), cancellationToken);
    }

    private void TakeAnswer()
    {
        try
        {
            if (_call.TryTake(out var answer))
                _answer = answer;
        }
        // Cancelled or given up: nobody knows whether KMS got it, and the store says so already.
        catch (Exception unknown) when (unknown is OperationCanceledException or TimeoutException)
        {
            Log.NoAnswer(logger, unknown.Message);
        }
    }

    private void FindKey(CancellationToken cancellationToken)
    {
        if (state.KeyArn is not null)
            return;

        try
        {
            if (_search.TryTake(out var arn))
            {
                (state.KeyArn, state.KeyProblem) = (arn, null);
                Log.Ready(logger, arn);
            }
            else if (time.GetUtcNow() >= _searchAfter)
            {
                _search.Start(key.FindAsync, cancellationToken);
            }
        }
        // It was under way when this Sentinel stopped leading, and leads again.
        catch (OperationCanceledException)
        {
        }
        // The edge: a key that can't be found yet is looked for again, and status and delivery-silent say so.
        catch (Exception problem)
        {
            _searchAfter = time.GetUtcNow() + _streak.Failed();
            state.KeyProblem = problem.Message;
            if (_streak.Length == 1)
                Log.NoKey(logger, problem.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The canary calls KMS with {KeyArn}")]
        public static partial void Ready(ILogger logger, string keyArn);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The canary's key can't be found; trying again with growing pauses: {Problem}")]
        public static partial void NoKey(ILogger logger, string problem);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Nobody knows how a canary call ended: {Problem}")]
        public static partial void NoAnswer(ILogger logger, string problem);
    }
}
