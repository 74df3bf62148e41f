using System.Runtime.CompilerServices;
using System.Text;
using Amazon.CloudWatchLogs;
using Amazon.CloudWatchLogs.Model;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Sources;

/// <summary>A log group that a trail delivers to, read with FilterLogEvents.</summary>
/// <remarks>
/// All streams, for CloudTrail opens new ones at volume, and <c>nextToken</c> until there is none, for an empty page can carry one
/// (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html).
/// </remarks>
internal sealed class CloudWatchLogsSource(IAmazonCloudWatchLogs logs, string logGroup, IReadOnlyList<string> eventSources, CallPacer pacer) : IRecordSource
{
    private const string CommonEnd = ".amazonaws.com";

    private readonly string _filterPattern = FilterPattern(eventSources);

    public string Name => $"logs:{logGroup}";

    public async IAsyncEnumerable<IReadOnlyList<SourceEvent>> ReadAsync(DateTimeOffset from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new FilterLogEventsRequest { LogGroupName = logGroup, FilterPattern = _filterPattern, StartTime = from.ToUnixTimeMilliseconds() };
        do
        {
            var page = await PageAsync(request, cancellationToken);
            yield return [.. (page.Events ?? []).Select(Event)];
            request.NextToken = page.NextToken;
        }
        while (!string.IsNullOrEmpty(request.NextToken));
    }

    /// <summary>One pattern for all sources, so that each page is read once. Where they don't fit, the end that all have in common is left out: what else begins so is sorted out here.</summary>
    internal static string FilterPattern(IReadOnlyList<string> eventSources)
    {
        var whole = PatternOf(eventSources);
        return whole.Length <= CloudTrail.FilterPatterns.FilterPattern.MaxLength ? whole : PatternOf([.. eventSources.Select(Shortened)]);
    }

    private static string Shortened(string source) => source.EndsWith(CommonEnd, StringComparison.Ordinal) ? source[..^CommonEnd.Length] + ".*" : source;

    private static string PatternOf(IReadOnlyList<string> sources) => sources.Count == 1
        ? $"{{ $.eventSource = \"{sources[0]}\" }}"
        : $"{{ {string.Join(" || ", sources.Select(source => $"($.eventSource = \"{source}\")"))} }}";

    private async Task<FilterLogEventsResponse> PageAsync(FilterLogEventsRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await pacer.WaitAsync(cancellationToken);
            return await logs.FilterLogEventsAsync(request, cancellationToken);
        }
        catch (ResourceNotFoundException absent)
        {
            throw new SourceAbsentException($"The log group {logGroup} does not exist yet.", absent);
        }
    }

    private static SourceEvent Event(FilteredLogEvent logEvent) =>
        new(Encoding.UTF8.GetBytes(logEvent.Message ?? ""), $"{logEvent.LogStreamName}/{logEvent.EventId}") { Stream = logEvent.LogStreamName };
}
