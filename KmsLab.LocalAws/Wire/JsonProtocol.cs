using System.Text.Json;

namespace KmsLab.LocalAws.Wire;

/// <summary>AWS JSON 1.0 and 1.1: the operation in <c>X-Amz-Target</c>, JSON both ways.</summary>
/// <remarks>https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html</remarks>
internal sealed class JsonProtocol : WireProtocol
{
    public static readonly JsonProtocol Json10 = new("application/x-amz-json-1.0");
    public static readonly JsonProtocol Json11 = new("application/x-amz-json-1.1");

    private static readonly byte[] NoMembers = "{}"u8.ToArray();

    private JsonProtocol(string contentType) : base(contentType)
    {
    }

    public override WireMessage Open(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        var target = request.Headers["X-Amz-Target"].ToString();
        var dot = target.LastIndexOf('.');
        if (dot <= 0 || dot == target.Length - 1)
            throw new AwsException("UnknownOperationException", "The header X-Amz-Target names no operation.");

        return new(NameCache.Get(target.AsSpan(0, dot)), NameCache.Get(target.AsSpan(dot + 1)), body);
    }

    public override object ReadRequest(Operation operation, in WireMessage message) =>
        Deserialize(operation, message.Body.IsEmpty ? NoMembers : message.Body.Span);

    public override void WriteResponse(WireBuffer answer, AwsCall call, object response)
    {
        if (call.Operation.HasNoOutput)
            return;

        JsonSerializer.Serialize(answer.Json, response, call.Operation.Response);
        answer.Json.Flush();
    }

    public override void WriteError(WireBuffer answer, HttpResponse http, AwsService? service, AwsException error, string requestId)
    {
        http.Headers["x-amzn-ErrorType"] = error.Code;
        if (error.QueryCode is { } queryCode)
            http.Headers["x-amzn-query-error"] = $"{queryCode};{error.Fault}";

        var json = answer.Json;
        json.WriteStartObject();
        json.WriteString("__type", error.Code);
        if (error.Message.Length > 0)
            json.WriteString("message", error.Message);
        json.WriteEndObject();
        json.Flush();
    }
}
