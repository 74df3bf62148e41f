namespace KmsLab.LocalAws.Wire;

/// <summary>The form of errors on the wire, by which a client tells what went wrong.</summary>
/// <param name="contentType">The media type of its answers.</param>
internal abstract class ErrorFormat(string contentType)
{
    /// <summary>The media type of its answers.</summary>
    public string ContentType { get; } = contentType;

    /// <summary>The refusal of a call to a service that isn't served.</summary>
    /// <param name="service">The service as the call names it.</param>
    public virtual AwsException NotServed(string service) =>
        new("UnknownOperationException", Refusal(service)) { QueryCode = "InvalidAction" };

    /// <summary>Writes an error, its headers included.</summary>
    public abstract void WriteError(WireBuffer answer, HttpResponse http, AwsService? service, AwsException error, string requestId);

    protected static string Refusal(string service) => $"The service {service} is not served by KmsLab LocalAws.";
}
