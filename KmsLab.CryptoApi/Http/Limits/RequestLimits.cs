using System.Globalization;
using System.Threading.RateLimiting;
using KmsLab.ServiceDefaults.Settings;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace KmsLab.CryptoApi.Http.Limits;

/// <summary>A rate for each client (429), and a cap on what is under way at once (503). Health checks have neither.</summary>
internal static class RequestLimits
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    public static IServiceCollection AddRequestLimits(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<RequestLimitOptions>, RequestLimitOptionsValidator>();
        services.AddSettings<RequestLimitOptions>(RequestLimitOptions.Section);
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<RequestLimitOptions>>((limiter, limits) =>
        {
            limiter.GlobalLimiter = PartitionedRateLimiter.CreateChained(RateByClient(limits.Value), Concurrency(limits.Value));
            limiter.OnRejected = (rejected, _) => new(RefuseAsync(rejected));
        });
        return services;
    }

    private static PartitionedRateLimiter<HttpContext> RateByClient(RequestLimitOptions limits) => PartitionedRateLimiter.Create<HttpContext, string>(http =>
        limits.RequestsPerSecond == 0 || IsHealthCheck(http)
            ? RateLimitPartition.GetNoLimiter("")
            : RateLimitPartition.GetTokenBucketLimiter(ApiClient.Of(http), _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = limits.Burst,
                TokensPerPeriod = limits.RequestsPerSecond,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            }));

    private static PartitionedRateLimiter<HttpContext> Concurrency(RequestLimitOptions limits) => PartitionedRateLimiter.Create<HttpContext, string>(http =>
        limits.Concurrency == 0 || IsHealthCheck(http)
            ? RateLimitPartition.GetNoLimiter("")
            : RateLimitPartition.GetConcurrencyLimiter("all", _ => new ConcurrencyLimiterOptions
            {
                PermitLimit = limits.Concurrency,
                QueueLimit = limits.Queue,
            }));

    /// <summary>Only a rate knows when to come again; the other refusal is that all places are taken.</summary>
    private static Task RefuseAsync(OnRejectedContext rejected)
    {
        var http = rejected.HttpContext;
        var tooFast = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait);
        http.Response.Headers.RetryAfter = Math.Ceiling((tooFast && wait > Soon ? wait : Soon).TotalSeconds).ToString("0", CultureInfo.InvariantCulture);
        var problem = tooFast
            ? Problems.Create(StatusCodes.Status429TooManyRequests, "Too many requests", "Too many requests: slow down, and try again later.")
            : Problems.Create(StatusCodes.Status503ServiceUnavailable, "Busy", "The service has too many requests under way.");
        return problem.ExecuteAsync(http);
    }

    private static bool IsHealthCheck(HttpContext http) => http.Request.Path == "/health" || http.Request.Path == "/alive";
}
