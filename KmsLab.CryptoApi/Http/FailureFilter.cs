using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KmsLab.CryptoApi.Http;

/// <summary>Turns what an endpoint throws into problem details.</summary>
internal sealed partial class FailureFilter(ILogger<FailureFilter> logger) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
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
            return Results.Empty; // Nobody is listening any more.
        }
        catch (Exception problem) when (Failure.Of(problem) is { } failure)
        {
            Log.Failed(logger, failure.Reason, problem);
            return Answer(http, failure);
        }
    }

    private static ProblemHttpResult Answer(HttpContext http, Failure failure)
    {
        if (failure.RetryAfter is { } wait)
            http.Response.Headers.RetryAfter = wait.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        return Problems.Create(failure.Status, "The request failed", failure.Message);
    }

    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Error, "A request failed: {Reason}")]
        public static partial void Failed(ILogger logger, string reason, Exception problem);
    }
}
