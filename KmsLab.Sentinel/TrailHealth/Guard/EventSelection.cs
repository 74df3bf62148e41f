using Amazon.CloudTrail.Model;

namespace KmsLab.Sentinel.TrailHealth.Guard;

/// <summary>Reads a trail's event selectors: does it record every call to KMS?</summary>
/// <remarks>
/// Three ways blind a trail to KMS alone, and KMS's cryptographic calls count as reads: kms.amazonaws.com excluded, by name or by an advanced selector's
/// operators; writes only; or a condition on any other field. An event is recorded when any selector takes it
/// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html).
/// </remarks>
internal static class EventSelection
{
    private const string Kms = "kms.amazonaws.com";

    /// <summary><see cref="GuardAspect.AllEvents"/>, or what is missing, in words.</summary>
    public static string OfKms(GetEventSelectorsResponse selectors)
    {
        var takes = (selectors.EventSelectors ?? []).Select(Of).Concat((selectors.AdvancedEventSelectors ?? []).Where(IsManagement).Select(Of)).ToList();
        var missing = new List<string>();
        if (!takes.Exists(take => take.Reads))
            missing.Add("reads, such as Decrypt, Encrypt and GenerateDataKey, are left out");
        if (!takes.Exists(take => take.Writes))
            missing.Add("writes, such as ScheduleKeyDeletion, are left out");
        return missing.Count == 0 ? GuardAspect.AllEvents : $"{string.Join("; ", missing)} ({(takes.Count == 0 ? "no selector takes management events" : string.Join("; ", takes.Select(take => take.Why).OfType<string>().Distinct()))})";
    }

    /// <summary>The selectors of management events as one text, in an order that does not depend on theirs.</summary>
    public static string Text(GetEventSelectorsResponse selectors) => string.Join(
        " | ",
        (selectors.EventSelectors ?? [])
            .Select(selector => $"{selector.ReadWriteType?.Value ?? "All"}{(selector.IncludeManagementEvents == false ? " without management events" : "")}{Except(selector.ExcludeManagementEventSources)}")
            .Concat((selectors.AdvancedEventSelectors ?? []).Where(IsManagement).Select(selector => string.Join(" and ", FieldsOf(selector).Select(Text).Order(StringComparer.Ordinal))))
            .Order(StringComparer.Ordinal)
            .DefaultIfEmpty(GuardAspect.None));

    private static (bool Reads, bool Writes, string? Why) Of(EventSelector selector)
    {
        if (selector.IncludeManagementEvents == false)
            return (false, false, "a selector without management events");
        if (selector.ExcludeManagementEventSources?.Contains(Kms) == true)
            return (false, false, $"{Kms} is excluded");

        return selector.ReadWriteType?.Value switch
        {
            "WriteOnly" => (false, true, "a selector of writes only"),
            "ReadOnly" => (true, false, "a selector of reads only"),
            _ => (true, true, null),
        };
    }

    /// <summary>A condition on anything but source and kind of access takes some calls and leaves others: nobody can rely on it.</summary>
    private static (bool Reads, bool Writes, string? Why) Of(AdvancedEventSelector selector)
    {
        var (reads, writes, why) = (true, true, (string?)null);
        foreach (var field in FieldsOf(selector).Where(field => field.Field != "eventCategory"))
        {
            var (fieldReads, fieldWrites) = field.Field switch
            {
                "eventSource" => (Holds(field, Kms), Holds(field, Kms)),
                "readOnly" => (Holds(field, "true"), Holds(field, "false")),
                _ => (false, false),
            };
            if (!fieldReads || !fieldWrites)
                why = $"a selector with {Text(field)}";
            (reads, writes) = (reads && fieldReads, writes && fieldWrites);
        }

        return (reads, writes, why);
    }

    private static bool Holds(AdvancedFieldSelector field, string value) =>
        Any(field.Equals, operand => value == operand) && Any(field.StartsWith, operand => value.StartsWith(operand, StringComparison.Ordinal)) && Any(field.EndsWith, operand => value.EndsWith(operand, StringComparison.Ordinal))
        && NotAny(field.NotEquals, operand => value == operand) && NotAny(field.NotStartsWith, operand => value.StartsWith(operand, StringComparison.Ordinal)) && NotAny(field.NotEndsWith, operand => value.EndsWith(operand, StringComparison.Ordinal));

    private static bool Any(List<string>? operands, Predicate<string> holds) => operands is not { Count: > 0 } || operands.Exists(holds);

    private static bool NotAny(List<string>? operands, Predicate<string> holds) => operands is not { Count: > 0 } || !operands.Exists(holds);

    private static bool IsManagement(AdvancedEventSelector selector) => FieldsOf(selector).Any(field => field.Field == "eventCategory" && field.Equals?.Contains("Management") == true);

    private static List<AdvancedFieldSelector> FieldsOf(AdvancedEventSelector selector) => selector.FieldSelectors ?? [];

    private static string Text(AdvancedFieldSelector field) => string.Join(" and ", new (string Operator, List<string>? Operands)[]
    {
        ("=", field.Equals), ("!=", field.NotEquals), ("starts with", field.StartsWith), ("doesn't start with", field.NotStartsWith), ("ends with", field.EndsWith), ("doesn't end with", field.NotEndsWith),
    }.Where(pair => pair.Operands is { Count: > 0 }).Select(pair => $"{field.Field} {pair.Operator} {string.Join(" or ", pair.Operands!.Order(StringComparer.Ordinal))}"));

    private static string Except(List<string>? sources) => sources is { Count: > 0 } ? $" except {string.Join(" and ", sources.Order(StringComparer.Ordinal))}" : "";
}
