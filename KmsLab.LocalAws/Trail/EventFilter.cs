namespace KmsLab.LocalAws.Trail;

/// <summary>Decides whether a trail gets an event, from its selectors.</summary>
/// <remarks>
/// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html: an event is logged when any selector takes it.
/// Excluding <c>kms.amazonaws.com</c>, or logging writes only, is how a trail is blinded to KMS alone, since Encrypt and Decrypt count as reads.
/// </remarks>
internal static class EventFilter
{
    public static bool Takes(TrailDefinition trail, TrailEvent record) => trail.AdvancedSelectors is { } advanced
        ? advanced.Any(selector => Takes(selector, record))
        : trail.Selectors!.Any(selector => Takes(selector, record));

    /// <summary>Tells whether a trail gets any data events.</summary>
    public static bool TakesData(TrailDefinition trail) => trail.AdvancedSelectors is { } advanced
        ? advanced.Exists(selector => selector.FieldSelectors!.Exists(field => field is { Field: "eventCategory", Equals: ["Data"] }))
        : trail.Selectors!.Exists(selector => selector.DataResources is { Count: > 0 });

    private static bool Takes(EventSelector selector, TrailEvent record) =>
        (record.IsDataEvent ? TakesData(selector, record) : selector.IncludeManagementEvents != false && selector.ExcludeManagementEventSources?.Contains(record.Source) != true)
        && selector.ReadWriteType switch
        {
            "ReadOnly" => record.ReadOnly,
            "WriteOnly" => !record.ReadOnly,
            _ => true,
        };

    // A value is what ARNs begin with: arn:aws:s3 is everything of S3.
    private static bool TakesData(EventSelector selector, TrailEvent record) => record.Resources is [var resource, ..]
        && selector.DataResources?.Exists(data => data.Type == resource.Type && data.Values?.Exists(value => resource.Arn.StartsWith(value, StringComparison.Ordinal)) == true) == true;

    private static bool Takes(AdvancedEventSelector selector, TrailEvent record) =>
        selector.FieldSelectors!.All(field => Holds(field, field.Field switch
        {
            "eventCategory" => record.IsDataEvent ? "Data" : "Management",
            "resources.type" when record.IsDataEvent => record.Resources[0].Type,
            "resources.ARN" when record.IsDataEvent => record.Resources[0].Arn,
            "eventSource" => record.Source,
            "eventName" => record.Name,
            "readOnly" => record.ReadOnly ? "true" : "false",
            "eventType" => record.Type,
            "userIdentity.arn" => record.CallerArn,
            "sessionCredentialFromConsole" => "false",
            _ => null,
        }));

    // A field that management events don't have matches only what it is asked not to be.
    private static bool Holds(AdvancedFieldSelector field, string? value) =>
        AnyOf(field.Equals, value, static (v, operand) => v == operand)
        && AnyOf(field.StartsWith, value, static (v, operand) => v.StartsWith(operand, StringComparison.Ordinal))
        && AnyOf(field.EndsWith, value, static (v, operand) => v.EndsWith(operand, StringComparison.Ordinal))
        && !Excluded(field.NotEquals, value, static (v, operand) => v == operand)
        && !Excluded(field.NotStartsWith, value, static (v, operand) => v.StartsWith(operand, StringComparison.Ordinal))
        && !Excluded(field.NotEndsWith, value, static (v, operand) => v.EndsWith(operand, StringComparison.Ordinal));

    private static bool AnyOf(List<string>? operands, string? value, Func<string, string, bool> holds) =>
        operands is null || (value is not null && operands.Exists(operand => holds(value, operand)));

    private static bool Excluded(List<string>? operands, string? value, Func<string, string, bool> holds) =>
        operands is not null && value is not null && operands.Exists(operand => holds(value, operand));
}
