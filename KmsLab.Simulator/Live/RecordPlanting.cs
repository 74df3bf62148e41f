using System.Text.Json.Nodes;
using Amazon.CloudTrail.Model;
using Amazon.CloudWatchLogs;
using Amazon.CloudWatchLogs.Model;
using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Live;

/// <summary>Puts records that nobody's call made into the trail's log group, as whoever has <c>logs:PutLogEvents</c> there can.</summary>
/// <param name="target">Where the trail is.</param>
/// <param name="begun">When the run began: records before it are other runs'.</param>
internal sealed class RecordPlanting(LabTarget target, DateTimeOffset begun)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Takes the record of a call from the log group, and puts another one beside it: the same eventID, a harmless operation, somebody else's name.</summary>
    /// <param name="plant">Which record, and what the other claims.</param>
    /// <param name="claimed">Who is said to have called.</param>
    /// <param name="insider">Who writes it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task PlantAsync(PlantRecord plant, RoleSession claimed, AwsSessions.Session insider, CancellationToken cancellationToken)
    {
        var trails = await insider.CloudTrail.DescribeTrailsAsync(new DescribeTrailsRequest { TrailNameList = [target.TrailName] }, cancellationToken);
        if (trails.TrailList?.FirstOrDefault()?.CloudWatchLogsLogGroupArn is not { } group)
            throw new SimulatorException($"The trail {target.TrailName} delivers to no log group, so there is nowhere to plant a record.");

        var name = group.Split(':')[6];
        var original = await FindAsync(plant, name, insider.Logs, cancellationToken);
        await insider.Logs.PutLogEventsAsync(
            new PutLogEventsRequest
            {
                LogGroupName = name,
                LogStreamName = original.LogStreamName,
                LogEvents = [new InputLogEvent { Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(original.Timestamp!.Value).UtcDateTime, Message = Altered(original.Message, plant, claimed) }],
            }, CancellationToken.None);
    }

    /// <summary>Waits until CloudTrail delivered it: seconds in the lab, minutes in an account.</summary>
    private async Task<FilteredLogEvent> FindAsync(PlantRecord plant, string group, IAmazonCloudWatchLogs logs, CancellationToken cancellationToken)
    {
        while (true)
        {
            var request = new FilterLogEventsRequest
            {
                LogGroupName = group,
                FilterPattern = $"{{ $.eventName = \"{plant.Of}\" }}",
                StartTime = begun.ToUnixTimeSeconds() * 1000, // A record's time has no milliseconds.
            };
            FilteredLogEvent? last = null;
            do
            {
                var page = await logs.FilterLogEventsAsync(request, cancellationToken);
                last = page.Events?.MaxBy(one => one.Timestamp) ?? last;
                request.NextToken = page.NextToken;
            }
            while (request.NextToken is not null);

            if (last is not null)
                return last;
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }

    private static string Altered(string message, PlantRecord plant, RoleSession claimed)
    {
        var text = message
            .Replace($"{Cast.Insider.Role}/{Cast.Insider.Session}", $"{claimed.Role}/{claimed.Session}", StringComparison.Ordinal)
            .Replace($"role/{Cast.Insider.Role}", $"role/{claimed.Role}", StringComparison.Ordinal);
        var record = JsonNode.Parse(text)!;
        record["eventName"] = plant.As;
        record["readOnly"] = true;
        record["sourceIPAddress"] = claimed.Address;
        return record.ToJsonString();
    }
}
