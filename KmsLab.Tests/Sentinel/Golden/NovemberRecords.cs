using System.Text.Json.Nodes;
using KmsLab.Sentinel.Host;

namespace KmsLab.Tests.Sentinel.Golden;

/// <summary>The records and settings that <c>november.sql</c> was made with.</summary>
internal static class NovemberRecords
{
    public const string Canary = "arn:aws:kms:us-east-1:000000000000:key/canary00-0000-0000-0000-000000000000";

    /// <summary>The time at which the Sentinel that made it stopped.</summary>
    public static readonly DateTimeOffset End = TestRecords.Noon.AddDays(11);

    public static void Configure(SentinelOptions options)
    {
        options.ProtectedSets["vault"] = new() { Keys = [TestRecords.KeyArn], Tag = "kmslab:set=vault", Roles = [TestRecords.RoleArn] };
        options.Baselines.MinimumHistory = TimeSpan.FromDays(7);
        options.Canary.KeyId = Canary;
        options.Metrics.CloudWatch = true;
        options.Attestation.PublicKeys["k1"] = PublicKey;
    }

    /// <summary>Four reads of a day at nine. When the file was made each carried the application's proof; now they only have to be known.</summary>
    public static IEnumerable<JsonObject> Reads(int day) => Enumerable.Range(0, 4).Select(number => Read(
        TestRecords.Noon.AddDays(day + 1).AddHours(-3).AddMinutes(number), $"read-{day}-{number}", $"r{number}"));

    /// <summary>What happened on the last day: a burst of errors, a policy that lets everyone in, new names, a correction, and something that is no record.</summary>
    public static IEnumerable<JsonObject> LastDay() =>
    [
        TestRecords.WrongKey(End.AddMinutes(-20), eventId: "error-1"),
        TestRecords.WrongKey(End.AddMinutes(-20).AddSeconds(5), eventId: "error-2"),
        TestRecords.Decrypt(End.AddMinutes(-19), role: "arn:aws:iam::000000000000:role/stranger", eventId: "stranger"),
        Call(End.AddMinutes(-18), "PutKeyPolicy", "policy-1", new() { ["policy"] = Everyone }),
        Call(End.AddMinutes(-17), "UpdateAlias", "alias-1", new() { ["aliasName"] = "alias/vault" }),
        TestRecords.CreateKey("kmslab:set", "vault", TestRecords.OtherKeyArn).With(record =>
        {
            record["eventTime"] = TestRecords.Time(End.AddMinutes(-16));
            record["eventID"] = "key-1";
        }),
        TestRecords.Decrypt(End.AddMinutes(-15), eventId: "original"),
        TestRecords.Decrypt(End.AddMinutes(-15), "AccessDenied", eventId: "correction").With(record =>
            record["addendum"] = new JsonObject { ["reason"] = "UPDATED_DATA", ["originalEventID"] = "original" }),
        new JsonObject { ["eventVersion"] = "1.11" },
    ];

    public static JsonObject CanaryRecord(long sequence, string nonce, string requestId, DateTimeOffset at) => TestRecords.Decrypt(at, eventId: $"canary-{sequence}").With(record =>
    {
        record["eventName"] = "Encrypt";
        record["requestID"] = requestId;
        record["requestParameters"]!["encryptionContext"] = new JsonObject { ["kmslab:canary"] = $"{sequence}", ["kmslab:nonce"] = nonce };
        record["resources"]![0]!["ARN"] = Canary;
    });

    private const string Everyone =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*"}]}""";

    /// <summary>Of a key pair that was made for this sample; the private key is gone.</summary>
    private const string PublicKey = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEaIOfu6grzBW2nxISVeWZcMI8/rV
        fTrBPkBvGnexrU9vdbeDjmzN+lkAicVMMcnOmKlwkyR+AgEaaabCyoegKA==
        -----END PUBLIC KEY-----
        """;

    private static JsonObject Read(DateTimeOffset at, string eventId, string name)
    {
        var record = TestRecords.Decrypt(at, eventId: eventId);
        record["requestID"] = $"request-{eventId}";
        record["requestParameters"]!["encryptionContext"] = new JsonObject { ["r"] = name, ["t"] = "t" };
        return record;
    }

    private static JsonObject Call(DateTimeOffset at, string operation, string eventId, JsonObject parameters) => TestRecords.Decrypt(at, eventId: eventId).With(record =>
    {
        record["eventName"] = operation;
        record["readOnly"] = false;
        record["requestParameters"] = parameters;
    });
}
