using System.Diagnostics;

namespace KmsLab.ServiceDefaults;

/// <summary>Makes clients that ask another service of the same machine again and again.</summary>
/// <remarks>
/// No proxy, no retries behind the caller's back, and no traces on either side: hundreds of polls would bury what people look for.
/// A request says so by a trace that nobody records (the flag <c>00</c> in https://www.w3.org/TR/trace-context/#sampled-flag).
/// </remarks>
public static class PollingClient
{
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    /// <summary>Makes one; its owner disposes it.</summary>
    /// <param name="address">The service's address.</param>
    /// <param name="timeout">How long an answer is waited for.</param>
    public static HttpClient Create(Uri address, TimeSpan timeout) => new(new Untraced(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = ConnectionLifetime,
        ActivityHeadersPropagator = null, // Without one the handler writes no span.
    }))
    {
        BaseAddress = address,
        Timeout = timeout,
    };

    private sealed class Untraced(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method == HttpMethod.Get)
                request.Headers.Add("traceparent", $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-00");
            return base.SendAsync(request, cancellationToken);
        }
    }
}
