using System.Text;
using System.Text.Json.Nodes;
using KmsLab.Tests.Sentinel;

namespace KmsLab.Tests.CloudTrail.FastPath;

/// <summary>Records of all kinds, and what can happen to them: members that are missing, moved, twice or of another type, odd texts, and broken JSON.</summary>
internal static class OddRecords
{
    private static readonly Func<JsonObject>[] Kinds =
    [
        () => TestRecords.Decrypt(),
        () => TestRecords.Decrypt(errorCode: "AccessDenied"),
        TestRecords.ReEncrypt,
        TestRecords.ServiceEvent,
        () => TestRecords.Denied(),
        () => TestRecords.CrossAccount("shared"),
        () => TestRecords.CreateKey("a", "b"),
        () => TestRecords.Decrypt().With(record => record["userIdentity"] = new JsonObject
        {
            ["type"] = "IAMUser", ["principalId"] = "AIDAEXAMPLE", ["arn"] = "arn:aws:iam::000000000000:user/ann", ["accountId"] = "000000000000", ["userName"] = "ann",
        }),
        () => TestRecords.Decrypt().With(record => record["userIdentity"]!["sessionContext"] = null),
        () => TestRecords.Decrypt().With(record => record["userIdentity"]!["invokedBy"] = "s3.amazonaws.com"),
        () => TestRecords.Decrypt().With(record => (record["eventSource"], record["eventName"]) = ("s3.amazonaws.com", "GetObject")),
        () => TestRecords.Decrypt().With(record => record["eventType"] = "AwsVpceEvent"),
        () => TestRecords.Decrypt().With(record => record["eventType"] = "AwsCloudTrailInsight"),
        () => TestRecords.Decrypt().With(record => record["addendum"] = new JsonObject { ["reason"] = "UPDATED_DATA", ["originalEventID"] = Guid.NewGuid().ToString() }),
        () => TestRecords.Decrypt().With(record =>
        {
            record.Remove("resources");
            record["requestParameters"] = new JsonObject { ["keyId"] = "alias/a" };
        }),
        () => TestRecords.Denied().With(record => record["errorMessage"] = $"User: x is not authorized to perform: kms:Decrypt on resource: {TestRecords.KeyArn} because"),
        () => TestRecords.Decrypt().With(record => record["requestParameters"]!["numberOfBytes"] = 32),
    ];

    private static readonly string[] Values =
    [
        "null", "true", "7", "-7", "1.5", "1e9", "01", "{}", "[]", "\"\"", "\"x\"", "\"a\\\"b\\\\c\"", "\"\\u0044ecrypt\"", "\"\\ud800\"", "\"\\x\"", "\"\u00e9\"", "\"tab\there\"", "[1,{\"arn\":\"x\"}]",
        "{\"arn\":\"q\",\"x\":[{}]}", "{\"keyId\":\"k\"}", "[{\"ARN\":\"a\"},{\"ARN\":\"b\",\"type\":\"AWS::KMS::Key\"}]", "[5,{\"ARN\":\"n\"}]", "{\"sessionIssuer\":{\"arn\":\"i\",\"x\":{\"arn\":\"no\"}}}",
        "{\"sessionContext\":{\"sessionIssuer\":{\"arn\":9}}}", "\"2026-11-23T12:00:59Z\"", "\"2026-11-23T12:00:60Z\"", "\"2026-11-23 12:00:01.5\"", "\"9999-12-31T23:59:59Z\"", "\"1.08\"", "\"2\"",
        "\"kms.amazonaws.com\"", "\"iam.amazonaws.com\"", "{\"encryptionContext\":{\"a\":{\"b\":[1,{\"c\":\"}\"}]}}}", "{\"reason\":\"DELIVERY_DELAY\"}",
    ];

    private static readonly byte[][] Texts = [[0xFF], [0xC3, 0xA9], [0xED, 0xA0, 0x80], [0x01], [0x09], [.. "\\n"u8], [.. "\\ud800"u8], [.. "\\u00e9"u8], [.. "\\"u8], [.. "\""u8], [.. "}"u8], [.. " "u8], [.. "{"u8], [.. ","u8], [.. "[]"u8]];

    /// <summary>A record, mostly a good one.</summary>
    public static byte[] Record(int seed)
    {
        var random = new Random(seed);
        var record = Kinds[random.Next(Kinds.Length)]();
        var changes = random.Next(4) switch { 0 => 0, 1 => 1, 2 => 2, _ => random.Next(4) };
        var placeholders = new List<string>();
        for (var change = 0; change < changes; change++)
            Change(record, random, placeholders);
        var json = record.ToJsonString(random.Next(25) == 0 ? new() { WriteIndented = true } : null);
        foreach (var (index, value) in placeholders.Index())
            json = json.Replace($"\"@{index}@\"", value, StringComparison.Ordinal);
        return random.Next(4) == 0 ? Break(Encoding.UTF8.GetBytes(json), random) : Encoding.UTF8.GetBytes(json);
    }

    private static void Change(JsonObject record, Random random, List<string> placeholders)
    {
        var inside = random.Next(3) switch
        {
            0 when record["userIdentity"] is JsonObject identity => identity,
            1 when record["requestParameters"] is JsonObject parameters => parameters,
            _ => record,
        };
        if (inside.Count == 0)
            return;

        var name = inside.ElementAt(random.Next(inside.Count)).Key;
        switch (random.Next(4))
        {
            case 0:
                inside.Remove(name);
                break;
            case 1:
                var value = inside[name];
                inside.Remove(name);
                inside.Insert(random.Next(inside.Count + 1), name, value);
                break;
            default:
                inside[name] = $"@{placeholders.Count}@";
                placeholders.Add(Values[random.Next(Values.Length)]);
                break;
        }
    }

    private static byte[] Break(byte[] json, Random random)
    {
        var at = random.Next(json.Length);
        return random.Next(7) switch
        {
            0 => json[..at],
            1 => [.. json[..at], .. Texts[random.Next(Texts.Length)], .. json[(at + 1)..]],
            2 or 3 => [.. json[..at], .. Texts[random.Next(Texts.Length)], .. json[at..]],
            4 => [.. json[..^1], .. ","u8, .. Encoding.UTF8.GetBytes(Member(random)), .. "}"u8],
            5 => [.. "{"u8, .. Encoding.UTF8.GetBytes(Member(random)), .. ","u8, .. json[1..]],
            _ => [.. json, .. Texts[random.Next(Texts.Length)]],
        };
    }

    /// <summary>One that the record has already, often.</summary>
    private static string Member(Random random)
    {
        string[] names = ["eventTime", "eventSource", "eventName", "event\\u004eame", "userIdentity", "resources", "requestParameters", "errorCode", "eventID", "kinesis", "detail", "\u00e9", "event\\u0054ime"];
        return $"\"{names[random.Next(names.Length)]}\":{Values[random.Next(Values.Length)]}";
    }
}
