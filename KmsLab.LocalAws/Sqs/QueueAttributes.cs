using System.Globalization;
using System.Text.Json;

namespace KmsLab.LocalAws.Sqs;

/// <summary>The attributes of queues: which can be set, to what, and what holds when they are not.</summary>
/// <remarks>https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html</remarks>
internal static class QueueAttributes
{
    private static readonly Dictionary<string, (long Min, long Max)> Numbers = new()
    {
        ["DelaySeconds"] = (0, 900),
        ["MaximumMessageSize"] = (1024, 1_048_576),
        ["MessageRetentionPeriod"] = (60, 1_209_600),
        ["ReceiveMessageWaitTimeSeconds"] = (0, 20),
        ["VisibilityTimeout"] = (0, 43_200),
        ["KmsDataKeyReusePeriodSeconds"] = (60, 86_400),
    };

    private static readonly string[] Fifo = ["FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"];

    private static readonly string[] Counted = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"];

    private static readonly string[] Given = ["QueueArn", "CreatedTimestamp", "LastModifiedTimestamp"];

    private static readonly string[] Texts = ["Policy", "RedrivePolicy", "RedriveAllowPolicy", "KmsMasterKeyId", "SqsManagedSseEnabled"];

    /// <summary>What holds for a queue of which nothing was set.</summary>
    public static readonly IReadOnlyDictionary<string, string> Defaults = new Dictionary<string, string>
    {
        ["VisibilityTimeout"] = "30",
        ["MaximumMessageSize"] = "1048576",
        ["MessageRetentionPeriod"] = "345600",
        ["DelaySeconds"] = "0",
        ["ReceiveMessageWaitTimeSeconds"] = "0",
        ["SqsManagedSseEnabled"] = "true",
    };

    /// <summary>Checks attributes that a call sets. An empty text takes an attribute away.</summary>
    public static void Check(IReadOnlyDictionary<string, string> attributes)
    {
        foreach (var (name, value) in attributes)
        {
            if (Fifo.Contains(name))
                throw SqsErrors.Unsupported("KmsLab LocalAws serves no FIFO queues.");
            if (!IsSettable(name))
                throw SqsErrors.InvalidAttributeName(name);
            if (!IsValid(name, value))
                throw SqsErrors.InvalidAttributeValue(name);
        }
    }

    /// <summary>All attributes of a queue that a call asks for.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="names">Their names; <c>All</c> stands for all.</param>
    /// <param name="counts">How many messages are visible, in flight and delayed.</param>
    public static Dictionary<string, string> Select(Queue queue, IReadOnlyList<string> names, (long Visible, long InFlight, long Delayed) counts)
    {
        foreach (var name in names)
        {
            if (name != "All" && !IsSettable(name) && !Counted.Contains(name) && !Given.Contains(name) && !Fifo.Contains(name))
                throw SqsErrors.InvalidAttributeName(name);
        }

        Dictionary<string, string> all = new(Defaults);
        foreach (var (name, value) in queue.Record.Attributes)
            all[name] = value;
        if (all.ContainsKey("KmsMasterKeyId"))
        {
            all["SqsManagedSseEnabled"] = "false";
            all.TryAdd("KmsDataKeyReusePeriodSeconds", "300");
        }

        (all[Counted[0]], all[Counted[1]], all[Counted[2]]) = (Text(counts.Visible), Text(counts.InFlight), Text(counts.Delayed));
        (all[Given[0]], all[Given[1]], all[Given[2]]) = (queue.Arn, Text(queue.Record.Created.ToUnixTimeSeconds()), Text(queue.Record.Modified.ToUnixTimeSeconds()));
        return names.Contains("All") ? all : all.Where(attribute => names.Contains(attribute.Key)).ToDictionary();
    }

    private static bool IsSettable(string name) => Numbers.ContainsKey(name) || Texts.Contains(name);

    private static bool IsValid(string name, string value)
    {
        if (Numbers.TryGetValue(name, out var range))
            return long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= range.Min && number <= range.Max;
        if (name == "SqsManagedSseEnabled")
            return value is "true" or "false";
        return value.Length == 0 || name is not ("Policy" or "RedriveAllowPolicy") || IsObject(value);
    }

    private static bool IsObject(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
