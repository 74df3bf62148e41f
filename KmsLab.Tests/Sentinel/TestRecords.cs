using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Tests.Sentinel;

/// <summary>CloudTrail records of KMS as AWS writes them, to be changed into any odd shape that AWS also writes.</summary>
internal static class TestRecords
{
    public const string Account = "000000000000";
    public const string Region = "us-east-1";
    public const string KeyArn = $"arn:aws:kms:{Region}:{Account}:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    public const string OtherKeyArn = $"arn:aws:kms:{Region}:{Account}:key/0987dcba-09fe-87dc-65ba-ab0987654321";
    public const string RoleArn = $"arn:aws:iam::{Account}:role/kmslab-cryptoapi";

    public static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A Decrypt by a role session, by default a successful one at noon with an eventID of its own.</summary>
    public static JsonObject Decrypt(DateTimeOffset? at = null, string? errorCode = null, string role = RoleArn, string? eventId = null) => new()
    {
        ["eventVersion"] = "1.11",
        ["userIdentity"] = RoleSession(role),
        ["eventTime"] = Time(at ?? Noon),
        ["eventSource"] = "kms.amazonaws.com",
        ["eventName"] = "Decrypt",
        ["awsRegion"] = Region,
        ["sourceIPAddress"] = "192.0.2.10",
        ["userAgent"] = "aws-sdk-dotnet-coreclr/4.0.1 ua/2.1 os/linux md/Debian lang/.NET_Core#10.0",
        ["errorCode"] = errorCode,
        ["requestParameters"] = new JsonObject
        {
            ["encryptionAlgorithm"] = "SYMMETRIC_DEFAULT",
            ["encryptionContext"] = new JsonObject { ["t"] = "tag", ["r"] = "record" },
        },
        ["responseElements"] = null,
        // The same record again is the same call.
        ["requestID"] = eventId is null ? Guid.NewGuid().ToString() : RecordId.Hash(eventId).ToString(),
        ["eventID"] = eventId ?? Guid.NewGuid().ToString(),
        ["readOnly"] = true,
        ["resources"] = new JsonArray(Resource(KeyArn)),
        ["eventType"] = "AwsApiCall",
        ["managementEvent"] = true,
        ["recipientAccountId"] = Account,
        ["eventCategory"] = "Management",
        ["tlsDetails"] = new JsonObject { ["tlsVersion"] = "TLSv1.3", ["cipherSuite"] = "TLS_AES_256_GCM_SHA384" },
    };

    /// <summary>A key is created, with one tag.</summary>
    public static JsonObject CreateKey(string tagKey, string tagValue, string arn = KeyArn) => Decrypt().With(record =>
    {
        record["eventName"] = "CreateKey";
        record["readOnly"] = false;
        record["requestParameters"] = new JsonObject
        {
            ["keySpec"] = "SYMMETRIC_DEFAULT",
            ["keyUsage"] = "ENCRYPT_DECRYPT",
            ["tags"] = new JsonArray(new JsonObject { ["tagKey"] = tagKey, ["tagValue"] = tagValue }),
        };
        record["resources"] = new JsonArray(Resource(arn));
    });

    /// <summary>A Decrypt that KMS refused because of a wrong encryption context.</summary>
    public static JsonObject WrongKey(DateTimeOffset at, string role = RoleArn, string? eventId = null) => Decrypt(at, "InvalidCiphertextException", role, eventId);

    /// <summary>ReEncrypt from one key to another.</summary>
    public static JsonObject ReEncrypt() => Decrypt().With(record =>
    {
        record["eventName"] = "ReEncrypt";
        record["requestParameters"] = new JsonObject
        {
            ["sourceEncryptionContext"] = new JsonObject { ["from"] = "a" },
            ["destinationEncryptionContext"] = new JsonObject { ["to"] = "b" },
            ["sourceKeyId"] = KeyArn,
            ["destinationKeyId"] = OtherKeyArn,
        };
        record["resources"] = new JsonArray(Resource(KeyArn), Resource(OtherKeyArn));
    });

    /// <summary>What KMS itself does to a key: no type, no caller, null parameters, no requestID.</summary>
    public static JsonObject ServiceEvent() => Decrypt().With(record =>
    {
        record["userIdentity"] = new JsonObject { ["accountId"] = Account, ["invokedBy"] = "AWS Internal" };
        record["eventName"] = "RotateKey";
        record["eventType"] = "AwsServiceEvent";
        record["requestParameters"] = null;
        record.Remove("requestID");
        record.Remove("userAgent");
        record.Remove("errorCode");
    });

    /// <summary>A call that another account's principal makes, as the key's account sees it.</summary>
    public static JsonObject CrossAccount(string sharedEventId) => Decrypt().With(record =>
    {
        record["userIdentity"] = new JsonObject { ["type"] = "AWSAccount", ["principalId"] = "AROAEXAMPLE:session", ["accountId"] = "111122223333" };
        record["sharedEventID"] = sharedEventId;
        record["recipientAccountId"] = "444455556666";
    });

    /// <summary>A denied call: no parameters and no resources.</summary>
    public static JsonObject Denied(DateTimeOffset? at = null) => Decrypt(at, "AccessDenied").With(record =>
    {
        record["requestParameters"] = null;
        record.Remove("resources");
    });

    public static JsonObject With(this JsonObject record, Action<JsonObject> change)
    {
        change(record);
        return record;
    }

    public static byte[] Utf8(this JsonObject record) => Encoding.UTF8.GetBytes(record.ToJsonString());

    /// <summary>The record as detections see it.</summary>
    public static Observation Observation(this JsonObject record) =>
        new(CloudTrailRecordReader.Read(record.Utf8(), RecordInterest.Everything).Record.ShouldNotBeNull());

    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static JsonObject Resource(string arn) => new() { ["accountId"] = Account, ["type"] = "AWS::KMS::Key", ["ARN"] = arn };

    private static JsonObject RoleSession(string role)
    {
        var name = role[(role.LastIndexOf('/') + 1)..];
        return new()
        {
            ["type"] = "AssumedRole",
            ["principalId"] = "AROAEXAMPLE:lab",
            ["arn"] = $"arn:aws:sts::{Account}:assumed-role/{name}/lab",
            ["accountId"] = Account,
            ["accessKeyId"] = "ASIAEXAMPLE",
            ["sessionContext"] = new JsonObject
            {
                ["sessionIssuer"] = new JsonObject { ["type"] = "Role", ["principalId"] = "AROAEXAMPLE", ["arn"] = role, ["accountId"] = Account, ["userName"] = name },
                ["attributes"] = new JsonObject { ["creationDate"] = Time(Noon), ["mfaAuthenticated"] = "false" },
            },
        };
    }
}
