namespace KmsLab.CryptoApi.Http;

/// <summary>What holds for every answer of the service.</summary>
internal static class CryptoHttp
{
    public static IServiceCollection AddCryptoHttp(this IServiceCollection services) => services
        // A bad request is an answer, never an exception: as one it would be a 500 in Development.
        .Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = false)
        .AddProblemDetails(options => options.CustomizeProblemDetails = AddMessage);

    public static void UseCryptoHttp(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages(); // 404 and 405 as problem details too
        app.Use((http, next) =>
        {
            http.Response.Headers.CacheControl = "no-store";
            http.Response.Headers.XContentTypeOptions = "nosniff";
            return next(http);
        });
    }

    /// <summary>The framework's own problems get the lab's member, and lose the trace id that would tell two refusals apart.</summary>
    private static void AddMessage(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        problem.Extensions.Remove("traceId");
        problem.Extensions.TryAdd("Message", problem.Status >= 500 ? "Something went wrong in the service." : problem.Title);
    }
}
