using System.Net;
using Amazon.Runtime;

namespace Amazon.CloudWatch;

/// <summary>An error of CloudWatch; the errors that an operation declares have types of their own.</summary>
public class AmazonCloudWatchException : AmazonServiceException
{
    public AmazonCloudWatchException(string message) : base(message) { }

    public AmazonCloudWatchException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}
