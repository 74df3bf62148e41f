using System.Diagnostics;
using System.Net;
using KmsLab.LocalAws.Settings;
using KmsLab.LocalAws.Trail;
using KmsLab.LocalAws.Wire;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace KmsLab.LocalAws.Upstream;

/// <summary>
/// The front door when LocalAws stands before another endpoint, such as LocalStack: forwards every call as it is, and writes the CloudTrail record
/// of each management call that it knows, which the other endpoint doesn't.
/// </summary>
/// <remarks>
/// CloudTrail's own calls stay here: trails and history are what this side adds. A recorded call's answer is held until its record is on disk;
/// everything else (objects, log events, unknown services) streams through.
/// </remarks>
internal sealed partial class UpstreamEndpoint : IDisposable
{
    private static readonly ForwarderRequestConfig Config = new() { ActivityTimeout = TimeSpan.FromMinutes(2) };

    private readonly ServiceCatalog _catalog;
    private readonly AwsEndpoint _own;
    private readonly CallFactory _calls;
    private readonly TrailRecorder _trail;
    private readonly UpstreamSessions _sessions;
    private readonly IHttpForwarder _forwarder;
    private readonly TimeProvider _time;
    private readonly ILogger<UpstreamEndpoint> _logger;
    private readonly string _upstream;
    private readonly int _maxBody;
    private readonly UpstreamKeys _keys = new();

    // A proxy between two local endpoints would only get in the way.
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        ActivityHeadersPropagator = DistributedContextPropagator.CreatePassThroughPropagator(),
    });

    public UpstreamEndpoint(
        ServiceCatalog catalog, AwsEndpoint own, CallFactory calls, TrailRecorder trail, UpstreamSessions sessions, IHttpForwarder forwarder,
        IOptions<LocalAwsOptions> options, TimeProvider time, ILogger<UpstreamEndpoint> logger)
    {
        (_catalog, _own, _calls, _trail, _sessions, _forwarder, _time, _logger) = (catalog, own, calls, trail, sessions, forwarder, time, logger);
        (_upstream, _maxBody) = (options.Value.Upstream!, options.Value.MaxRequestBody);
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Serves one request.</summary>
    public async Task ServeAsync(HttpContext http)
    {
        var service = Credential.TryRead(http.Request, out var credential) ? _catalog.Find(credential.Service) : null;
        if (service is CloudTrailService)
            await _own.ServeAsync(http);
        else if (service is not null && MayBeRecorded(service, http.Request))
            await ForwardAndRecordAsync(http, credential, service);
        else
            await ForwardAsync(http);
    }

    /// <summary>False for what is known, before its body is read, to leave no record: that streams.</summary>
    private static bool MayBeRecorded(AwsService service, HttpRequest request)
    {
        var protocol = Protocols.Of(request);
        if (protocol == QueryProtocol.Instance)
            return service.XmlNamespace is not null;
        try
        {
            return service.Operations.TryGetValue(protocol.Open(request, default).Operation, out var operation) && operation.OnTrail.Recorded;
        }
        catch (AwsException)
        {
            return false;
        }
    }

    private async Task ForwardAsync(HttpContext http)
    {
        if (await SendAsync(http) is { } failure && !http.Response.HasStarted)
            await AnswerAsync(http, failure);
    }

    private async Task ForwardAndRecordAsync(HttpContext http, Credential credential, AwsService service)
    {
        var time = _time.GetUtcNow();
        var answer = http.Response.Body;
        using var held = new MemoryStream();
        RequestBody body;
        try
        {
            http.Request.EnableBuffering(_maxBody, _maxBody + 1L);
            body = await RequestBody.ReadAsync(http.Request, _maxBody, http.RequestAborted);
        }
        catch (AwsException refused)
        {
            await AnswerAsync(http, refused);
            return;
        }

        using (body)
        {
            http.Request.Body.Position = 0;
            http.Response.Body = held;
            var failure = await SendAsync(http);
            http.Response.Body = answer;
            if (failure is not null)
            {
                await AnswerAsync(http, failure);
                return;
            }

            await RecordAsync(http, credential, service, time, body.Memory, held);
        }

        held.Position = 0;
        await held.CopyToAsync(answer, http.RequestAborted);
    }

    /// <summary>Sends the request on.</summary>
    /// <returns>Null, or the error that the client gets because there was no answer.</returns>
    private async Task<AwsException?> SendAsync(HttpContext http)
    {
        var error = await _forwarder.SendAsync(http, _upstream, _client, Config, Unchanged.Instance);
        if (error is ForwarderError.None || http.RequestAborted.IsCancellationRequested)
            return null;

        Log.Unreachable(_logger, _upstream, error);
        return new("ServiceUnavailableException", $"KmsLab LocalAws could not get an answer from its upstream {_upstream} ({error}). Is it running?", StatusCodes.Status502BadGateway);
    }

    /// <summary>Writes the call's record. What can't be read of it is left out: a call that happened is never without a record.</summary>
    private async Task RecordAsync(HttpContext http, Credential credential, AwsService service, DateTimeOffset time, ReadOnlyMemory<byte> body, MemoryStream held)
    {
        var protocol = Protocols.Of(http.Request);
        try
        {
            var message = protocol.Open(http.Request, body);
            if (!service.Operations.TryGetValue(message.Operation, out var operation) || !operation.OnTrail.Recorded)
                return;

            var requestId = http.Response.Headers["x-amzn-RequestId"].ToString() is { Length: > 0 } theirs ? theirs : Guid.NewGuid().ToString();
            var call = _calls.Create(http, credential, service, operation, requestId, time);
            var request = protocol.ReadRequest(operation, message);
            var (response, error) = UpstreamAnswer.Read(protocol, operation, http.Response, held.GetBuffer().AsMemory(0, (int)held.Length));
            _keys.Touch(call, request, response);
            _sessions.Learn(call, request, response);
            _trail.Record(call, request, response, error);
            await call.CommitAsync();
        }
        catch (AwsException unreadable)
        {
            // The upstream's front end refused it as well: such calls leave no record at AWS either.
            Log.Unreadable(_logger, service.SigningName, unreadable.Code);
        }
    }

    private async Task AnswerAsync(HttpContext http, AwsException error)
    {
        var service = Credential.TryRead(http.Request, out var credential) ? _catalog.Find(credential.Service) : null;
        var format = Protocols.ErrorsOf(http.Request, service, credential.Service);
        var requestId = Guid.NewGuid().ToString();
        using var answer = WireBuffer.Rent();
        http.Response.StatusCode = error.Status;
        http.Response.ContentType = format.ContentType;
        http.Response.Headers["x-amzn-RequestId"] = requestId;
        format.WriteError(answer, http.Response, service, error, requestId);
        http.Response.ContentLength = answer.Written.Length;
        await http.Response.BodyWriter.WriteAsync(answer.Written, http.RequestAborted);
    }

    /// <summary>Headers as they came, the Host among them: signatures cover it.</summary>
    private sealed class Unchanged : HttpTransformer
    {
        public static readonly Unchanged Instance = new();

        public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.Headers.Host = httpContext.Request.Host.Value;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The upstream {Upstream} gave no answer: {Error}.")]
        public static partial void Unreachable(ILogger logger, string upstream, ForwarderError error);

        [LoggerMessage(LogLevel.Debug, "A call to {Service} could not be read ({Code}); it leaves no record.")]
        public static partial void Unreadable(ILogger logger, string service, string code);
    }
}
