using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Logs;

internal class MetricFilterRequest : GroupRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 512, Pattern = LogPatterns.StreamName)]
    public string? FilterName { get; set; }
}

internal sealed class PutMetricFilterRequest : MetricFilterRequest
{
    [Constraint(Required = true, MaxLength = CloudTrail.FilterPatterns.FilterPattern.MaxLength)]
    public string? FilterPattern { get; set; }

    [Constraint(Required = true, MinLength = 1, MaxLength = 1)]
    public List<MetricTransformation>? MetricTransformations { get; set; }

    public bool? ApplyOnTransformedLogs { get; set; }

    [Constraint(MaxLength = 2000), NotServed("KmsLab LocalAws' log events have no system fields.")]
    public string? FieldSelectionCriteria { get; set; }

    [NotServed("KmsLab LocalAws' log events have no system fields.")]
    public List<string>? EmitSystemFieldDimensions { get; set; }
}

internal sealed class MetricTransformation
{
    [Constraint(Required = true, MaxLength = 255, Pattern = "[^:*$]*")]
    public string? MetricName { get; set; }

    [Constraint(Required = true, MaxLength = 255, Pattern = "[^*$]*")] // a colon, too, whatever AWS's model says
    public string? MetricNamespace { get; set; }

    [Constraint(Required = true, MaxLength = 100)]
    public string? MetricValue { get; set; }

    public double? DefaultValue { get; set; }

    public Dictionary<string, string>? Dimensions { get; set; }

    [Constraint(Values =
    [
        "Seconds", "Microseconds", "Milliseconds", "Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes", "Bits", "Kilobits", "Megabits", "Gigabits", "Terabits",
        "Percent", "Count", "Bytes/Second", "Kilobytes/Second", "Megabytes/Second", "Gigabytes/Second", "Terabytes/Second", "Bits/Second", "Kilobits/Second",
        "Megabits/Second", "Gigabits/Second", "Terabits/Second", "Count/Second", "None",
    ])]
    public string? Unit { get; set; }
}

internal sealed class DescribeMetricFiltersRequest
{
    [Constraint(MinLength = 1, MaxLength = 512, Pattern = LogPatterns.GroupName)]
    public string? LogGroupName { get; set; }

    [Constraint(MinLength = 1, MaxLength = 512, Pattern = LogPatterns.StreamName)]
    public string? FilterNamePrefix { get; set; }

    [Constraint(MinLength = 1)]
    public string? NextToken { get; set; }

    [Constraint(Min = 1, Max = 50)]
    public int? Limit { get; set; }

    [Constraint(MaxLength = 255, Pattern = "[^:*$]*")]
    public string? MetricName { get; set; }

    [Constraint(MaxLength = 255, Pattern = "[^*$]*")] // a colon, too, whatever AWS's model says
    public string? MetricNamespace { get; set; }
}

internal sealed class DescribeMetricFiltersResponse
{
    public List<MetricFilter> MetricFilters { get; set; } = [];
    public string? NextToken { get; set; }
}

internal sealed class MetricFilter
{
    public string? FilterName { get; set; }
    public string? FilterPattern { get; set; }
    public List<MetricTransformation>? MetricTransformations { get; set; }
    public long? CreationTime { get; set; }
    public string? LogGroupName { get; set; }
    public bool? ApplyOnTransformedLogs { get; set; }
}

internal sealed class TestMetricFilterRequest
{
    [Constraint(Required = true, MaxLength = CloudTrail.FilterPatterns.FilterPattern.MaxLength)]
    public string? FilterPattern { get; set; }

    [Constraint(Required = true, MinLength = 1, MaxLength = 50)]
    public List<string>? LogEventMessages { get; set; }
}

internal sealed class TestMetricFilterResponse
{
    public List<MetricFilterMatchRecord> Matches { get; set; } = [];
}

internal sealed class MetricFilterMatchRecord
{
    public long? EventNumber { get; set; }
    public string? EventMessage { get; set; }
    public Dictionary<string, string> ExtractedValues { get; set; } = [];
}
