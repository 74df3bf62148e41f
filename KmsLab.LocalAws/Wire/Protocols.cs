namespace KmsLab.LocalAws.Wire;

/// <summary>Finds the protocol that a request speaks.</summary>
internal static class Protocols
{
    private static readonly RestJsonErrors RestJson = new();
    private static readonly S3Errors S3 = new();
    private static readonly Ec2Errors Ec2 = new();

    /// <summary>The protocol in which a served service is called.</summary>
    public static WireProtocol Of(HttpRequest request)
    {
        if (request.Headers.ContainsKey("smithy-protocol"))
            return CborProtocol.Instance;
        if (!SpeaksJson(request))
            return QueryProtocol.Instance;
        return HasContentType(request, "application/x-amz-json-1.0") ? JsonProtocol.Json10 : JsonProtocol.Json11;
    }

    /// <summary>The form in which a client reads its errors, also those of a service that isn't served.</summary>
    /// <param name="request">The request.</param>
    /// <param name="service">The service, where it is served.</param>
    /// <param name="signingName">The service that the call is signed for; null when it isn't signed.</param>
    public static ErrorFormat ErrorsOf(HttpRequest request, AwsService? service, string? signingName)
    {
        if (service is not null || request.Headers.ContainsKey("smithy-protocol") || SpeaksJson(request))
            return Of(request);

        return signingName switch
        {
            "ec2" or "sdb" => Ec2,
            // Control operations are signed for S3 too, and wrapped as Query's errors are, like the other REST services with XML.
            "s3" => request.Path.StartsWithSegments("/v20180820", StringComparison.Ordinal) ? QueryProtocol.Instance : S3,
            "s3express" or "s3-outposts" or "s3-object-lambda" => S3,
            "route53" or "cloudfront" => QueryProtocol.Instance,
            null => IsRoot(request) ? QueryProtocol.Instance : S3, // a path of an unsigned call is a public bucket's
            _ => SpeaksQuery(request) ? QueryProtocol.Instance : RestJson,
        };
    }

    private static bool SpeaksJson(HttpRequest request) =>
        request.Headers.ContainsKey("X-Amz-Target") || HasContentType(request, "application/x-amz-json-");

    private static bool SpeaksQuery(HttpRequest request) =>
        IsRoot(request) && (HttpMethods.IsPost(request.Method) || request.Query.ContainsKey("Action"));

    private static bool IsRoot(HttpRequest request) => request.Path.Value is null or "" or "/";

    private static bool HasContentType(HttpRequest request, string type) =>
        request.ContentType?.StartsWith(type, StringComparison.OrdinalIgnoreCase) == true;
}
