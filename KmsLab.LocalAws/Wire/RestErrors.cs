namespace KmsLab.LocalAws.Wire;

/// <summary>Errors of the services that speak REST with JSON, such as Lambda: the code in a header, the message in the body.</summary>
/// <remarks>https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization</remarks>
internal sealed class RestJsonErrors() : ErrorFormat("application/json")
{
    public override AwsException NotServed(string service) =>
        new("UnknownOperationException", Refusal(service), StatusCodes.Status404NotFound);

    public override void WriteError(WireBuffer answer, HttpResponse http, AwsService? service, AwsException error, string requestId)
    {
        http.Headers["x-amzn-ErrorType"] = error.Code;
        var json = answer.Json;
        json.WriteStartObject();
        json.WriteString("message", error.Message);
        json.WriteEndObject();
        json.Flush();
    }
}

/// <summary>Errors of S3: a bare <c>Error</c> with the request's ids inside.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html</remarks>
internal sealed class S3Errors() : ErrorFormat("application/xml")
{
    public override AwsException NotServed(string service) => new("NotImplemented", Refusal(service), StatusCodes.Status501NotImplemented);

    public override void WriteError(WireBuffer answer, HttpResponse http, AwsService? service, AwsException error, string requestId)
    {
        http.Headers["x-amz-request-id"] = requestId;
        using var xml = WireXml.Write(answer);
        xml.WriteStartElement("Error");
        xml.WriteElementString("Code", error.QueryCode ?? error.Code);
        xml.WriteElementString("Message", error.Message);
        xml.WriteElementString("Resource", http.HttpContext.Request.Path.Value);
        xml.WriteElementString("RequestId", requestId);
        xml.WriteElementString("HostId", requestId);
        xml.WriteEndElement();
    }
}

/// <summary>Errors of EC2, whose Query wraps them in a way of its own.</summary>
/// <remarks>https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html#operation-error-serialization</remarks>
internal sealed class Ec2Errors() : ErrorFormat("text/xml")
{
    public override void WriteError(WireBuffer answer, HttpResponse http, AwsService? service, AwsException error, string requestId)
    {
        using var xml = WireXml.Write(answer);
        xml.WriteStartElement("Response");
        xml.WriteStartElement("Errors");
        xml.WriteStartElement("Error");
        xml.WriteElementString("Code", error.QueryCode ?? error.Code);
        xml.WriteElementString("Message", error.Message);
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteElementString("RequestID", requestId);
        xml.WriteEndElement();
    }
}
