using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Metrics;

/// <summary>CloudWatch's errors: a shape in JSON and CBOR, a shorter code in Query.</summary>
internal static class CloudWatchErrors
{
    public static AwsException InvalidValue(string message) => new("InvalidParameterValueException", message) { QueryCode = "InvalidParameterValue" };

    public static AwsException InvalidCombination(string message) => new("InvalidParameterCombinationException", message) { QueryCode = "InvalidParameterCombination" };

    public static AwsException Missing(string message) => new("MissingRequiredParameterException", message) { QueryCode = "MissingParameter" };

    public static AwsException Validation(string message) => new("ValidationException", message) { QueryCode = "ValidationError" };

    public static AwsException InvalidToken() => new("InvalidNextToken", "The next token specified is invalid.") { QueryCode = "InvalidNextToken" };

    public static AwsException Unsupported(string message) => new("UnsupportedOperationException", message) { QueryCode = "UnsupportedOperation" };

    public static AwsException AlarmNotFound() => new("ResourceNotFound", "", StatusCodes.Status404NotFound) { QueryCode = "ResourceNotFound" };
}
