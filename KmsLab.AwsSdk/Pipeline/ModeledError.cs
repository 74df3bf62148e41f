#nullable enable
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace KmsLab.AwsSdk.Pipeline;

/// <summary>An error that the service's model declares, and the exception that stands for it.</summary>
/// <param name="Code">The error's name on the wire.</param>
/// <param name="Create">Makes the exception.</param>
internal sealed record ModeledError(string Code, Func<ErrorResponse, AmazonServiceException> Create)
{
    /// <summary>
    /// The typed exception if this operation declares the error. A throttled FilterLogEvents is a plain <c>AmazonCloudWatchLogsException</c>
    /// with an ErrorCode, because its model names no throttling error: as in the official packages.
    /// </summary>
    internal static Func<ErrorResponse, AmazonServiceException>? Find(ModeledError[] declared, string? code) =>
        Array.Find(declared, e => e.Code == code)?.Create;
}
