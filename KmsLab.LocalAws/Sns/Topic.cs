namespace KmsLab.LocalAws.Sns;

/// <summary>A topic as it is kept. Never changed in place.</summary>
internal sealed record TopicRecord
{
    public required string Arn { get; init; }
    public Dictionary<string, string> Attributes { get; init; } = [];
    public Dictionary<string, string> Tags { get; init; } = [];

    /// <summary>How many of its subscriptions were deleted, which SNS counts.</summary>
    public int SubscriptionsDeleted { get; init; }
}

/// <summary>A subscription as it is kept. Never changed in place.</summary>
internal sealed record SubscriptionRecord
{
    public required string Arn { get; init; }
    public required string TopicArn { get; init; }
    public required string Owner { get; init; }
    public required string Protocol { get; init; }
    public required string Endpoint { get; init; }
    public required bool Confirmed { get; init; }

    /// <summary>What its endpoint must show to confirm it.</summary>
    public required string Token { get; init; }

    /// <summary>True when whoever confirmed it wants only signed calls to end it.</summary>
    public bool IsEndedBySignedCalls { get; init; }

    public Dictionary<string, string> Attributes { get; init; } = [];

    public bool IsRaw => Attributes.GetValueOrDefault("RawMessageDelivery") == "true";

    public Subscription ToShape() => new()
    {
        SubscriptionArn = Confirmed ? Arn : "PendingConfirmation",
        Owner = Owner,
        Protocol = Protocol,
        Endpoint = Endpoint,
        TopicArn = TopicArn,
    };
}
