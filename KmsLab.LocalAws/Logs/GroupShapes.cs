using KmsLab.LocalAws.Access;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Logs;

/// <summary>The patterns of the service model that several operations share.</summary>
internal static class LogPatterns
{
    public const string GroupName = @"[\.\-_/#A-Za-z0-9]+";
    public const string GroupIdentifier = @"[\w#+=/:,.@-]*";
    public const string StreamName = "[^:*]*";
    public const string Arn = @"[\w+=/:,.@-]*";
}

/// <summary>A request about one group.</summary>
internal class GroupRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 512, Pattern = LogPatterns.GroupName)]
    public string? LogGroupName { get; set; }
}

internal sealed class CreateLogGroupRequest : GroupRequest
{
    [Constraint(MaxLength = 256)]
    public string? KmsKeyId { get; set; }

    [Constraint(MinLength = 1, MaxLength = LogTags.MaxCount)]
    public Dictionary<string, string>? Tags { get; set; }

    [Constraint(Values = ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"])]
    public string? LogGroupClass { get; set; }

    public bool? DeletionProtectionEnabled { get; set; }
}

internal sealed class DeletionProtectionRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 2048, Pattern = LogPatterns.GroupIdentifier)]
    public string? LogGroupIdentifier { get; set; }

    [Constraint(Required = true)]
    public bool? DeletionProtectionEnabled { get; set; }
}

internal sealed class PutRetentionPolicyRequest : GroupRequest
{
    [Constraint(Required = true)]
    public int? RetentionInDays { get; set; }
}

internal sealed class DescribeLogGroupsRequest
{
    [Constraint(MaxLength = 20)]
    public List<string>? AccountIdentifiers { get; set; }

    [Constraint(MinLength = 1, MaxLength = 512, Pattern = LogPatterns.GroupName)]
    public string? LogGroupNamePrefix { get; set; }

    [Constraint(MaxLength = 512, Pattern = @"[\.\-_/#A-Za-z0-9]*")]
    public string? LogGroupNamePattern { get; set; }

    [Constraint(MinLength = 1)]
    public string? NextToken { get; set; }

    [Constraint(Min = 1, Max = 50)]
    public int? Limit { get; set; }

    public bool? IncludeLinkedAccounts { get; set; }

    [Constraint(Values = ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"])]
    public string? LogGroupClass { get; set; }

    [Constraint(MinLength = 1, MaxLength = 50)]
    public List<string>? LogGroupIdentifiers { get; set; }
}

internal sealed class DescribeLogGroupsResponse
{
    public List<LogGroup> LogGroups { get; set; } = [];
    public string? NextToken { get; set; }
}

internal sealed class LogGroup
{
    public string? LogGroupName { get; set; }
    public long? CreationTime { get; set; }
    public int? RetentionInDays { get; set; }
    public int? MetricFilterCount { get; set; }
    public string? Arn { get; set; }
    public long? StoredBytes { get; set; }
    public string? KmsKeyId { get; set; }
    public string? LogGroupClass { get; set; }
    public string? LogGroupArn { get; set; }
    public bool? DeletionProtectionEnabled { get; set; }
}

internal sealed class TagLogGroupRequest : GroupRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = LogTags.MaxCount)]
    public Dictionary<string, string>? Tags { get; set; }
}

internal sealed class UntagLogGroupRequest : GroupRequest
{
    [Constraint(Required = true, MinLength = 1)]
    public List<string>? Tags { get; set; }
}

internal class ResourceRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 1011, Pattern = LogPatterns.Arn)]
    public string? ResourceArn { get; set; }
}

internal sealed class TagResourceRequest : ResourceRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = LogTags.MaxCount)]
    public Dictionary<string, string>? Tags { get; set; }
}

internal sealed class UntagResourceRequest : ResourceRequest
{
    [Constraint(Required = true, MaxLength = 50)]
    public List<string>? TagKeys { get; set; }
}

internal sealed class TagsResponse
{
    public Dictionary<string, string> Tags { get; set; } = [];
}

internal sealed class ListLogGroupsRequest
{
    [Constraint(MinLength = 3, MaxLength = 129, Pattern = @"(\^?[\.\-_\/#A-Za-z0-9]{3,24})(\|\^?[\.\-_\/#A-Za-z0-9]{3,24}){0,4}")]
    public string? LogGroupNamePattern { get; set; }

    [Constraint(Values = ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"])]
    public string? LogGroupClass { get; set; }

    public bool? IncludeLinkedAccounts { get; set; }

    [Constraint(MaxLength = 20)]
    public List<string>? AccountIdentifiers { get; set; }

    [Constraint(MinLength = 1)]
    public string? NextToken { get; set; }

    [Constraint(Min = 1, Max = 1000)]
    public int? Limit { get; set; }

    [Constraint(MinLength = 1, MaxLength = 5), NotServed("KmsLab LocalAws' log groups have no data sources.")]
    public List<DataSourceFilter>? DataSources { get; set; }

    [Constraint(MinLength = 1, MaxLength = 20), NotServed("KmsLab LocalAws' log groups have no field indexes.")]
    public List<string>? FieldIndexNames { get; set; }

    [Constraint(MinLength = 1, MaxLength = 5)]
    public List<TagFilter>? LogGroupTags { get; set; }
}

/// <summary>A kind of logs; refused where it is given.</summary>
internal sealed class DataSourceFilter
{
    [Constraint(Required = true)]
    public string? Name { get; set; }
    public string? Type { get; set; }
}

/// <summary>A tag that log groups must have, with any of some values.</summary>
internal sealed class TagFilter
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 128, Pattern = @"^([\p{L}\p{Z}\p{N}_.:/=+\-@]+)$")]
    public string? Key { get; set; }

    [Constraint(MaxLength = 5)]
    public List<string>? Values { get; set; }

    /// <summary>Tells whether tags hold the filter. A value may begin with <c>!</c> (any but this) and have <c>*</c> at its beginning or end.</summary>
    public bool Holds(Dictionary<string, string> tags) =>
        tags.TryGetValue(Key!, out var value) && (Values is not { Count: > 0 } || Values.Exists(wanted => Holds(wanted, value)));

    private static bool Holds(string wanted, string value) =>
        wanted.StartsWith('!') ? !Wildcard.Matches(wanted.AsSpan(1), value) : Wildcard.Matches(wanted, value);
}

internal sealed class ListLogGroupsResponse
{
    public List<LogGroupSummary> LogGroups { get; set; } = [];
    public string? NextToken { get; set; }
}

internal sealed class LogGroupSummary
{
    public string? LogGroupName { get; set; }
    public string? LogGroupArn { get; set; }
    public string? LogGroupClass { get; set; }
}

internal sealed class DescribeSubscriptionFiltersRequest : GroupRequest
{
    [Constraint(MinLength = 1, MaxLength = 512, Pattern = LogPatterns.StreamName)]
    public string? FilterNamePrefix { get; set; }

    [Constraint(MinLength = 1)]
    public string? NextToken { get; set; }

    [Constraint(Min = 1, Max = 50)]
    public int? Limit { get; set; }
}

internal sealed class DescribeSubscriptionFiltersResponse
{
    public List<SubscriptionFilter> SubscriptionFilters { get; set; } = [];
}

/// <summary>Subscription filters are not served; the list of them is there and empty.</summary>
internal sealed class SubscriptionFilter;
