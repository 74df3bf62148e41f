using KmsLab.CryptoApi.Http.Authentication;
using KmsLab.CryptoApi.Http.Documents;
using KmsLab.CryptoApi.Http.Limits;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace KmsLab.CryptoApi.Http;

/// <summary>What holds for every answer of the service.</summary>
internal static class CryptoHttp
{
    public static IServiceCollection AddCryptoHttp(this IServiceCollection services) => services
        // A bad request is an answer, never an exception: as one it would be a 500 in Development.
        .Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = false)
        .Configure<KestrelServerOptions>(options => options.AddServerHeader = false)
        .AddProblemDetails(options => options.CustomizeProblemDetails = AddMessage)
        .AddTrustedProxies()
        .AddApiKeys()
        .AddRequestLimits()
        .AddApiDocuments();

    public static void UseCryptoHttp(this WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseSecurityHeaders();
        app.UseExceptionHandler();
        app.UseStatusCodePages(); // 404 and 405 as problem details too
        app.UseRouting();
        app.UseAuthentication();
        app.UseRateLimiter(); // Knows the client by now, and slows down who tries keys.
        app.UseAuthorization();
    }

    /// <summary>The framework's own problems get the lab's member, and lose the trace id that would tell two refusals apart.</summary>
    private static void AddMessage(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        problem.Extensions.Remove("traceId");
        problem.Extensions.TryAdd("Message", problem.Status >= 500 ? "Something went wrong in the service." : problem.Title);
    }
}
