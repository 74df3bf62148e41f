using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KmsLab.Sentinel.Sources.Files;

/// <summary>Makes a record of a row of CloudTrail Lake or Athena, whose columns have lower case names and values that are texts.</summary>
/// <remarks>
/// The tables that AWS documents: https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-understanding.html and
/// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-supported-event-schemas.html. Structures stand in them as JSON, or as Trino writes rows and maps.
/// </remarks>
internal static class ColumnRecord
{
    private static readonly Dictionary<string, string> Names = new[]
    {
        "eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userAgent", "errorCode", "errorMessage", "requestParameters",
        "responseElements", "additionalEventData", "requestID", "eventID", "readOnly", "resources", "eventType", "apiVersion", "recipientAccountId", "serviceEventDetails",
        "sharedEventID", "vpcEndpointId", "vpcEndpointAccountId", "eventCategory", "managementEvent", "addendum", "tlsDetails", "sessionCredentialFromConsole", "edgeDeviceDetails",
        "insightDetails", "type", "principalId", "arn", "accountId", "accessKeyId", "userName", "invokedBy", "sessionContext", "sessionIssuer", "attributes", "creationDate",
        "mfaAuthenticated", "reason", "updatedFields", "originalRequestID", "originalEventID", "identityProvider", "webIdFederationData", "onBehalfOf", "userId", "identityStoreArn", "credentialId",
        "inScopeOf", "ec2RoleDelivery", "eventJson", "CloudTrailEvent",
    }.ToDictionary(name => name, name => name, StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> Structures = new(StringComparer.Ordinal)
    {
        "userIdentity", "requestParameters", "responseElements", "additionalEventData", "resources", "serviceEventDetails", "addendum", "tlsDetails",
    };

    /// <summary>Whether a table of CloudTrail's records has a column of that name.</summary>
    public static bool IsColumn(string name) => Names.ContainsKey(name) || name.Equals("@message", StringComparison.Ordinal);

    /// <summary>The value of a cell, as a table of texts has it.</summary>
    public static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null or JsonValueKind.Undefined => "",
        _ => value.GetRawText(),
    };

    /// <summary>The record, in JSON.</summary>
    public static byte[] Of(IReadOnlyList<string> names, IReadOnlyList<string> values)
    {
        var record = new JsonObject();
        for (var column = 0; column < Math.Min(names.Count, values.Count); column++)
        {
            var (name, text) = (Names.GetValueOrDefault(names[column], names[column]), values[column]);
            if (text.Length == 0 || text == "null")
                continue;

            if (name.Contains('.', StringComparison.Ordinal))
            {
                Place(record, name.Split('.'), text);
                continue;
            }

            record[name] = !Structures.Contains(name) ? JsonValue.Create(name == "eventTime" ? Time(text) : text)
                : name is "userIdentity" or "addendum" ? Named(StructureOf(text), "arn")
                : name == "resources" ? Named(StructureOf(text), "ARN")
                : StructureOf(text);
        }

        return Encoding.UTF8.GetBytes(record.ToJsonString());
    }

    /// <summary>Puts a value where a name such as <c>userIdentity.arn</c> or <c>resources.0.ARN</c> says, as Logs Insights names what lies deeper.</summary>
    private static void Place(JsonObject record, string[] names, string text)
    {
        JsonNode at = record;
        for (var part = 0; part < names.Length; part++)
        {
            JsonNode? value = part == names.Length - 1 ? JsonValue.Create(text) : int.TryParse(names[part + 1], out _) ? new JsonArray() : new JsonObject();
            if (at is JsonArray items && int.TryParse(names[part], out var index) && index is >= 0 and < 1000)
            {
                while (items.Count <= index)
                    items.Add(null);
                at = items[index] ??= value;
            }
            else if (at is JsonObject members)
            {
                at = members[names[part]] ??= value;
            }
            else
            {
                return; // Another column says that it is no structure.
            }
        }
    }

    private static string Time(string text) => text.EndsWith(" UTC", StringComparison.Ordinal) ? text[..^4] : text;

    private static JsonNode? StructureOf(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: new() { MaxDepth = 256 });
        }
        catch (JsonException)
        {
            return new RowText(text).Read();
        }
    }

    /// <summary>Gives members the names that CloudTrail gives them.</summary>
    private static JsonNode? Named(JsonNode? node, string arn) => node switch
    {
        JsonObject members => new JsonObject(members.Where(member => member.Value is not null).DistinctBy(member => member.Key, StringComparer.OrdinalIgnoreCase).Select(member => KeyValuePair.Create(
            member.Key.Equals("arn", StringComparison.OrdinalIgnoreCase) ? arn : Names.GetValueOrDefault(member.Key, member.Key), Named(member.Value!.DeepClone(), arn)))),
        JsonArray items => new JsonArray([.. items.Select(item => Named(item?.DeepClone(), arn))]),
        _ => node?.DeepClone(),
    };
}
