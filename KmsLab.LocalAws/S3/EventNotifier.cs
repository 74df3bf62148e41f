using System.Globalization;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Xml.Linq;
using KmsLab.LocalAws.Access;
using KmsLab.LocalAws.Sns;
using KmsLab.LocalAws.Sqs;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.S3;

/// <summary>Tells queues and topics of what happens to objects.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html</remarks>
internal sealed class EventNotifier(QueueSender queues, SnsPublisher topics, TimeProvider time)
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Tells those who want to know of an event.</summary>
    /// <returns>Completes when the queues have it on disk.</returns>
    public async Task TellAsync(Bucket bucket, StoredObject version, string name, Origin origin)
    {
        foreach (var target in bucket.Notifications.Where(target => target.Wants(name, version.Key)))
            await SendAsync(target.Arn, Message(bucket, version, name, origin, target.Id, time.GetUtcNow()));
    }

    /// <summary>Whether a target is there to be told.</summary>
    public bool Exists(NotificationTarget target) => target.IsQueue ? queues.Exists(target.Arn) : topics.Exists(target.Arn);

    /// <summary>Tells a new target that it will be told.</summary>
    public Task TestAsync(Bucket bucket, NotificationTarget target, string requestId) => SendAsync(target.Arn, Write(json =>
    {
        json.WriteString("Service", "Amazon S3");
        json.WriteString("Event", "s3:TestEvent");
        json.WriteString("Time", Instant(time.GetUtcNow()));
        json.WriteString("Bucket", bucket.Name);
        json.WriteString("RequestId", requestId);
        json.WriteString("HostId", requestId);
    }));

    private async Task SendAsync(string arn, string message)
    {
        if (arn.Split(':')[2] == "sqs")
            await (queues.TrySend(arn, message, null, Principal.UniqueId("AIDA", "s3.amazonaws.com")) ?? Task.CompletedTask);
        else
            topics.TryPublish(arn, "Amazon S3 Notification", message);
    }

    private static string Message(Bucket bucket, StoredObject version, string name, Origin origin, string id, DateTimeOffset now) => Write(json =>
    {
        json.WriteStartArray("Records");
        json.WriteStartObject();
        json.WriteString("eventVersion", "2.1");
        json.WriteString("eventSource", "aws:s3");
        json.WriteString("awsRegion", bucket.Region);
        json.WriteString("eventTime", Instant(now));
        json.WriteString("eventName", name);
        Object(json, "userIdentity", ("principalId", $"AWS:{origin.PrincipalId}"));
        Object(json, "requestParameters", ("sourceIPAddress", origin.SourceIp));
        Object(json, "responseElements", ("x-amz-request-id", origin.RequestId), ("x-amz-id-2", origin.RequestId));
        json.WriteStartObject("s3");
        json.WriteString("s3SchemaVersion", "1.0");
        json.WriteString("configurationId", id);
        json.WriteStartObject("bucket");
        json.WriteString("name", bucket.Name);
        Object(json, "ownerIdentity", ("principalId", Principal.UniqueId("A", bucket.Account)[..14]));
        json.WriteString("arn", bucket.Arn);
        json.WriteEndObject();
        json.WriteStartObject("object");
        json.WriteString("key", WebUtility.UrlEncode(version.Key).Replace("%2F", "/", StringComparison.Ordinal));
        if (name.StartsWith("ObjectCreated:", StringComparison.Ordinal))
        {
            json.WriteNumber("size", version.Size);
            json.WriteString("eTag", version.ETag);
        }

        if (bucket.Versioning is not null)
            json.WriteString("versionId", version.Version);
        json.WriteString("sequencer", string.Create(CultureInfo.InvariantCulture, $"00{version.Id:X16}"));
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    });

    private static string Write(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Relaxed))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void Object(Utf8JsonWriter json, string name, params ReadOnlySpan<(string Name, string Value)> members)
    {
        json.WriteStartObject(name);
        foreach (var member in members)
            json.WriteString(member.Name, member.Value);
        json.WriteEndObject();
    }

    private static string Instant(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

/// <summary>A queue or topic that is told of events of a bucket.</summary>
/// <param name="Id">The configuration's id.</param>
/// <param name="Arn">The queue's or topic's ARN.</param>
/// <param name="Events">Which events, such as <c>s3:ObjectCreated:*</c>.</param>
/// <param name="Prefix">What keys must begin with.</param>
/// <param name="Suffix">What keys must end with.</param>
internal sealed record NotificationTarget(string Id, string Arn, IReadOnlyList<string> Events, string Prefix, string Suffix)
{
    private static readonly string[] Known = ["s3:ObjectCreated:", "s3:ObjectRemoved:", "s3:ReducedRedundancyLostObject", "s3:ObjectRestore:", "s3:Replication:", "s3:ObjectTagging:", "s3:ObjectAcl:Put", "s3:LifecycleExpiration:", "s3:LifecycleTransition", "s3:IntelligentTiering"];

    public bool IsQueue => Arn.Split(':') is [_, _, "sqs", ..];

    /// <summary>Reads a configuration.</summary>
    /// <exception cref="AwsException">InvalidArgument or NotImplemented.</exception>
    public static List<NotificationTarget> Read(XElement configuration)
    {
        List<NotificationTarget> targets = [];
        foreach (var part in configuration.Elements())
        {
            var element = part.Name.LocalName switch
            {
                "QueueConfiguration" => "Queue",
                "TopicConfiguration" => "Topic",
                _ => throw S3Error.NotServed($"KmsLab LocalAws tells queues and topics of events: {part.Name.LocalName} is not served."),
            };
            targets.Add(Read(part, element));
        }

        return targets;
    }

    /// <summary>Whether it wants to be told of an event.</summary>
    public bool Wants(string name, string key) =>
        key.StartsWith(Prefix, StringComparison.Ordinal) && key.EndsWith(Suffix, StringComparison.Ordinal)
        && Events.Any(wanted => wanted.EndsWith('*') ? $"s3:{name}".StartsWith(wanted[..^1], StringComparison.Ordinal) : wanted == $"s3:{name}");

    private static NotificationTarget Read(XElement part, string element)
    {
        var arn = Text(part, element) ?? throw S3Error.MalformedXml();
        if (arn.Split(':') is not ["arn", _, var service, { Length: > 0 }, { Length: > 0 }, { Length: > 0 }] || service != (element == "Queue" ? "sqs" : "sns"))
            throw S3Error.InvalidArgument("The ARN could not be parsed");
        var events = part.Elements().Where(child => child.Name.LocalName == "Event").Select(child => child.Value).ToList();
        if (events.Count == 0)
            throw S3Error.MalformedXml();
        if (events.Exists(name => !Array.Exists(Known, known => name.StartsWith(known, StringComparison.Ordinal))))
            throw S3Error.InvalidArgument("The event is not supported for notifications");
        var rules = part.Descendants().Where(child => child.Name.LocalName == "FilterRule").ToList();
        return new(Text(part, "Id") ?? Guid.NewGuid().ToString(), arn, events, Rule(rules, "prefix"), Rule(rules, "suffix"));
    }

    private static string Rule(List<XElement> rules, string name) =>
        rules.Where(rule => string.Equals(Text(rule, "Name"), name, StringComparison.OrdinalIgnoreCase)).Select(rule => Text(rule, "Value")).FirstOrDefault() ?? "";

    private static string? Text(XElement parent, string name) => parent.Elements().FirstOrDefault(child => child.Name.LocalName == name)?.Value;
}
