using System.Globalization;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Sqs;

/// <summary>A queue as it is kept. Never changed in place.</summary>
internal sealed record QueueRecord
{
    public required string Name { get; init; }

    /// <summary>What its messages are filed under: another one when a queue of the same name is made anew.</summary>
    public required string Key { get; init; }

    public required DateTimeOffset Created { get; init; }
    public required DateTimeOffset Modified { get; init; }

    /// <summary>What was set, without defaults.</summary>
    public Dictionary<string, string> Attributes { get; init; } = [];

    public Dictionary<string, string> Tags { get; init; } = [];
}

/// <summary>A queue in memory: what its attributes mean.</summary>
internal sealed class Queue(RegionScope scope, QueueRecord record)
{
    public QueueRecord Record { get; } = record;
    public RegionScope Scope { get; } = scope;
    public string Arn { get; } = scope.Arn("sqs", record.Name);
    public string Key => Record.Key;
    public TimeSpan VisibilityTimeout { get; } = Seconds(record, "VisibilityTimeout");
    public TimeSpan Delay { get; } = Seconds(record, "DelaySeconds");
    public TimeSpan Retention { get; } = Seconds(record, "MessageRetentionPeriod");
    public TimeSpan WaitTime { get; } = Seconds(record, "ReceiveMessageWaitTimeSeconds");
    public int MaxMessageSize { get; } = (int)Number(record, "MaximumMessageSize");

    /// <summary>Where messages go that were received too often; null: they stay.</summary>
    public RedrivePolicy? Redrive { get; } = record.Attributes.GetValueOrDefault("RedrivePolicy") is { Length: > 0 } policy ? RedrivePolicy.Parse(policy) : null;

    private static TimeSpan Seconds(QueueRecord record, string name) => TimeSpan.FromSeconds(Number(record, name));

    private static long Number(QueueRecord record, string name) => long.Parse(record.Attributes.GetValueOrDefault(name) ?? QueueAttributes.Defaults[name], CultureInfo.InvariantCulture);
}
