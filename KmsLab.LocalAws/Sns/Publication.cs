using System.Text;
using System.Text.Json;

namespace KmsLab.LocalAws.Sns;

/// <summary>A message that SNS accepted.</summary>
internal sealed record Publication
{
    private const int MaxBytes = 256 * 1024;
    private const int MaxSubject = 100;

    public required string MessageId { get; init; }

    /// <summary>Null for a text message straight to a number.</summary>
    public string? TopicArn { get; init; }

    public required string Message { get; init; }
    public string? Subject { get; init; }

    /// <summary>The group that queues show of it.</summary>
    public string? Group { get; init; }
    public required DateTimeOffset Time { get; init; }
    public Dictionary<string, MessageAttributeValue> Attributes { get; init; } = [];

    /// <summary>The texts by protocol of a message with <c>MessageStructure=json</c>; null for an ordinary one.</summary>
    public Dictionary<string, string>? Texts { get; init; }

    /// <summary>How many bytes count towards a batch's limit.</summary>
    public int Size => SizeOf(Message, Attributes);

    public string MessageFor(string protocol) => Texts is null ? Message : Texts.GetValueOrDefault(protocol) ?? Texts["default"];

    /// <summary>Checks a message in SNS's words.</summary>
    /// <remarks>https://docs.aws.amazon.com/sns/latest/api/API_Publish.html</remarks>
    public static Publication Of(string? topicArn, string message, string? subject, string? structure, Dictionary<string, MessageAttributeValue>? attributes, DateTimeOffset time)
    {
        if (message.Length == 0)
            throw SnsErrors.Invalid("Empty message");
        if (subject is not null && (subject.Length is 0 or >= MaxSubject || subject[0] == ' ' || subject.Any(c => c is < ' ' or > '~')))
            throw SnsErrors.Invalid("Subject");
        if (structure is not (null or "json"))
            throw SnsErrors.Invalid("MessageStructure");
        foreach (var (name, attribute) in attributes ?? [])
            Check(name, attribute);
        if (SizeOf(message, attributes ?? []) > MaxBytes)
            throw SnsErrors.Invalid("Message too long");

        return new()
        {
            MessageId = Guid.NewGuid().ToString(),
            TopicArn = topicArn,
            Message = message,
            Subject = subject,
            Time = time,
            Attributes = attributes ?? [],
            Texts = structure is null ? null : ReadTexts(message),
        };
    }

    private static void Check(string name, MessageAttributeValue attribute)
    {
        if (name.Length is 0 or > 256 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not '_' and not '-' and not '.'))
            throw SnsErrors.InvalidValue($"Invalid non-alphanumeric character was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.");
        var type = attribute.DataType!;
        if (type.Split('.')[0] is not ("String" or "Number" or "Binary"))
            throw SnsErrors.InvalidValue($"The message attribute '{name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.");
        if (type.StartsWith("Binary", StringComparison.Ordinal) ? attribute.BinaryValue is not { Length: > 0 } : string.IsNullOrEmpty(attribute.StringValue))
            throw SnsErrors.InvalidValue($"The message attribute '{name}' must contain non-empty message attribute value for message attribute type '{type}'.");
        if (type.StartsWith("Number", StringComparison.Ordinal) && !decimal.TryParse(attribute.StringValue, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out _))
            throw SnsErrors.InvalidValue($"Could not cast message attribute '{name}' value to number.");
    }

    private static Dictionary<string, string> ReadTexts(string message)
    {
        Dictionary<string, string> texts = [];
        try
        {
            using var json = JsonDocument.Parse(message);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw new JsonException();
            foreach (var text in json.RootElement.EnumerateObject())
            {
                if (text.Value.ValueKind == JsonValueKind.String)
                    texts[text.Name] = text.Value.GetString()!;
            }
        }
        catch (JsonException)
        {
            throw SnsErrors.Invalid("Message Structure - JSON message body failed to parse");
        }

        return texts.ContainsKey("default") ? texts : throw SnsErrors.Invalid("Message Structure - No default entry in JSON message body");
    }

    private static int SizeOf(string message, Dictionary<string, MessageAttributeValue> attributes) => Encoding.UTF8.GetByteCount(message)
        + attributes.Sum(a => Encoding.UTF8.GetByteCount(a.Key) + Encoding.UTF8.GetByteCount(a.Value.DataType ?? "") + Encoding.UTF8.GetByteCount(a.Value.StringValue ?? "") + (a.Value.BinaryValue?.Length ?? 0));
}
