using System.Text.Json;
using KmsLab.Sentinel.Policies;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections.AuditPath;

/// <summary>What a trail would no longer log with the selectors that PutEventSelectors sets, in either of their two forms.</summary>
/// <remarks>
/// A few events that Sentinel lives on stand for all: each selector is asked whether it would log them. KMS logs Decrypt as read-only, so a trail of writes
/// loses it. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/filtering-data-events.html and
/// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html
/// </remarks>
internal static class EventSelectors
{
    private static readonly Probe[] Probes =
    [
        new("KMS reads such as Decrypt", "kms.amazonaws.com", "Decrypt", IsReadOnly: true),
        new("KMS changes such as PutKeyPolicy", "kms.amazonaws.com", "PutKeyPolicy", IsReadOnly: false),
        new("IAM changes", "iam.amazonaws.com", "UpdateAssumeRolePolicy", IsReadOnly: false),
        new("reads of secrets", "secretsmanager.amazonaws.com", "GetSecretValue", IsReadOnly: true),
        new("changes of trails", "cloudtrail.amazonaws.com", "StopLogging", IsReadOnly: false),
    ];

    /// <summary>What is lost, a few words each; none when all of it is still logged.</summary>
    /// <param name="parameters">The request parameters of PutEventSelectors.</param>
    public static IReadOnlyList<string> Lost(JsonElement parameters)
    {
        var basic = PolicyJson.Each(Observation.Member(parameters, "eventSelectors")).ToList();
        var advanced = PolicyJson.Each(Observation.Member(parameters, "advancedEventSelectors")).ToList();
        return [.. Probes.Where(probe => !basic.Exists(selector => LogsBasic(selector, probe)) && !advanced.Exists(selector => LogsAdvanced(selector, probe))).Select(probe => probe.Name)];
    }

    private static bool LogsBasic(JsonElement selector, Probe probe) =>
        Observation.Member(selector, "includeManagementEvents").ValueKind != JsonValueKind.False
        && Observation.Text(Observation.Member(selector, "readWriteType")) switch { "ReadOnly" => probe.IsReadOnly, "WriteOnly" => !probe.IsReadOnly, "None" => false, _ => true }
        && !PolicyJson.Texts(Observation.Member(selector, "excludeManagementEventSources")).Contains(probe.Source);

    /// <summary>All field selectors of a selector must fit; one without an event category of management events logs other things.</summary>
    private static bool LogsAdvanced(JsonElement selector, Probe probe)
    {
        var fields = PolicyJson.Each(Observation.Member(selector, "fieldSelectors")).ToList();
        return fields.Exists(field => NameOf(field) == "eventCategory") && fields.TrueForAll(field => Fits(field, ValueOf(NameOf(field), probe)));
    }

    private static string? NameOf(JsonElement field) => Observation.Text(Observation.Member(field, "field"));

    private static string? ValueOf(string? field, Probe probe) => field switch
    {
        "eventCategory" => "Management",
        "eventSource" => probe.Source,
        "eventName" => probe.Operation,
        "readOnly" => probe.IsReadOnly ? "true" : "false",
        "eventType" => "AwsApiCall",
        _ => null,
    };

    /// <summary>A field that an attacker decides on, such as who called, could be anything: whatever is asked of it, some events fall out.</summary>
    private static bool Fits(JsonElement field, string? value) => value is not null
        && Any(field, "equals", value.Equals) && Any(field, "startsWith", value.StartsWith) && Any(field, "endsWith", value.EndsWith)
        && None(field, "notEquals", value.Equals) && None(field, "notStartsWith", value.StartsWith) && None(field, "notEndsWith", value.EndsWith);

    private static bool Any(JsonElement field, string name, Func<string, StringComparison, bool> fits) =>
        PolicyJson.Texts(Observation.Member(field, name)).ToList() is var values && (values.Count == 0 || values.Exists(text => fits(text, StringComparison.Ordinal)));

    private static bool None(JsonElement field, string name, Func<string, StringComparison, bool> fits) =>
        !PolicyJson.Texts(Observation.Member(field, name)).Any(text => fits(text, StringComparison.Ordinal));

    /// <summary>An event that has to be logged.</summary>
    private sealed record Probe(string Name, string Source, string Operation, bool IsReadOnly);
}
