using KmsLab.LocalAws.Faults;
using KmsLab.LocalAws.Settings;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Trail;
using KmsLab.LocalAws.Wire;
using Microsoft.Extensions.Options;

namespace KmsLab.LocalAws.S3;

/// <summary>S3's own front door: its calls are HTTP's, and their bodies stream in and out.</summary>
internal sealed partial class S3Endpoint(
    S3Service service,
    BucketStore buckets,
    ObjectFiles files,
    CallFactory calls,
    TrailRecorder trail,
    FaultInjection faults,
    RateLimits limits,
    StateStore store,
    IOptions<LocalAwsOptions> options,
    TimeProvider time,
    ILogger<S3Endpoint> logger)
{
    private const int BufferSize = 256 * 1024;

    private static readonly S3Errors Errors = new();

    /// <summary>Serves one request, whatever it is.</summary>
    public async Task ServeAsync(HttpContext http)
    {
        var requestId = Guid.NewGuid().ToString();
        http.Response.Headers["x-amz-request-id"] = requestId;
        http.Response.Headers["x-amz-id-2"] = requestId;
        AwsCall? call = null;
        try
        {
            var request = S3Request.Read(http);
            var isSigned = request.TryCredential(options.Value.Region, out var credential);
            var bucket = request.Bucket is { } name ? buckets.Find(name) : null;
            var operation = service.Find(request);
            call = calls.Create(http, isSigned ? credential with { Region = bucket?.Region ?? credential.Region } : null, service, operation, requestId, time.GetUtcNow());
            var answer = await RunAsync(new(request, call, buckets, bucket), isSigned);
            await call.CommitAsync();
            await SendAsync(http, answer);
        }
        catch (AwsException error)
        {
            await AnswerErrorAsync(http, call, error, requestId);
        }
        catch (FileNotFoundException)
        {
            // Deleted between the look and the opening.
            await AnswerErrorAsync(http, call, S3Error.NoSuchKey(), requestId);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested || http.Response.HasStarted)
        {
            // The client went away, or the answer broke off in its midst: only the connection can tell.
            http.Abort();
        }
        catch (BadHttpRequestException)
        {
            http.Abort();
        }
        catch (Exception error)
        {
            // The edge: a fault of ours, told as AWS tells its own.
            Log.Failed(logger, call?.Operation.Name, error);
            await AnswerErrorAsync(http, call, new("InternalError", "We encountered an internal error. Please try again.", 500), requestId);
        }
        finally
        {
            store.CommitQueued(); // Also what a call wrote whose client went away.
        }
    }

    private async Task<S3Answer> RunAsync(S3Call s3, bool isSigned)
    {
        var (call, operation) = (s3.Call, (S3Operation)s3.Call.Operation);
        try
        {
            if (!isSigned)
                throw S3Error.AccessDenied();
            s3.Request.CheckExpiry(call.Time);
            if (s3.Request.Bucket is not null && operation.Name != "CreateBucket")
                Touch(s3);
            RefusedHeaders.Check(s3);
            if (operation.Name != "CreateBucket")
                RefuseOtherAccount(s3);
            call.Authorize(S3Service.Resource(s3.Request, call.Region));
            limits.Check(call, (int)Math.Min(int.MaxValue, s3.Request.Http.Request.ContentLength ?? 0));
            await faults.MeetAsync(call, call.Aborted);
            var answer = await operation.ServeAsync(s3);
            limits.Answered(call, (int)Math.Min(int.MaxValue, answer.Content?.Length ?? 0));
            trail.Record(call, s3, null, null);
            return answer;
        }
        catch (AwsException error) when (error.Status != StatusCodes.Status304NotModified)
        {
            trail.Record(call, s3, null, error);
            throw;
        }
    }

    private static void Touch(S3Call s3)
    {
        if (s3.Call.Operation.OnTrail.IsDataEvent)
            s3.Call.Touch($"{s3.Bucket.Arn}/{s3.Request.Key}", TrailEvent.S3Object);
        s3.Call.Touch(s3.Bucket.Arn, "AWS::S3::Bucket");
    }

    // Policies are kept, not evaluated: one lets others in, and without one only the owner comes in.
    private static void RefuseOtherAccount(S3Call s3)
    {
        if (s3.Request.Bucket is not null && s3.Bucket.Account != s3.Call.Account && s3.Bucket.Record.Settings.GetValueOrDefault("policy") is not { Length: > 0 })
            throw S3Error.AccessDenied();
    }

    private async Task SendAsync(HttpContext http, S3Answer answer)
    {
        var response = http.Response;
        response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
            response.Headers[name] = HeaderText.Safe(value);
        if (answer.Content is { } content)
        {
            await SendAsync(http, content);
        }
        else if (answer.Xml is { } xml)
        {
            response.ContentType = "application/xml";
            using var buffer = WireBuffer.Rent();
            using (var writer = WireXml.Write(buffer))
                xml.WriteTo(writer);
            await WriteAsync(http, buffer.Written);
        }
        else if (answer.Text is { } text)
        {
            response.ContentType = "application/json";
            await WriteAsync(http, System.Text.Encoding.UTF8.GetBytes(text));
        }
        else if (answer.Status == StatusCodes.Status200OK && !HttpMethods.IsHead(http.Request.Method))
        {
            response.ContentLength = 0;
        }
    }

    private async Task SendAsync(HttpContext http, ObjectContent content)
    {
        http.Response.ContentLength = content.Length;
        if (HttpMethods.IsHead(http.Request.Method))
            return;
        using var reader = new ContentReader(files, content);
        var writer = http.Response.BodyWriter;
        while (reader.Read(writer.GetSpan(BufferSize)) is > 0 and var read)
        {
            writer.Advance(read);
            await writer.FlushAsync(http.RequestAborted);
        }
    }

    private async Task AnswerErrorAsync(HttpContext http, AwsCall? call, AwsException error, string requestId)
    {
        if (call is not null && store.Failure is null)
            await call.CommitAsync();
        var response = http.Response;
        response.StatusCode = error.Status;
        // Whoever asked before sending a body may send none now, and the connection can't tell what comes next.
        if (http.Request.Headers.Expect.Count > 0)
            response.Headers.Connection = "close";
        if (error.Status == StatusCodes.Status304NotModified)
            return;
        response.ContentType = Errors.ContentType;
        if (error.Status == StatusCodes.Status404NotFound && HttpMethods.IsHead(http.Request.Method) && call?.Region is { } region)
            response.Headers["x-amz-bucket-region"] = region;
        using var answer = WireBuffer.Rent();
        Errors.WriteError(answer, response, service, error, requestId);
        await WriteAsync(http, answer.Written);
    }

    private static async Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> body)
    {
        if (HttpMethods.IsHead(http.Request.Method))
            return;
        http.Response.ContentLength = body.Length;
        await http.Response.BodyWriter.WriteAsync(body, CancellationToken.None);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The operation {Operation} failed.")]
        public static partial void Failed(ILogger logger, string? operation, Exception error);
    }
}

/// <summary>Text in headers.</summary>
internal static class HeaderText
{
    /// <summary>A text that HTTP can carry: what isn't printable ASCII is encoded as S3 does, by RFC 2047.</summary>
    public static string Safe(string text) => text.AsSpan().ContainsAnyExceptInRange(' ', '~')
        ? $"=?UTF-8?B?{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text))}?="
        : text;
}
