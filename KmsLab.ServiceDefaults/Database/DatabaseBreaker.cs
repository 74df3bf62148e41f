using System.Data.Common;
using Polly;
using Polly.CircuitBreaker;

namespace KmsLab.ServiceDefaults.Database;

/// <summary>
/// Keeps a database that is down, or answers nothing in time, from holding every request for its timeouts: once most attempts of the last
/// seconds have failed so, the next ones fail at once, for a second at a time, until one gets through.
/// </summary>
internal sealed class DatabaseBreaker
{
    /// <summary>Attempts within <see cref="Window"/> below which nothing is concluded.</summary>
    public const int MinimumAttempts = 20;

    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <summary>Short: a restarted server must not stay unused for long.</summary>
    public static readonly TimeSpan Break = TimeSpan.FromSeconds(1);

    private readonly ResiliencePipeline _pipeline;

    public DatabaseBreaker(TimeProvider time) => _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            FailureRatio = 0.8,
            MinimumThroughput = MinimumAttempts,
            SamplingDuration = Window,
            BreakDuration = Break,
            ShouldHandle = static attempt => ValueTask.FromResult(IsDown(attempt.Outcome.Exception)),
        })
        .Build();

    /// <summary>Runs one attempt.</summary>
    /// <exception cref="DatabaseDownException">It was not run: the database is down.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> attempt, CancellationToken cancellationToken)
    {
        try
        {
            return await _pipeline.ExecuteAsync(static (attempt, _) => new ValueTask<T>(attempt()), attempt, cancellationToken);
        }
        catch (BrokenCircuitException open)
        {
            throw new DatabaseDownException(open);
        }
    }

    /// <summary>A lock that is held or a conflict is an answer; no connection and no answer within the timeout are not.</summary>
    private static bool IsDown(Exception? problem) => problem is DbException failed
        && (DatabaseFailures.Classify(failed) == DatabaseFailure.Unreachable || failed.InnerException is TimeoutException);
}

/// <summary>The database was not asked, because it has not answered for a while. It may pass.</summary>
public sealed class DatabaseDownException(Exception inner) : DbException("The database has not answered for a while.", inner);
