using System.Text.Json.Serialization;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Logs;

internal sealed class PutLogEventsRequest : StreamRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 10_000)]
    public List<InputLogEvent>? LogEvents { get; set; }

    [Constraint(MinLength = 1)]
    public string? SequenceToken { get; set; }

    public LogEntity? Entity { get; set; }
}

/// <summary>The thing that the events are about; nothing is related to anything here, so that each is rejected.</summary>
internal sealed class LogEntity
{
    public Dictionary<string, string>? KeyAttributes { get; set; }
    public Dictionary<string, string>? Attributes { get; set; }
}

internal sealed class InputLogEvent
{
    [Constraint(Required = true, Min = 0)]
    public long? Timestamp { get; set; }

    [Constraint(Required = true, MinLength = 1)]
    [JsonConverter(typeof(Utf8Text))]
    public byte[]? Message { get; set; }
}

internal sealed class PutLogEventsResponse
{
    public string? NextSequenceToken { get; set; }
    public RejectedLogEventsInfo? RejectedLogEventsInfo { get; set; }
    public RejectedEntityInfo? RejectedEntityInfo { get; set; }
}

internal sealed class RejectedEntityInfo
{
    public string? ErrorType { get; set; }
}

internal sealed class RejectedLogEventsInfo
{
    public int? TooNewLogEventStartIndex { get; set; }
    public int? TooOldLogEventEndIndex { get; set; }
    public int? ExpiredLogEventEndIndex { get; set; }
}

internal sealed class GetLogEventsRequest : GroupOrIdentifierRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 512, Pattern = LogPatterns.StreamName)]
    public string? LogStreamName { get; set; }

    [Constraint(Min = 0)]
    public long? StartTime { get; set; }

    [Constraint(Min = 0)]
    public long? EndTime { get; set; }

    [Constraint(MinLength = 1)]
    public string? NextToken { get; set; }

    [Constraint(Min = 1, Max = 10_000)]
    public int? Limit { get; set; }

    public bool? StartFromHead { get; set; }
    public bool? Unmask { get; set; }
}

internal sealed class GetLogEventsResponse
{
    public List<OutputLogEvent> Events { get; set; } = [];
    public string? NextForwardToken { get; set; }
    public string? NextBackwardToken { get; set; }
}

internal sealed class OutputLogEvent
{
    public long? Timestamp { get; set; }

    [JsonConverter(typeof(Utf8Text))]
    public byte[]? Message { get; set; }

    public long? IngestionTime { get; set; }
}

internal sealed class FilterLogEventsRequest : GroupOrIdentifierRequest
{
    [Constraint(MinLength = 1, MaxLength = 100)]
    public List<string>? LogStreamNames { get; set; }

    [Constraint(MinLength = 1, MaxLength = 512, Pattern = LogPatterns.StreamName)]
    public string? LogStreamNamePrefix { get; set; }

    [Constraint(Min = 0)]
    public long? StartTime { get; set; }

    [Constraint(Min = 0)]
    public long? EndTime { get; set; }

    [Constraint(MaxLength = CloudTrail.FilterPatterns.FilterPattern.MaxLength)]
    public string? FilterPattern { get; set; }

    [Constraint(MinLength = 1)]
    public string? NextToken { get; set; }

    [Constraint(Min = 1, Max = 10_000)]
    public int? Limit { get; set; }

    public bool? Interleaved { get; set; }
    public bool? Unmask { get; set; }
}

internal sealed class FilterLogEventsResponse
{
    public List<FilteredLogEvent> Events { get; set; } = [];

    /// <summary>AWS has left it empty since 2020.</summary>
    public List<string> SearchedLogStreams { get; set; } = [];

    public string? NextToken { get; set; }
}

internal sealed class FilteredLogEvent
{
    public string? LogStreamName { get; set; }
    public long? Timestamp { get; set; }

    [JsonConverter(typeof(Utf8Text))]
    public byte[]? Message { get; set; }

    public long? IngestionTime { get; set; }
    public string? EventId { get; set; }
}
