namespace KmsLab.LocalAws.Wire;

/// <summary>An answer that AWS would give instead of a result. The protocol in which the call came gives it its form.</summary>
/// <param name="code">The error's shape name, such as <c>NotFoundException</c>.</param>
/// <param name="message">What AWS says; empty when AWS sends none.</param>
/// <param name="status">The HTTP status.</param>
internal sealed class AwsException(string code, string message, int status = StatusCodes.Status400BadRequest) : Exception(message)
{
    /// <summary>The error's shape name in JSON and CBOR.</summary>
    public string Code { get; } = code;

    /// <summary>The code in the Query protocol where it differs from <see cref="Code"/> (trait <c>awsQueryError</c>), such as <c>InvalidParameterValue</c>.</summary>
    public string? QueryCode { get; init; }

    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>Whose fault it is: <c>Sender</c> below 500, <c>Receiver</c> otherwise.</summary>
    public string Fault => Status < 500 ? "Sender" : "Receiver";

    public static AwsException Serialization(string message) => new("SerializationException", message) { QueryCode = "MalformedInput" };

    public static AwsException TooLarge(long limit) =>
        new("RequestEntityTooLargeException", $"The request body is over the limit of {limit} bytes.", StatusCodes.Status413PayloadTooLarge) { QueryCode = "RequestEntityTooLarge" };
}
