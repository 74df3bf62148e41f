using System.Text.Json;
using KmsLab.Sentinel.Policies;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections.AuditPath;

/// <summary>What a policy does to a bucket that trails deliver to.</summary>
/// <remarks>https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html</remarks>
internal static class BucketPolicies
{
    private const string Delivery = "cloudtrail.amazonaws.com";

    private static readonly string[] Changes =
        ["s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutBucketPolicy", "s3:PutLifecycleConfiguration", "s3:PutObjectAcl", "s3:BypassGovernanceRetention", "s3:DeleteBucket"];

    /// <summary>Null for one that lets CloudTrail write and nobody else in. S3 refuses a policy without statements: a record with none does not tell what was put.</summary>
    public static string? Harm(Observation observation)
    {
        var policy = Read(Observation.Member(observation.Parameters, "bucketPolicy"));
        if (observation.Succeeded ? PolicyJson.Element(policy, "Statement").ValueKind == JsonValueKind.Undefined : policy.ValueKind != JsonValueKind.Object)
            return observation.Succeeded && policy.ValueKind == JsonValueKind.Object ? null : "has another policy";

        var statements = StatementsOf(policy);
        if (!statements.Exists(statement => Allows(statement) && Services(statement).Contains(Delivery) && Does(statement, "s3:PutObject")))
            return "has a policy that does not let CloudTrail write";
        if (statements.Exists(statement => !Allows(statement) && MayStopDelivery(statement)))
            return "has a policy that may keep CloudTrail from writing";
        if (statements.Where(Allows).SelectMany(statement => Strangers(statement, observation)).FirstOrDefault() is { } who)
            return $"has a policy that lets in {who}";

        var denials = statements.Where(statement => !Allows(statement)).ToList();
        return StatementsOf(Read(Observation.Member(observation.Before, "bucketPolicy"))).Exists(former => !Allows(former) && !denials.Exists(denial => JsonElement.DeepEquals(denial, former)))
            ? "has a policy that denies less than before"
            : null;
    }

    /// <summary>The stranger to the bucket whom an access point's policy lets in; null when there is none.</summary>
    public static string? Visitor(Observation observation)
    {
        var policy = Read(Observation.Member(observation.Parameters, "policy"));
        return StatementsOf(policy).Where(Allows).SelectMany(statement => Strangers(statement, observation)).FirstOrDefault()
            ?? (observation.Parameter("bucketAccountId") is { } owner && observation.Record.RecipientAccountId is { } own && owner != own ? $"the account {own}" : null);
    }

    private static JsonElement Read(JsonElement policy)
    {
        try
        {
            return Observation.Text(policy) is { } text ? JsonElement.Parse(text) : policy;
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static List<JsonElement> StatementsOf(JsonElement policy) => [.. PolicyJson.Each(PolicyJson.Element(policy, "Statement"))];

    private static bool Allows(JsonElement statement) => PolicyJson.Text(PolicyJson.Element(statement, "Effect")) == "Allow";

    private static IEnumerable<string> Services(JsonElement statement) => PolicyJson.Texts(PolicyJson.Element(PolicyJson.Element(statement, "Principal"), "Service"));

    private static bool Does(JsonElement statement, string action) => PolicyJson.Element(statement, "Action") is { ValueKind: not JsonValueKind.Undefined } actions
        ? PolicyJson.Texts(actions).Any(pattern => PolicyPattern.Matches(pattern, action))
        : !PolicyJson.Texts(PolicyJson.Element(statement, "NotAction")).Any(pattern => PolicyPattern.Matches(pattern, action));

    /// <summary>A Deny of what is not encrypted on its way hits nobody who delivers; one about other callers hits them alone.</summary>
    private static bool MayStopDelivery(JsonElement statement)
    {
        if (!Does(statement, "s3:PutObject") && !Does(statement, "s3:GetBucketAcl"))
            return false;

        var principal = PolicyJson.Element(statement, "Principal");
        var hitsDelivery = principal.ValueKind == JsonValueKind.Undefined || PolicyJson.Text(principal) == "*" || PolicyJson.Texts(PolicyJson.Element(principal, "AWS")).Contains("*") || Services(statement).Contains(Delivery);
        return hitsDelivery && !IsAboutTransport(PolicyJson.Element(statement, "Condition")) && !ExemptsServices(PolicyJson.Element(statement, "Condition"));
    }

    /// <summary>Whether it is about callers that are no AWS service: <c>aws:PrincipalIsAWSService</c> is false. CloudTrail is one.</summary>
    private static bool ExemptsServices(JsonElement condition) => PolicyCondition.ReadAll(condition).Any(test =>
        test is { Operator: "bool", Key: "aws:principalisawsservice", Values: [var value] } && string.Equals(value, "false", StringComparison.OrdinalIgnoreCase));

    private static bool IsAboutTransport(JsonElement condition) => condition.ValueKind == JsonValueKind.Object && condition.EnumerateObject().Any(test => test.Value.ValueKind == JsonValueKind.Object
        && test.Value.EnumerateObject().Any(key => Observation.NameOf(key).ToUpperInvariant() is "AWS:SECURETRANSPORT" or "S3:TLSVERSION"));

    /// <summary>Whoever may change what lies there, or reads it from another account.</summary>
    private static IEnumerable<string> Strangers(JsonElement statement, Observation observation)
    {
        var principal = PolicyJson.Element(statement, "Principal");
        IEnumerable<string> named = PolicyJson.Text(principal) is { } everyone ? [everyone] : PolicyJson.Texts(PolicyJson.Element(principal, "AWS"));
        var changes = Array.Exists(Changes, action => Does(statement, action));
        return principal.ValueKind == JsonValueKind.Undefined ? ["all but some"]
            : named.Where(who => changes || who == "*" || (Audience.Of("AWS", who).AccountId is { } account && account != observation.Record.RecipientAccountId));
    }
}
