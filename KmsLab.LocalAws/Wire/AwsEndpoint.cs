using KmsLab.LocalAws.Faults;
using KmsLab.LocalAws.Settings;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Trail;
using Microsoft.Extensions.Options;

namespace KmsLab.LocalAws.Wire;

/// <summary>The front door: finds the service and operation of a call, runs it, records it on the trail, and answers in the call's own protocol.</summary>
internal sealed partial class AwsEndpoint(
    ServiceCatalog catalog,
    CallFactory calls,
    TrailRecorder trail,
    FaultInjection faults,
    RateLimits limits,
    StateStore store,
    IOptions<LocalAwsOptions> options,
    TimeProvider time,
    ILogger<AwsEndpoint> logger)
{
    private readonly LocalAwsOptions _options = options.Value;

    /// <summary>Serves one request, whatever it is.</summary>
    public async Task ServeAsync(HttpContext http)
    {
        var isSigned = Credential.TryRead(http.Request, out var credential);
        var service = isSigned ? catalog.Find(credential.Service) : null;
        var errors = Protocols.ErrorsOf(http.Request, service, isSigned ? credential.Service : null);
        var requestId = Guid.NewGuid().ToString();
        AwsCall? call = null;
        using var answer = WireBuffer.Rent();
        try
        {
            using var body = await RequestBody.ReadAsync(http.Request, _options.MaxRequestBody, http.RequestAborted);
            if (errors is not WireProtocol protocol)
                throw errors.NotServed(isSigned ? credential.Service : "s3");
            if (isSigned && service is null)
                throw errors.NotServed(credential.Service);
            var message = protocol.Open(http.Request, body.Memory);
            service ??= FindAnonymous(protocol, message);
            call = calls.Create(http, isSigned ? credential : null, service, ServiceCatalog.FindOperation(service, message), requestId, time.GetUtcNow());

            var response = await RunAsync(call, protocol, message, body.Memory.Length, http.RequestAborted);
            await call.CommitAsync();
            protocol.WriteResponse(answer, call, response);
            limits.Answered(call, answer.Written.Length);
        }
        catch (AwsException error)
        {
            await AnswerErrorAsync(error);
        }
        catch (Exception error) when (http.RequestAborted.IsCancellationRequested || error is BadHttpRequestException)
        {
            // The client went away, or its request never was HTTP: nobody to answer.
            return;
        }
        catch (Exception error)
        {
            // The edge: a fault of ours, told as AWS tells its own.
            Log.Failed(logger, call?.Operation.Name, error);
            await AnswerErrorAsync(new(service?.InternalError ?? "InternalFailure", "The request processing has failed because of an unknown error, exception or failure.", 500));
        }
        finally
        {
            store.CommitQueued(); // Also what a call wrote whose client went away.
        }

        await SendAsync(http, errors, answer, requestId);

        async Task AnswerErrorAsync(AwsException error)
        {
            http.Response.StatusCode = error.Status;
            errors.WriteError(answer, http.Response, service, error, requestId);
            if (call is not null && store.Failure is null)
                await call.CommitAsync();
        }
    }

    private async ValueTask<object> RunAsync(AwsCall call, WireProtocol protocol, WireMessage message, int bodyBytes, CancellationToken cancellationToken)
    {
        var operation = call.Operation;
        // A body that can't be read leaves no record: AWS's front end refuses it before CloudTrail sees it.
        var request = protocol.ReadRequest(operation, message);
        try
        {
            Validator.Check(operation.RequestShape, request, call.Service.ValidationError, call.Service.QueryValidationError, call.Service.NotServed);
            if (!call.Service.AuthorizesResource(operation))
                call.Authorize("*");
            limits.Check(call, bodyBytes);
            await faults.MeetAsync(call, cancellationToken);
            var response = await operation.InvokeAsync(call, request);
            trail.Record(call, request, response, null);
            return response;
        }
        catch (AwsException error)
        {
            trail.Record(call, request, null, error);
            throw;
        }
    }

    /// <exception cref="AwsException">The operation needs credentials, or its service isn't served.</exception>
    private AwsService FindAnonymous(WireProtocol protocol, in WireMessage message)
    {
        if (message.Target is { } target && !catalog.Serves(target))
            throw protocol.NotServed(target);
        return catalog.FindAnonymous(message) ?? throw MissingToken(message);
    }

    private static AwsException MissingToken(in WireMessage message) => new(
        "MissingAuthenticationTokenException",
        "Missing Authentication Token",
        message.Target is null ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest)
    { QueryCode = "MissingAuthenticationToken" };

    private static async Task SendAsync(HttpContext http, ErrorFormat format, WireBuffer answer, string requestId)
    {
        var response = http.Response;
        response.Headers["x-amzn-RequestId"] = requestId;
        response.ContentType = format.ContentType;
        if (format == CborProtocol.Instance)
            response.Headers["smithy-protocol"] = "rpc-v2-cbor";
        response.ContentLength = answer.Written.Length;
        if (!answer.Written.IsEmpty)
            await response.BodyWriter.WriteAsync(answer.Written, CancellationToken.None);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The operation {Operation} failed.")]
        public static partial void Failed(ILogger logger, string? operation, Exception error);
    }
}
