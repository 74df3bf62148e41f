using System.Globalization;
using KmsLab.CryptoApi.Telemetry;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KmsLab.CryptoApi.Http;

/// <summary>Turns what an endpoint throws into problem details, and counts how each request ended.</summary>
internal sealed partial class FailureFilter(CryptoMetrics metrics, ILogger<FailureFilter> logger) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var operation = http.GetEndpoint()?.Metadata.GetMetadata<OperationName>()?.Name ?? "other";
        var answer = await AnswerAsync(context, next, operation);
        metrics.Answered(operation, StatusOf(answer));
        return answer;
    }

    private async ValueTask<object?> AnswerAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next, string operation)
    {
        var http = context.HttpContext;
        try
        {
            return await next(context);
        }
        catch (RefusedRequestException refused)
        {
            return Problems.Create(refused.Status, "The request can't be served", refused.Message, refused.Field);
        }
        catch (BadHttpRequestException unreadable)
        {
            return Problems.Create(unreadable.StatusCode, "The request can't be read", "The body could not be read to its end.", "body");
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return TypedResults.StatusCode(StatusCodes.Status499ClientClosedRequest); // Nobody is listening any more.
        }
        catch (Exception problem) when (Failure.Of(problem) is { } failure)
        {
            if (failure.RetryAfter is null)
                Log.Failed(logger, failure.Reason, problem);
            else
                Log.Passing(logger, failure.Reason, Chain(problem));
            metrics.Failed(operation, failure.Reason);
            return Answer(http, failure);
        }
        catch // What nobody foresaw: the exception handler answers.
        {
            metrics.Failed(operation, "unexpected");
            metrics.Answered(operation, StatusCodes.Status500InternalServerError);
            throw;
        }
    }

    /// <summary>What went wrong, without the stacks: while a dependency is away they are the same for each request, a thousand times over.</summary>
    private static string Chain(Exception problem) =>
        $"{problem.GetType().Name}: {problem.Message}{(problem.InnerException is { } inner ? $" <- {Chain(inner)}" : "")}";

    private static ProblemHttpResult Answer(HttpContext http, Failure failure)
    {
        if (failure.RetryAfter is { } wait)
            http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString("0", CultureInfo.InvariantCulture);
        return Problems.Create(failure.Status, "The request failed", failure.Message);
    }

    private static int StatusOf(object? answer) => answer switch
    {
        INestedHttpResult nested => StatusOf(nested.Result),
        IStatusCodeHttpResult { StatusCode: { } status } => status,
        _ => StatusCodes.Status200OK,
    };

    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Error, "A request failed: {Reason}")]
        public static partial void Failed(ILogger logger, string reason, Exception problem);

        [LoggerMessage(21, LogLevel.Warning, "A request failed, which may pass: {Reason}: {Problem}")]
        public static partial void Passing(ILogger logger, string reason, string problem);
    }
}

/// <summary>An endpoint's name in metrics.</summary>
internal sealed record OperationName(string Name);
