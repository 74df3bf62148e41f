using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Sns;

/// <summary>SNS's errors.</summary>
internal static class SnsErrors
{
    /// <param name="what">What AWS says after 'Invalid parameter: '.</param>
    public static AwsException Invalid(string what) => new("InvalidParameterException", $"Invalid parameter: {what}") { QueryCode = "InvalidParameter" };

    /// <summary>Checks that a parameter has an ARN's form.</summary>
    /// <exception cref="AwsException">InvalidParameter, which says how many elements it has.</exception>
    public static void CheckArn(string parameter, string arn)
    {
        if (arn.Split(':').Length is < 6 and var count)
            throw Invalid($"{parameter} Reason: An ARN must have at least 6 elements, not {count}");
    }

    public static AwsException InvalidValue(string message) => new("InvalidParameterValueException", message) { QueryCode = "ParameterValueInvalid" };

    public static AwsException NotFound(string what) => new("NotFoundException", $"{what} does not exist", StatusCodes.Status404NotFound) { QueryCode = "NotFound" };

    public static AwsException ResourceNotFound() => new("ResourceNotFoundException", "Resource does not exist", StatusCodes.Status404NotFound) { QueryCode = "ResourceNotFound" };

    public static AwsException TooManyTags() => new("TagLimitExceededException", "Could not complete request: tag quota of per resource exceeded") { QueryCode = "TagLimitExceeded" };

    public static AwsException Batch(string code, string message) => new($"{code}Exception", message) { QueryCode = code };
}
