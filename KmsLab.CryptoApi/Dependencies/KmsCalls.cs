using System.Diagnostics;
using Amazon.Runtime;
using KmsLab.CryptoApi.Telemetry;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;

namespace KmsLab.CryptoApi.Dependencies;

/// <summary>The way to KMS: every call is bounded in time, measured, and refused at once while KMS is known to be down.</summary>
/// <remarks>
/// <para>
/// The SDK tries a call up to three times by itself, with backoff; its own limits add up to minutes, so <see cref="CryptoApiOptions.KmsTimeout"/>
/// bounds all of that together.
/// </para>
/// <para>
/// Once half of at least <see cref="MinimumCalls"/> calls within <see cref="Window"/> got no answer, or a 5xx, the circuit opens: for
/// <see cref="Break"/> each call fails in no time, and then one is let through to see. A refusal, a throttled call or a disabled key is an
/// answer: it says nothing about KMS being down.
/// </para>
/// </remarks>
internal sealed class KmsCalls
{
    public const int MinimumCalls = 10;

    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan Break = TimeSpan.FromSeconds(5);

    private readonly TimeSpan _timeout;
    private readonly CryptoMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline _breaker;

    public KmsCalls(IOptions<CryptoApiOptions> options, CryptoMetrics metrics, TimeProvider time)
    {
        (_timeout, _metrics, _time) = (options.Value.KmsTimeout, metrics, time);
        _breaker = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = 0.5,
                MinimumThroughput = MinimumCalls,
                SamplingDuration = Window,
                BreakDuration = Break,
                ShouldHandle = static outcome => ValueTask.FromResult(IsDown(outcome.Outcome.Exception)),
            })
            .Build();
    }

    /// <summary>Makes a call.</summary>
    /// <param name="operation">KMS's name for it, such as <c>Decrypt</c>.</param>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KmsUnreachableException">KMS did not answer in time, the connection broke, or the circuit is open.</exception>
    public async Task<T> CallAsync<T>(string operation, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var activity = CryptoActivities.StartKms(operation);
        var started = _time.GetTimestamp();
        var outcome = "ok";
        try
        {
            return await _breaker.ExecuteAsync(token => new ValueTask<T>(WithinAsync(call, token)), cancellationToken);
        }
        catch (BrokenCircuitException open)
        {
            outcome = "circuit-open";
            throw new KmsUnreachableException("KMS has not answered for a while.", open) { RetryAfter = open.RetryAfter ?? Break };
        }
        catch (Exception problem)
        {
            outcome = KmsOutcome.Of(problem);
            throw;
        }
        finally
        {
            activity?.SetStatus(outcome is "ok" ? ActivityStatusCode.Ok : ActivityStatusCode.Error, outcome is "ok" ? null : outcome);
            _metrics.KmsCalled(operation, outcome, _time.GetElapsedTime(started));
        }
    }

    private static bool IsDown(Exception? problem) => problem switch
    {
        KmsUnreachableException => true,
        AmazonServiceException service => (int)service.StatusCode >= 500,
        AmazonClientException => true,
        _ => false,
    };

    private async Task<T> WithinAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await call(either.Token);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new KmsUnreachableException("KMS did not answer in time.", late);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException) // The SDK passes a reset connection on as it is.
        {
            throw new KmsUnreachableException("The connection to KMS broke.", broken);
        }
    }
}

/// <summary>KMS did not answer within <see cref="CryptoApiOptions.KmsTimeout"/>, the connection to it broke, or it was not asked because it is down.</summary>
internal sealed class KmsUnreachableException(string message, Exception inner) : Exception(message, inner)
{
    /// <summary>When it will be asked again; null when it was.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
