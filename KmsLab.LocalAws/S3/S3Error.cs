using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.S3;

/// <summary>S3's errors.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html</remarks>
internal static class S3Error
{
    public static AwsException NoSuchBucket() => new("NoSuchBucket", "The specified bucket does not exist", 404);

    public static AwsException NoSuchKey() => new("NoSuchKey", "The specified key does not exist.", 404);

    public static AwsException NoSuchVersion() => new("NoSuchVersion", "The specified version does not exist.", 404);

    public static AwsException NoSuchUpload() => new("NoSuchUpload", "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.", 404);

    public static AwsException InvalidPart() =>
        new("InvalidPart", "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.");

    public static AwsException InvalidArgument(string message) => new("InvalidArgument", message);

    public static AwsException InvalidRequest(string message) => new("InvalidRequest", message);

    public static AwsException MalformedXml() => new("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema");

    public static AwsException BadDigest(string what) => new("BadDigest", $"The {what} you specified did not match the calculated checksum.");

    public static AwsException PreconditionFailed() => new("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412);

    public static AwsException NotModified() => new("NotModified", "Not Modified", 304);

    public static AwsException AccessDenied(string message = "Access Denied") => new("AccessDenied", message, 403);

    public static AwsException MethodNotAllowed() => new("MethodNotAllowed", "The specified method is not allowed against this resource.", 405);

    public static AwsException NoAcls() => new("AccessControlListNotSupported", "The bucket does not allow ACLs");

    /// <param name="what">What isn't served, with its reason.</param>
    public static AwsException NotServed(string what) => new("NotImplemented", what, 501);
}
