using System.Net;
using Amazon.Runtime;

namespace Amazon.CloudTrail.Model;

/// <summary>The ARN is not one of a trail.</summary>
public class CloudTrailARNInvalidException : AmazonCloudTrailException
{
    public CloudTrailARNInvalidException(string message) : base(message) { }

    public CloudTrailARNInvalidException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>No such category of events.</summary>
public class InvalidEventCategoryException : AmazonCloudTrailException
{
    public InvalidEventCategoryException(string message) : base(message) { }

    public InvalidEventCategoryException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>The lookup attribute is not valid.</summary>
public class InvalidLookupAttributesException : AmazonCloudTrailException
{
    public InvalidLookupAttributesException(string message) : base(message) { }

    public InvalidLookupAttributesException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>The page size is not in 1 to 50.</summary>
public class InvalidMaxResultsException : AmazonCloudTrailException
{
    public InvalidMaxResultsException(string message) : base(message) { }

    public InvalidMaxResultsException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>The token is not of this lookup, or too old.</summary>
public class InvalidNextTokenException : AmazonCloudTrailException
{
    public InvalidNextTokenException(string message) : base(message) { }

    public InvalidNextTokenException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>The end lies before the start.</summary>
public class InvalidTimeRangeException : AmazonCloudTrailException
{
    public InvalidTimeRangeException(string message) : base(message) { }

    public InvalidTimeRangeException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>The trail's name is not valid.</summary>
public class InvalidTrailNameException : AmazonCloudTrailException
{
    public InvalidTrailNameException(string message) : base(message) { }

    public InvalidTrailNameException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>The token of a page is not known.</summary>
public class InvalidTokenException : AmazonCloudTrailException
{
    public InvalidTokenException(string message) : base(message) { }

    public InvalidTokenException(
        string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>The organisation's management account lacks CloudTrail's service-linked role.</summary>
public class NoManagementAccountSLRExistsException : AmazonCloudTrailException
{
    public NoManagementAccountSLRExistsException(string message) : base(message) { }

    public NoManagementAccountSLRExistsException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>The account may not do this.</summary>
public class OperationNotPermittedException : AmazonCloudTrailException
{
    public OperationNotPermittedException(string message) : base(message) { }

    public OperationNotPermittedException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>No trail of that name.</summary>
public class TrailNotFoundException : AmazonCloudTrailException
{
    public TrailNotFoundException(string message) : base(message) { }

    public TrailNotFoundException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}

/// <summary>The operation is not supported here.</summary>
public class UnsupportedOperationException : AmazonCloudTrailException
{
    public UnsupportedOperationException(string message) : base(message) { }

    public UnsupportedOperationException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode) { }
}
