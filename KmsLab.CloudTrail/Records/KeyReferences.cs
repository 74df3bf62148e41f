using System.Text.Json;

namespace KmsLab.CloudTrail.Records;

/// <summary>
/// Finds the keys that a record is about. <c>resources[]</c> names them by ARN, with or without a type; failing that, the request parameters do,
/// by ARN, alias or bare id (which then gets the record's Region and account). The record of a refused call may have neither, and name the key in its message.
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

        if (keys.Count == 0 && slices.Text(Field.ErrorMessage) is { } message && slices.Text(Field.EventSource) == "kms.amazonaws.com" && KeyIn(message) is { } key)
            keys.Add(key);
        return keys;
    }

    /// <summary>The key that a refusal names, as in <c>... is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:...</c>.</summary>
    private static string? KeyIn(string message)
    {
        const string Before = "on resource: ";
        var at = message.IndexOf(Before, StringComparison.Ordinal);
        if (at < 0)
            return null;

        var rest = message[(at + Before.Length)..];
        var arn = rest[..(rest.IndexOf(' ', StringComparison.Ordinal) is var end and >= 0 ? end : rest.Length)].TrimEnd('.', ',', ';');
        return arn.Split(':') is ["arn", _, "kms", _, _, ['k', 'e', 'y', '/', ..]] ? arn : null;
    }

    /// <summary>The keys among <c>resources</c>; empty when it names none.</summary>
    internal static List<string> FromResources(ReadOnlySpan<byte> json)
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
        string? arn = null;
        var isKey = true;
        while (resource.Read() && resource.TokenType == JsonTokenType.PropertyName)
        {
            var (isArn, isType) = (resource.ValueTextEquals("ARN"u8), resource.ValueTextEquals("type"u8));
            resource.Read();
            if (isArn && resource.TokenType == JsonTokenType.String)
                arn = KnownTexts.Of(in resource);
            else if (isType && resource.TokenType == JsonTokenType.String)
                isKey = resource.ValueTextEquals(KeyType);
            resource.Skip();
        }

        return isKey && IsKeyArn(arn) ? arn : null;
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
        _ when region.StartsWith("us-iso-", StringComparison.Ordinal) => "aws-iso",
        _ when region.StartsWith("us-isob-", StringComparison.Ordinal) => "aws-iso-b",
        _ when region.StartsWith("eu-isoe-", StringComparison.Ordinal) => "aws-iso-e",
        _ when region.StartsWith("us-isof-", StringComparison.Ordinal) => "aws-iso-f",
        _ when region.StartsWith("eusc-", StringComparison.Ordinal) => "aws-eusc",
        _ => "aws",
    };

    private static void Add(List<string> keys, string arn)
    {
        if (!keys.Contains(arn))
            keys.Add(arn);
    }
}
