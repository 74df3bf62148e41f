using System.Text.Json;

namespace KmsLab.CloudTrail.Records;

/// <summary>
/// Finds the keys that a record is about. <c>resources[]</c> names them by ARN, with or without a type; failing that, the request parameters do,
/// by ARN, alias or bare id (which then gets the record's Region and account).
/// </summary>
internal static class KeyReferences
{
    private const string KeyType = "AWS::KMS::Key";

    public static IReadOnlyList<string> Read(RecordSlices slices)
    {
        var keys = FromResources(slices.Json(Field.Resources));
        if (keys.Count > 0)
            return keys;

        foreach (var field in (ReadOnlySpan<Field>)[Field.KeyId, Field.SourceKeyId, Field.DestinationKeyId])
        {
            if (slices.Text(field) is { } keyId)
                Add(keys, Qualify(keyId, slices.Text(Field.Region), slices.Text(Field.RecipientAccountId) ?? slices.Text(Field.AccountId)));
        }

        return keys;
    }

    private static List<string> FromResources(ReadOnlySpan<byte> json)
    {
        var keys = new List<string>();
        var reader = new Utf8JsonReader(json);
        if (json.IsEmpty || !reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            return keys;

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject && KeyOf(ref reader) is { } arn)
                Add(keys, arn);
            else
                reader.Skip();
        }

        return keys;
    }

    private static string? KeyOf(ref Utf8JsonReader resource)
    {
        string? arn = null, type = null;
        while (resource.Read() && resource.TokenType == JsonTokenType.PropertyName)
        {
            var (isArn, isType) = (resource.ValueTextEquals("ARN"u8), resource.ValueTextEquals("type"u8));
            resource.Read();
            if (isArn && resource.TokenType == JsonTokenType.String)
                arn = resource.GetString();
            else if (isType && resource.TokenType == JsonTokenType.String)
                type = resource.GetString();
            resource.Skip();
        }

        return type is null or KeyType && IsKeyArn(arn) ? arn : null;
    }

    private static bool IsKeyArn(string? arn) =>
        arn is not null && arn.StartsWith("arn:", StringComparison.Ordinal) && arn.Contains(":kms:", StringComparison.Ordinal) && arn.Contains(":key/", StringComparison.Ordinal);

    private static string Qualify(string keyId, string? region, string? account)
    {
        if (keyId.StartsWith("arn:", StringComparison.Ordinal) || region is null || account is null)
            return keyId;

        var resource = keyId.StartsWith("alias/", StringComparison.Ordinal) ? keyId : "key/" + keyId;
        return $"arn:{Partition(region)}:kms:{region}:{account}:{resource}";
    }

    private static string Partition(string region) => region switch
    {
        _ when region.StartsWith("cn-", StringComparison.Ordinal) => "aws-cn",
        _ when region.StartsWith("us-gov-", StringComparison.Ordinal) => "aws-us-gov",
        _ => "aws",
    };

    private static void Add(List<string> keys, string arn)
    {
        if (!keys.Contains(arn))
            keys.Add(arn);
    }
}
