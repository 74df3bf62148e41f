using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Sqs;

/// <summary>What SQS demands of messages, and the digests by which clients check that they arrived.</summary>
/// <remarks>https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html</remarks>
#pragma warning disable CA5351 // MD5 is what SQS answers with; it guards against accidents, not against people.
internal static class MessageRules
{
    private const int MaxAttributes = 10;

    /// <summary>Checks a message's text and attributes.</summary>
    /// <exception cref="AwsException">InvalidMessageContents or InvalidParameterValue.</exception>
    public static void Check(string body, Dictionary<string, MessageAttributeValue>? attributes, Dictionary<string, MessageAttributeValue>? system, int maxSize)
    {
        if (body.Length == 0)
            throw new AwsException("MissingRequiredParameterException", "The request must contain the parameter MessageBody.") { QueryCode = "MissingParameter" };
        if (!IsText(body))
            throw SqsErrors.InvalidContents();
        if (attributes is { Count: > MaxAttributes })
            throw SqsErrors.InvalidParameter($"Number of message attributes [{attributes.Count}] exceeds the allowed maximum [{MaxAttributes}].");
        foreach (var (name, attribute) in attributes ?? [])
            CheckAttribute(name, attribute);
        foreach (var (name, attribute) in system ?? [])
        {
            if (name != "AWSTraceHeader" || attribute.DataType != "String" || string.IsNullOrEmpty(attribute.StringValue))
                throw SqsErrors.InvalidParameter($"Message system attribute name '{name}' is invalid.");
        }

        if (SizeOf(body, attributes) > maxSize)
            throw SqsErrors.InvalidParameter($"One or more parameters are invalid. Reason: Message must be shorter than {maxSize.ToString(CultureInfo.InvariantCulture)} bytes.");
    }

    /// <summary>Checks the id of a message group: 1 to 128 letters, digits and punctuation.</summary>
    /// <exception cref="AwsException">InvalidParameterValue.</exception>
    public static void CheckId(string id, string parameter)
    {
        if (id.Length is 0 or > 128 || id.Any(c => c is <= ' ' or > '~'))
            throw SqsErrors.InvalidParameter($"Value {id} for parameter {parameter} is invalid. Reason: {parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.");
    }

    /// <summary>How many bytes count towards a queue's limit.</summary>
    public static int SizeOf(string body, Dictionary<string, MessageAttributeValue>? attributes) => Encoding.UTF8.GetByteCount(body) + (attributes is null ? 0 : attributes.Sum(a =>
        Encoding.UTF8.GetByteCount(a.Key) + Encoding.UTF8.GetByteCount(a.Value.DataType ?? "") + Encoding.UTF8.GetByteCount(a.Value.StringValue ?? "") + (a.Value.BinaryValue?.Length ?? 0)));

    /// <summary>The MD5 of a text, in hex.</summary>
    public static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The MD5 of attributes: name, type, kind and value of each, with their lengths, in the order of their names. Null when there are none.</summary>
    public static string? Md5(IReadOnlyDictionary<string, MessageAttributeValue>? attributes)
    {
        if (attributes is not { Count: > 0 })
            return null;

        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        foreach (var (name, attribute) in attributes.OrderBy(attribute => attribute.Key, StringComparer.Ordinal))
        {
            Add(md5, Encoding.UTF8.GetBytes(name));
            Add(md5, Encoding.UTF8.GetBytes(attribute.DataType!));
            var isBinary = attribute.DataType!.StartsWith("Binary", StringComparison.Ordinal);
            md5.AppendData([isBinary ? (byte)2 : (byte)1]);
            Add(md5, isBinary ? attribute.BinaryValue ?? [] : Encoding.UTF8.GetBytes(attribute.StringValue ?? ""));
        }

        return Convert.ToHexStringLower(md5.GetHashAndReset());
    }

    private static void Add(IncrementalHash md5, byte[] part)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
        md5.AppendData(length);
        md5.AppendData(part);
    }

    private static void CheckAttribute(string name, MessageAttributeValue attribute)
    {
        if (name.Length is 0 or > 256 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not '_' and not '-' and not '.'))
            throw SqsErrors.InvalidParameter("Message attribute name can contain A-Z, a-z, 0-9, underscore (_), hyphen (-), and period (.) characters.");
        var type = attribute.DataType!;
        if (type.Length > 256 || type.Split('.')[0] is not ("String" or "Number" or "Binary"))
            throw SqsErrors.InvalidParameter($"The type of message (user) attribute '{name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.");
        if (type.StartsWith("Binary", StringComparison.Ordinal) ? attribute.BinaryValue is not { Length: > 0 } : string.IsNullOrEmpty(attribute.StringValue))
            throw SqsErrors.InvalidParameter($"Message (user) attribute '{name}' must contain a non-empty value of type '{type.Split('.')[0]}'.");
        if (type.StartsWith("Number", StringComparison.Ordinal) && !double.TryParse(attribute.StringValue, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            throw SqsErrors.InvalidParameter($"Can't cast the value of message (user) attribute '{name}' to a number.");
        if (attribute.StringValue is { } text && !IsText(text))
            throw SqsErrors.InvalidContents();
    }

    private static bool IsText(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (c is not ('\t' or '\n' or '\r' or (>= ' ' and <= '\ud7ff') or (>= '\ue000' and <= '\ufffd')))
                return false;
        }

        return true;
    }
}
#pragma warning restore CA5351
