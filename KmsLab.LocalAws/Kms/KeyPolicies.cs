using System.Text.Json;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Kms;

/// <summary>GetKeyPolicy, PutKeyPolicy, ListKeyPolicies: stored and checked for form, not enforced.</summary>
internal sealed class KeyPolicies(KeyFinder finder)
{
    private const int SizeLimit = 32 * 1024;
    private const string Name = "default";

    public void AddTo(AwsService service)
    {
        service.Add("GetKeyPolicy", OnTrail.Read, () => KmsJson.Wire.GetKeyPolicyRequest, () => KmsJson.Wire.GetKeyPolicyResponse, Get);
        service.Add("PutKeyPolicy", OnTrail.Write, () => KmsJson.Wire.PutKeyPolicyRequest, () => KmsJson.Wire.NoOutput, Put);
        service.Add("ListKeyPolicies", OnTrail.Read, () => KmsJson.Wire.ListKeyPoliciesRequest, () => KmsJson.Wire.ListKeyPoliciesResponse, List);
    }

    /// <summary>The policy of a key that was made without one: the account decides through IAM.</summary>
    public static string Default(RegionScope scope) => $$"""
        {
          "Version" : "2012-10-17",
          "Id" : "key-default-1",
          "Statement" : [ {
            "Sid" : "Enable IAM User Permissions",
            "Effect" : "Allow",
            "Principal" : {
              "AWS" : "{{scope.IamArn("root")}}"
            },
            "Action" : "kms:*",
            "Resource" : "*"
          } ]
        }
        """;

    /// <summary>Checks a policy's form.</summary>
    /// <exception cref="AwsException">MalformedPolicyDocumentException or LimitExceededException.</exception>
    public static string Check(string policy)
    {
        if (policy.Length > SizeLimit)
            throw new AwsException("LimitExceededException", $"The key policy is over {SizeLimit} bytes.");
        try
        {
            using var json = JsonDocument.Parse(policy);
            if (json.RootElement.ValueKind != JsonValueKind.Object
                || !json.RootElement.TryGetProperty("Statement", out var statements)
                || !Statements(statements).All(IsStatement))
                throw Malformed();
        }
        catch (JsonException)
        {
            throw Malformed();
        }

        return policy;
    }

    private static IEnumerable<JsonElement> Statements(JsonElement statements) => statements.ValueKind switch
    {
        JsonValueKind.Array => statements.EnumerateArray(),
        JsonValueKind.Object => [statements],
        _ => throw Malformed(),
    };

    private static bool IsStatement(JsonElement statement) =>
        statement.ValueKind == JsonValueKind.Object
        && statement.TryGetProperty("Effect", out var effect) && effect.ValueKind == JsonValueKind.String && effect.GetString() is "Allow" or "Deny"
        && (statement.TryGetProperty("Principal", out _) || statement.TryGetProperty("NotPrincipal", out _))
        && (statement.TryGetProperty("Action", out _) || statement.TryGetProperty("NotAction", out _));

    private static AwsException Malformed() => new("MalformedPolicyDocumentException", "The new key policy is not valid: it is not a policy document whose statements have Effect, Principal and Action.");

    private GetKeyPolicyResponse Get(AwsCall call, GetKeyPolicyRequest request)
    {
        var key = finder.ByIdOrArn(call, request.KeyId!);
        CheckName(request.PolicyName);
        return new() { Policy = key.Policy, PolicyName = Name };
    }

    private NoOutput Put(AwsCall call, PutKeyPolicyRequest request) => finder.Ring(call).Change(() =>
    {
        var key = finder.ChangeableNotPendingDeletion(call, request.KeyId!);
        CheckName(request.PolicyName);
        finder.Ring(call).Save(call, key with { Policy = Check(request.Policy!) });
        return NoOutput.Instance;
    });

    private ListKeyPoliciesResponse List(AwsCall call, ListKeyPoliciesRequest request)
    {
        finder.ByIdOrArn(call, request.KeyId!);
        return new() { PolicyNames = [Name], Truncated = false };
    }

    private static void CheckName(string? name)
    {
        if (name is not (null or Name))
            throw new AwsException("NotFoundException", "No such policy exists");
    }
}
