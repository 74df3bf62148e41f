namespace KmsLab.LocalAws.Kms;

/// <summary>Patterns and enumerations of KMS's service model.</summary>
internal static class KmsPatterns
{
    public const string AliasName = "^[a-zA-Z0-9:/_-]+$";
    public const string GrantName = "^[a-zA-Z0-9:/_-]+$";
    public const string Principal = @"^[\w+=,.@:/-]+$";
    public const string Marker = @"[\u0020-\u00FF]*";
    public const string Policy = @"[\u0009\u000A\u000D\u0020-\u00FF]+";
    public const string PolicyName = @"[\w]+";
}
