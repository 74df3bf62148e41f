using System.Text.Json;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections.AuditPath;

/// <summary>Changes of the log groups that the evidence passes.</summary>
/// <remarks>Data protection masks what FilterLogEvents returns, and a transformer rewrites it: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/mask-sensitive-log-data.html</remarks>
internal static class LogChanges
{
    public static PathChange? Of(Observation observation, AuditResources path)
    {
        if (observation.Record.EventName == "PutAccountPolicy")
            return OfAccount(observation);
        if (GroupOf(observation) is not { } group || !path.IsLogGroup(group))
            return null;

        var name = AuditResources.LogGroupName(group);
        return WhatBecameOfIt(observation, path) is { } what ? new("logGroup", name, $"the log group {name} {what}") : null;
    }

    private static string? GroupOf(Observation observation) =>
        observation.Parameter("logGroupName") ?? observation.Parameter("logGroupIdentifier") ?? observation.Parameter("resourceIdentifier");

    private static string? WhatBecameOfIt(Observation observation, AuditResources path) => observation.Record.EventName switch
    {
        "DeleteLogGroup" => "was deleted",
        "DeleteLogStream" => $"lost its stream {observation.Parameter("logStreamName")}",
        "PutRetentionPolicy" when DaysOf(observation) is { } days && days < path.MinimumRetentionDays => $"keeps {days} days only",
        "PutDataProtectionPolicy" => "masks parts of its records",
        "PutTransformer" or "DeleteTransformer" => "rewrites its records otherwise",
        "DeleteMetricFilter" => $"lost its metric filter {observation.Parameter("filterName")}",
        "DeleteSubscriptionFilter" => $"lost its subscription filter {observation.Parameter("filterName")}",
        "AssociateKmsKey" when observation.Parameter("kmsKeyId") is not { } key || !path.IsKey(key) => "is encrypted under another key",
        "DisassociateKmsKey" => "is encrypted by its service's own key",
        "PutMetricFilter" or "PutSubscriptionFilter" when observation.Before.ValueKind == JsonValueKind.Object => $"has another filter under the name {observation.Parameter("filterName")}",
        "PutLogGroupDeletionProtection" when Observation.Member(observation.Parameters, "deletionProtectionEnabled").ValueKind == JsonValueKind.False => "may be deleted",
        _ => null,
    };

    /// <summary>A policy for all groups of the account, whatever it selects.</summary>
    private static PathChange? OfAccount(Observation observation) => observation.Parameter("policyType") switch
    {
        "DATA_PROTECTION_POLICY" => new("logGroup", "all", "all log groups of the account mask parts of their records"),
        "TRANSFORMER_POLICY" => new("logGroup", "all", "all log groups of the account rewrite their records"),
        _ => null,
    };

    private static int? DaysOf(Observation observation) =>
        Observation.Member(observation.Parameters, "retentionInDays") is { ValueKind: JsonValueKind.Number } days && days.TryGetInt32(out var number) ? number : null;
}
