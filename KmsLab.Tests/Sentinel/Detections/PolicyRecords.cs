using System.Text.Json.Nodes;
using static KmsLab.Tests.Sentinel.Detections.DetectionBench;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>Records of calls that change who may use a key.</summary>
internal static class PolicyRecords
{
    private const string Root = $$"""{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{{TestRecords.Account}}:root"},"Action":"kms:*","Resource":"*"}""";

    public static readonly string OpenToAll = Policy("""{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*"}""");
    public static readonly string OpenToRole = Policy(Allow(Stranger));

    /// <summary>A statement that lets one principal decrypt.</summary>
    public static string Allow(string principal) => $$"""{"Effect":"Allow","Principal":{"AWS":"{{principal}}"},"Action":"kms:Decrypt","Resource":"*"}""";

    /// <summary>A policy of the account's own statement and more.</summary>
    public static string Policy(params string[] more) => $$"""{"Version":"2012-10-17","Statement":[{{string.Join(',', more.Prepend(Root))}}]}""";

    public static JsonObject PutPolicy(string policy, string key = TestRecords.KeyArn) =>
        Kms("PutKeyPolicy", new() { ["keyId"] = key[^36..], ["policyName"] = "default", ["policy"] = policy, ["bypassPolicyLockoutSafetyCheck"] = false }, key);

    public static JsonObject Grant(string grantee, params string[] operations) => Kms("CreateGrant", new()
    {
        ["keyId"] = TestRecords.KeyArn,
        ["granteePrincipal"] = grantee,
        ["operations"] = new JsonArray([.. operations.Select(operation => JsonValue.Create(operation))]),
    }).With(r => r["responseElements"] = new JsonObject { ["grantId"] = $"grant-{grantee}", ["keyId"] = TestRecords.KeyArn });
}
