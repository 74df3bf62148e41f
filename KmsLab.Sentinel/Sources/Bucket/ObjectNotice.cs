using System.Net;
using System.Text.Json;
using KmsLab.ServiceDefaults.Aws;

namespace KmsLab.Sentinel.Sources.Bucket;

/// <summary>An object that came into a bucket.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Key">The object's key.</param>
/// <param name="Region">The bucket's Region, where the notice says one.</param>
internal sealed record NoticedObject(string Bucket, string Key, string? Region);

/// <summary>The body of a queue's message, read.</summary>
/// <remarks>
/// S3 tells the queue itself, by way of SNS or by way of EventBridge
/// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html and .../ev-events.html), or CloudTrail tells an SNS topic
/// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/configure-sns-notifications-for-cloudtrail.html). SNS puts each of them into an envelope,
/// unless the subscription asks for the raw message.
/// </remarks>
/// <param name="Objects">What came, maybe nothing: tests and removals are no news.</param>
/// <param name="Problem">Why it can't be read; null if it can.</param>
internal sealed record ObjectNotice(IReadOnlyList<NoticedObject> Objects, string? Problem = null)
{
    private const int MostEnvelopes = 3;

    private static ObjectNotice Nothing { get; } = new([]);

    /// <summary>Reads a message's body.</summary>
    public static ObjectNotice Read(string body)
    {
        for (var envelopes = 0; envelopes < MostEnvelopes; envelopes++)
        {
            // CloudTrail sends this to a topic when a trail begins to use it.
            if (body.StartsWith("CloudTrail validation message", StringComparison.Ordinal))
                return Nothing;

            try
            {
                using var json = JsonDocument.Parse(body);
                if (Text(json.RootElement, "Type") is not { } type || json.RootElement.TryGetProperty("Records", out _))
                    return Read(json.RootElement);
                if (type != "Notification" || Text(json.RootElement, "Message") is not { } message)
                    return Nothing;
                body = message;
            }
            catch (JsonException)
            {
                return Unreadable("It is no JSON");
            }
        }

        return Unreadable("It lies in too many envelopes");
    }

    private static ObjectNotice Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return Unreadable("It is no JSON object");
        if (Text(root, "Event") == "s3:TestEvent")
            return Nothing;
        if (Text(root, "detail-type") is { } detail)
            return OfEventBridge(root, detail);
        if (root.TryGetProperty("s3ObjectKey", out var keys) && Text(root, "s3Bucket") is { } bucket && keys.ValueKind == JsonValueKind.Array)
            return Of(keys.EnumerateArray().Select(key => OfCloudTrail(bucket, key)));
        if (root.TryGetProperty("Records", out var records) && records.ValueKind == JsonValueKind.Array)
            return Of(records.EnumerateArray().Where(IsCreation).Select(OfRecord));
        return Unreadable("It names no object of S3");
    }

    private static bool IsCreation(JsonElement record) =>
        Text(record, "eventName") is not { } name || name.StartsWith("ObjectCreated:", StringComparison.Ordinal);

    private static NoticedObject? OfCloudTrail(string bucket, JsonElement key) =>
        key.ValueKind == JsonValueKind.String ? new(bucket, key.GetString()!, null) : null;

    /// <summary>S3 writes keys as in a URL's query, EventBridge as they are.</summary>
    private static NoticedObject? OfRecord(JsonElement record) =>
        Member(record, "s3") is { } s3 && Member(s3, "bucket") is { } bucket && Text(bucket, "name") is { } name
            && Member(s3, "object") is { } item && Text(item, "key") is { } key
            ? new(name, WebUtility.UrlDecode(key), Region(record, "awsRegion"))
            : null;

    private static ObjectNotice OfEventBridge(JsonElement root, string detailType)
    {
        if (detailType != "Object Created")
            return Nothing;

        return Of([
            Member(root, "detail") is { } detail && Member(detail, "bucket") is { } bucket && Text(bucket, "name") is { } name && Member(detail, "object") is { } item
                && Text(item, "key") is { } key ? new(name, key, Region(root, "region")) : null,
        ]);
    }

    private static ObjectNotice Of(IEnumerable<NoticedObject?> objects)
    {
        List<NoticedObject?> all = [.. objects];
        return all.Contains(null) ? Unreadable("It leaves out an object's bucket or key") : new([.. all.OfType<NoticedObject>()]);
    }

    private static ObjectNotice Unreadable(string why) =>
        new([], $"{why}: no notice of S3, EventBridge or CloudTrail. Let nothing else send to this queue.");

    private static JsonElement? Member(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Object ? member : null;

    private static string? Region(JsonElement of, string name) => Text(of, name) is { } region && AwsRegion.IsName(region) ? region : null;

    private static string? Text(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
}
