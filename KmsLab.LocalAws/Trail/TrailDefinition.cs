namespace KmsLab.LocalAws.Trail;

/// <summary>A trail as it is stored. Never changed in place: a new one takes its place.</summary>
internal sealed record TrailDefinition
{
    public required string Name { get; init; }
    public required string HomeRegion { get; init; }
    public required string S3BucketName { get; init; }
    public string? S3KeyPrefix { get; init; }
    public string? SnsTopicName { get; init; }
    public bool IncludeGlobalServiceEvents { get; init; } = true;
    public bool IsMultiRegionTrail { get; init; }

    /// <summary>True for a trail of all accounts of the organization that its own account manages.</summary>
    public bool IsOrganizationTrail { get; init; }

    public bool LogFileValidationEnabled { get; init; }
    public string? CloudWatchLogsLogGroupArn { get; init; }
    public string? CloudWatchLogsRoleArn { get; init; }
    public string? KmsKeyId { get; init; }
    public bool IsLogging { get; init; }
    public DateTimeOffset? Started { get; init; }
    public DateTimeOffset? Stopped { get; init; }

    /// <summary>Basic selectors; null when <see cref="AdvancedSelectors"/> took their place.</summary>
    public List<EventSelector>? Selectors { get; init; } = [EventSelector.Everything];

    public List<AdvancedEventSelector>? AdvancedSelectors { get; init; }

    /// <summary>True once somebody put selectors, even those that are the default.</summary>
    public bool HasCustomEventSelectors { get; init; }

    public Dictionary<string, string> Tags { get; init; } = [];
}

/// <summary>A basic selector: which management events, and which data events.</summary>
internal sealed class EventSelector
{
    public static EventSelector Everything => new() { ReadWriteType = "All", IncludeManagementEvents = true, DataResources = [], ExcludeManagementEventSources = [] };

    public string? ReadWriteType { get; set; }
    public bool? IncludeManagementEvents { get; set; }
    public List<DataResource>? DataResources { get; set; }
    public List<string>? ExcludeManagementEventSources { get; set; }
}

/// <summary>The data events of resources of a type whose ARNs begin with one of some values.</summary>
internal sealed class DataResource
{
    public string? Type { get; set; }
    public List<string>? Values { get; set; }
}

/// <summary>An advanced selector: all its fields must match.</summary>
internal sealed class AdvancedEventSelector
{
    [Wire.Constraint(MaxLength = 1000)]
    public string? Name { get; set; }

    [Wire.Constraint(Required = true, MinLength = 1)]
    public List<AdvancedFieldSelector>? FieldSelectors { get; set; }
}

/// <summary>One field of an advanced selector; each operator that is there must hold.</summary>
internal sealed class AdvancedFieldSelector
{
    [Wire.Constraint(Required = true, MinLength = 1, MaxLength = 1000)]
    public string? Field { get; set; }

    public new List<string>? Equals { get; set; }
    public List<string>? StartsWith { get; set; }
    public List<string>? EndsWith { get; set; }
    public List<string>? NotEquals { get; set; }
    public List<string>? NotStartsWith { get; set; }
    public List<string>? NotEndsWith { get; set; }
}
