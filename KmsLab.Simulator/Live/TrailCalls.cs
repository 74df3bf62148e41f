using Amazon.CloudTrail;
using Amazon.CloudTrail.Model;
using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Live;

/// <summary>The calls of a plan that go to CloudTrail.</summary>
internal sealed class TrailCalls(LabTarget target, Undo undo)
{
    private const string Kms = "kms.amazonaws.com";

    public Task DoAsync(Act act, IAmazonCloudTrail trail, IAmazonCloudTrail restorer, CancellationToken cancellationToken) => act switch
    {
        SelectEvents { Selection: EventSelection.All } => undo.RestoreAsync("selectors", cancellationToken),
        SelectEvents select => SelectAsync(select.Selection, trail, restorer, cancellationToken),
        OnTrail { Operation: "StartLogging" } => undo.RestoreAsync("logging", cancellationToken),
        OnTrail { Operation: "StopLogging" } => StopAsync(trail, restorer, cancellationToken),
        OnTrail { Operation: "DescribeTrails" } => trail.DescribeTrailsAsync(new DescribeTrailsRequest(), cancellationToken),
        OnTrail { Operation: "LookupEvents" } => trail.LookupEventsAsync(new LookupEventsRequest { MaxResults = 50 }, cancellationToken),
        OnTrail => trail.GetTrailStatusAsync(new GetTrailStatusRequest { Name = target.TrailName }, cancellationToken),
        _ => throw new NotSupportedException($"{act.GetType().Name} is no call of CloudTrail."),
    };

    private async Task SelectAsync(EventSelection selection, IAmazonCloudTrail trail, IAmazonCloudTrail restorer, CancellationToken cancellationToken)
    {
        var before = await restorer.GetEventSelectorsAsync(new GetEventSelectorsRequest { TrailName = target.TrailName }, cancellationToken);
        undo.Add("selectors", restoring => restorer.PutEventSelectorsAsync(AsBefore(before), restoring));
        await trail.PutEventSelectorsAsync(Blinding(selection), cancellationToken);
    }

    private async Task StopAsync(IAmazonCloudTrail trail, IAmazonCloudTrail restorer, CancellationToken cancellationToken)
    {
        undo.Add("logging", restoring => restorer.StartLoggingAsync(new StartLoggingRequest { Name = target.TrailName }, restoring));
        await trail.StopLoggingAsync(new StopLoggingRequest { Name = target.TrailName }, cancellationToken);
    }

    private PutEventSelectorsRequest Blinding(EventSelection selection) => selection == EventSelection.KmsExcluded
        ? new() { TrailName = target.TrailName, EventSelectors = [new EventSelector { ReadWriteType = ReadWriteType.All, IncludeManagementEvents = true, ExcludeManagementEventSources = [Kms] }] }
        : new()
        {
            TrailName = target.TrailName,
            AdvancedEventSelectors =
            [
                new AdvancedEventSelector
                {
                    Name = "Management events",
                    FieldSelectors = [new AdvancedFieldSelector { Field = "eventCategory", Equals = ["Management"] }, new AdvancedFieldSelector { Field = "eventSource", NotEquals = [Kms] }],
                },
            ],
        };

    /// <summary>A trail has selectors of one kind or of the other.</summary>
    private PutEventSelectorsRequest AsBefore(GetEventSelectorsResponse before) => before.AdvancedEventSelectors is { Count: > 0 } advanced
        ? new() { TrailName = target.TrailName, AdvancedEventSelectors = advanced }
        : new() { TrailName = target.TrailName, EventSelectors = before.EventSelectors };
}
