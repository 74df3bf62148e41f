using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Knowledge;

/// <summary>What was put last on what is guarded: the same policy put again, as every <c>apply</c> of an infrastructure tool does, changes nothing.</summary>
internal sealed partial class LearnedNames
{
    private const string Document = "document";
    private const int LongestKept = 4096;

    /// <summary>Operations that replace something whole, and the parameters that say what.</summary>
    private static readonly Dictionary<string, string[]> Puts = new(StringComparer.Ordinal)
    {
        ["s3.amazonaws.com"] = ["bucketName"],
        ["iam.amazonaws.com"] = ["roleName", "userName", "policyName"],
        ["monitoring.amazonaws.com"] = ["alarmName"],
        ["sns.amazonaws.com"] = ["topicArn", "subscriptionArn", "attributeName"],
        ["logs.amazonaws.com"] = ["logGroupName", "logGroupIdentifier", "filterName"],
        ["cloudtrail.amazonaws.com"] = ["name", "trailName"],
        ["secretsmanager.amazonaws.com"] = ["secretId"],
        ["kms.amazonaws.com"] = ["policyName"],
    };

    private void StudyDocuments(Observation observation)
    {
        var record = observation.Record;
        if (!observation.Succeeded || !Puts.TryGetValue(record.EventSource, out var identifiers) || !IsGuarded(observation))
            return;

        if (record.EventName == "DeleteRole")
            Remove(Document, NameOf("UpdateAssumeRolePolicy"));
        else if (record.EventName.StartsWith("Delete", StringComparison.Ordinal))
            Remove(Document, NameOf("Put" + record.EventName["Delete".Length..]));
        if (!IsPut(record.EventName))
            return;

        var name = NameOf(record.EventName switch { "CreateTrail" => "UpdateTrail", "CreateRole" => "UpdateAssumeRolePolicy", var put => put });
        var document = record.EventName == "CreateRole" ? TrustOf(observation) : Canonical(observation.Parameters);
        var kept = document.Length <= LongestKept ? document : Hash(document);
        if (Find(Document, name) is { } before)
        {
            observation.IsUnchanged = before == kept && IsWhole(record.EventName);
            observation.Before = before.StartsWith('{') ? JsonElement.Parse(before) : default;
        }

        if (!_names.TryGetValue((Document, name), out var known) || known.At <= record.EventTime)
            Put(Document, name, kept, record.EventTime);

        string NameOf(string operation)
        {
            IEnumerable<string?> parts = [record.EventSource, operation, AccountOf(record), record.Region, record.EventSource == "kms.amazonaws.com" ? record.KeyArns[0] : null,
                .. identifiers.Select(identifier => observation.Parameter(identifier))];
            return Hash(string.Join('\n', parts));
        }
    }

    /// <summary>Documents that are news because they are changed. What is bad in itself, such as a retention of a day, is told of each time.</summary>
    private static bool IsWhole(string operation) => operation is "PutBucketPolicy" or "PutKeyPolicy" or "PutResourcePolicy" or "UpdateAssumeRolePolicy" or "PutRolePolicy" or "PutUserPolicy"
        or "PutBucketAcl" or "PutBucketEncryption" or "PutBucketNotification" or "PutBucketNotificationConfiguration" or "SetTopicAttributes" or "SetSubscriptionAttributes";

    private static bool IsPut(string operation) =>
        operation is "UpdateAssumeRolePolicy" or "CreateRole" or "UpdateTrail" or "CreateTrail" or "SetTopicAttributes" or "SetSubscriptionAttributes" || operation.StartsWith("Put", StringComparison.Ordinal) && operation != "PutSecretValue";

    private bool IsGuarded(Observation observation)
    {
        var record = observation.Record;
        return record.EventSource switch
        {
            "s3.amazonaws.com" => observation.Parameter("bucketName") is { } bucket && audit.IsBucket(bucket),
            "iam.amazonaws.com" => observation.Parameter("roleName") is { } role && (audit.IsRole(role, record) || TrustedPrincipals.ByName(_trusted, "role", role, null, record) is not null)
                || observation.Parameter("userName") is { } user && TrustedPrincipals.ByName(_trusted, "user", user, null, record) is not null,
            "monitoring.amazonaws.com" => observation.Parameter("alarmName") is { } alarm && audit.IsAlarm(alarm),
            "sns.amazonaws.com" => (observation.Parameter("topicArn") ?? observation.Parameter("subscriptionArn")) is { } arn && (audit.IsTopic(arn) || audit.TopicOf(arn) is not null),
            "logs.amazonaws.com" => (observation.Parameter("logGroupName") ?? observation.Parameter("logGroupIdentifier")) is { } group && audit.IsLogGroup(group),
            "cloudtrail.amazonaws.com" => (observation.Parameter("name") ?? observation.Parameter("trailName")) is { } trail && audit.IsTrail(trail, record),
            "secretsmanager.amazonaws.com" => sets.All.Any(set => set.AttestationSecrets.Length > 0),
            "kms.amazonaws.com" => record.KeyArns.Count > 0 && (audit.IsKey(record.KeyArns[0]) || sets.All.Any(set => set.AttestationSecretKeys.Contains(record.KeyArns[0]))),
            _ => false,
        };
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The trust that a role begins with, as the parameters of UpdateAssumeRolePolicy would say it.</summary>
    private static string TrustOf(Observation observation) => Canonical(JsonSerializer.SerializeToElement(
        new Dictionary<string, string?> { ["roleName"] = observation.Parameter("roleName"), ["policyDocument"] = observation.Parameter("assumeRolePolicyDocument") }));

    /// <summary>The same for the same content: members in order, lists too, a list of one as that one, and a policy that is written as a text read as JSON.</summary>
    private static string Canonical(JsonElement element)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            Write(element, writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(JsonElement element, Utf8JsonWriter writer)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var (name, value) in element.EnumerateObject().Select(member => (Observation.NameOf(member), member.Value))
                    .Where(member => member.Item1 is not ("clientRequestToken" or "Host")).OrderBy(member => member.Item1, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(name);
                    Write(value, writer);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array when element.GetArrayLength() == 1:
                Write(element[0], writer);
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray().Select(Canonical).Order(StringComparer.Ordinal))
                    writer.WriteRawValue(item);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String when Observation.Text(element) is { } text:
                if (text.StartsWith('{') && Parse(text) is { } inner)
                    Write(inner, writer);
                else
                    writer.WriteStringValue(text);
                break;
            case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False:
                writer.WriteRawValue(element.GetRawText());
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    private static JsonElement? Parse(string text)
    {
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
