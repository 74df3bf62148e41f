using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Sqs;

/// <summary>SQS's errors, each with the code that it has in Query.</summary>
internal static class SqsErrors
{
    public static AwsException NoQueue() => Named("QueueDoesNotExist", "The specified queue does not exist.", "AWS.SimpleQueueService.NonExistentQueue");

    public static AwsException QueueExists(string attribute) =>
        Named("QueueNameExists", $"A queue already exists with the same name and a different value for attribute {attribute}", "QueueAlreadyExists");

    public static AwsException InvalidParameter(string message) => Named("InvalidParameterValueException", message, "InvalidParameterValue");

    /// <summary>A parameter that only FIFO queues take.</summary>
    public static AwsException NotForStandard(string value, string parameter) =>
        InvalidParameter($"Value {Short(value)} for parameter {parameter} is invalid. Reason: The request include parameter that is not valid for this queue type.");

    public static AwsException InvalidAttributeName(string name) => Named("InvalidAttributeName", $"Unknown Attribute {name}.", "InvalidAttributeName");

    public static AwsException InvalidAttributeValue(string name) => Named("InvalidAttributeValue", $"Invalid value for the parameter {name}.", "InvalidAttributeValue");

    public static AwsException InvalidContents() =>
        Named("InvalidMessageContents", "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF", "InvalidMessageContents");

    public static AwsException InvalidReceipt(string handle) => Named("ReceiptHandleIsInvalid", $"The input receipt handle \"{Short(handle)}\" is not a valid receipt handle.", "ReceiptHandleIsInvalid");

    public static AwsException NotInFlight() =>
        Named("MessageNotInflight", "The specified message isn't in flight.", "AWS.SimpleQueueService.MessageNotInflight");

    public static AwsException Batch(string code, string message) => Named(code, message, $"AWS.SimpleQueueService.{code}");

    public static AwsException Unsupported(string message) => Named("UnsupportedOperation", message, "AWS.SimpleQueueService.UnsupportedOperation");

    private static AwsException Named(string code, string message, string queryCode) => new(code, message) { QueryCode = queryCode };

    private static string Short(string text) => text.Length <= 200 ? text : text[..200] + "...";
}
