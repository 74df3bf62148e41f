using Amazon.CloudWatchLogs;
using Amazon.CloudWatchLogs.Model;
using Amazon.Runtime;
using KmsLab.LocalAws.Settings;
using KmsLab.LocalAws.Trail;
using Microsoft.Extensions.Options;

namespace KmsLab.LocalAws.Upstream;

/// <summary>The upstream's CloudWatch Logs, where records are delivered when LocalAws stands before another endpoint.</summary>
internal sealed class UpstreamLogs : IDisposable
{
    private readonly AmazonCloudWatchLogsClient _client;
    private readonly string _ownGroup;

    public UpstreamLogs(IOptions<LocalAwsOptions> options)
    {
        _ownGroup = options.Value.Trail.LogGroup;
        var config = new AmazonCloudWatchLogsConfig { ServiceURL = options.Value.Upstream, AuthenticationRegion = options.Value.Region, MaxErrorRetry = 0 };
        _client = new AmazonCloudWatchLogsClient(new BasicAWSCredentials("AKIALOCALAWSTRAIL000", "lab"), config);
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Appends records to a stream of a group, creating the stream if need be, and the group if it is the one that the options name.</summary>
    /// <returns>False when the group doesn't exist.</returns>
    /// <exception cref="AmazonServiceException">The upstream refused them.</exception>
    public async Task<bool> AppendAsync(LogGroupArn group, string stream, List<InputLogEvent> events, CancellationToken cancellationToken)
    {
        // CloudWatch Logs wants the events of a batch in the order of time.
        var request = new PutLogEventsRequest { LogGroupName = group.Group, LogStreamName = stream, LogEvents = [.. events.OrderBy(e => e.Timestamp)] };
        try
        {
            await _client.PutLogEventsAsync(request, cancellationToken);
            return true;
        }
        catch (ResourceNotFoundException)
        {
            if (!await CreateAsync(group.Group, stream, cancellationToken))
                return false;
            await _client.PutLogEventsAsync(request, cancellationToken);
            return true;
        }
    }

    private async Task<bool> CreateAsync(string group, string stream, CancellationToken cancellationToken)
    {
        if (group == _ownGroup)
            await IfMissingAsync(() => _client.CreateLogGroupAsync(new CreateLogGroupRequest { LogGroupName = group }, cancellationToken));
        try
        {
            await IfMissingAsync(() => _client.CreateLogStreamAsync(new CreateLogStreamRequest { LogGroupName = group, LogStreamName = stream }, cancellationToken));
            return true;
        }
        catch (ResourceNotFoundException)
        {
            return false;
        }
    }

    private static async Task IfMissingAsync(Func<Task> create)
    {
        try
        {
            await create();
        }
        catch (ResourceAlreadyExistsException)
        {
            // Somebody was first.
        }
    }
}
