using KmsLab.Sentinel.Policies;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections.AuditPath;

/// <summary>Changes of the alarms and topics by which people would hear of it.</summary>
internal static class NoticeChanges
{
    public static PathChange? OfAlarm(Observation observation, AuditResources path)
    {
        var names = PolicyJson.Texts(Observation.Member(observation.Parameters, "alarmNames")).Append(observation.Parameter("alarmName"))
            .Concat(PolicyJson.Texts(Observation.Member(Observation.Member(observation.Parameters, "muteTargets"), "alarmNames")));
        if (names.OfType<string>().FirstOrDefault(path.IsAlarm) is not { } alarm)
            return null;

        return observation.Record.EventName switch
        {
            "DeleteAlarms" => new("alarm", alarm, $"the alarm {alarm} was deleted"),
            "DisableAlarmActions" => new("alarm", alarm, $"the alarm {alarm} tells nobody"),
            "SetAlarmState" => new("alarm", alarm, $"the alarm {alarm} was set to {observation.Parameter("stateValue")} by hand"),
            "PutAlarmMuteRule" => new("alarm", alarm, $"the alarm {alarm} is muted by the rule {observation.Parameter("name")}"),
            "PutMetricAlarm" or "PutCompositeAlarm" when AlarmDefinitions.Weakened(observation.Parameters, observation.Before) is { } how => new("alarm", alarm, $"the alarm {alarm} {how}"),
            _ => null,
        };
    }

    public static PathChange? OfTopic(Observation observation, AuditResources path)
    {
        var subscription = observation.Parameter("subscriptionArn");
        var topic = (observation.Parameter("topicArn") ?? observation.Parameter("resourceArn")) is { } arn && path.IsTopic(arn) ? arn : subscription is null ? null : path.TopicOf(subscription);
        if (topic is null)
            return null;

        return observation.Record.EventName switch
        {
            "DeleteTopic" => new("topic", topic, $"the topic {topic} was deleted"),
            "Unsubscribe" => new("topic", topic, $"somebody no longer hears of the topic {topic}: {subscription}"),
            "PutDataProtectionPolicy" => new("topic", topic, $"the topic {topic} may hold back what is sent to it"),
            "RemovePermission" => new("topic", topic, $"a permission of the topic {topic} was taken away"),
            "SetTopicAttributes" when observation.Parameter("attributeName") is "Policy" or "KmsMasterKeyId" or "DeliveryPolicy" or "FifoTopic" =>
                new("topic", topic, $"{observation.Parameter("attributeName")} of the topic {topic} was changed"),
            "SetSubscriptionAttributes" when observation.Parameter("attributeName") is "FilterPolicy" or "FilterPolicyScope" or "DeliveryPolicy" or "RedrivePolicy" =>
                new("topic", topic, $"{observation.Parameter("attributeName")} of a subscription of the topic {topic} was changed"),
            _ => null,
        };
    }
}
