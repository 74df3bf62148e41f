using System.Text.Json;
using KmsLab.Sentinel.Policies;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections.AuditPath;

/// <summary>Changes of the alarms and topics by which people would hear of it.</summary>
internal static class NoticeChanges
{
    public static PathChange? OfAlarm(Observation observation, AuditResources path)
    {
        var names = PolicyJson.Texts(Observation.Member(observation.Parameters, "alarmNames")).Append(observation.Parameter("alarmName"));
        if (names.OfType<string>().FirstOrDefault(path.IsAlarm) is not { } alarm)
            return null;

        return observation.Record.EventName switch
        {
            "DeleteAlarms" => new("alarm", alarm, $"the alarm {alarm} was deleted"),
            "DisableAlarmActions" => new("alarm", alarm, $"the alarm {alarm} tells nobody"),
            "SetAlarmState" => new("alarm", alarm, $"the alarm {alarm} was set to {observation.Parameter("stateValue")} by hand"),
            "PutMetricAlarm" or "PutCompositeAlarm" when TellsNobody(observation.Parameters) => new("alarm", alarm, $"the alarm {alarm} tells nobody"),
            _ => null,
        };
    }

    public static PathChange? OfTopic(Observation observation, AuditResources path)
    {
        var subscription = observation.Parameter("subscriptionArn");
        var topic = observation.Parameter("topicArn") is { } arn && path.IsTopic(arn) ? arn : subscription is null ? null : path.TopicOf(subscription);
        if (topic is null)
            return null;

        return observation.Record.EventName switch
        {
            "DeleteTopic" => new("topic", topic, $"the topic {topic} was deleted"),
            "Unsubscribe" => new("topic", topic, $"somebody no longer hears of the topic {topic}: {subscription}"),
            "RemovePermission" => new("topic", topic, $"a permission of the topic {topic} was taken away"),
            "SetTopicAttributes" when observation.Parameter("attributeName") is "Policy" or "KmsMasterKeyId" or "DeliveryPolicy" or "FifoTopic" =>
                new("topic", topic, $"{observation.Parameter("attributeName")} of the topic {topic} was changed"),
            "SetSubscriptionAttributes" when observation.Parameter("attributeName") is "FilterPolicy" or "FilterPolicyScope" or "DeliveryPolicy" or "RedrivePolicy" =>
                new("topic", topic, $"{observation.Parameter("attributeName")} of a subscription of the topic {topic} was changed"),
            _ => null,
        };
    }

    private static bool TellsNobody(JsonElement parameters) =>
        Observation.Member(parameters, "actionsEnabled").ValueKind == JsonValueKind.False || !PolicyJson.Texts(Observation.Member(parameters, "alarmActions")).Any();
}
