using Amazon.CloudTrail;
using Amazon.CloudTrail.Model;
using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Live;

/// <summary>The calls of a plan that go to CloudTrail.</summary>
/// <remarks>As with keys, what changes something is made to its end: a call that is given up may be done all the same, after it was put right.</remarks>
internal sealed class TrailCalls(LabTarget target, Undo undo)
{
    private const string Kms = "kms.amazonaws.com";
    private const string Logging = "the trail's logging";
    private const string Selectors = "the trail's event selectors";

    public Task DoAsync(Act act, IAmazonCloudTrail trail, IAmazonCloudTrail restorer, CancellationToken cancellationToken) => act switch
    {
        SelectEvents { Selection: EventSelection.All } => undo.RestoreAsync(Selectors),
        SelectEvents select => SelectAsync(select.Selection, trail, restorer, cancellationToken),
        OnTrail { Operation: "StartLogging" } => undo.RestoreAsync(Logging),
        OnTrail { Operation: "StopLogging" } => StopAsync(trail, restorer),
        OnTrail { Operation: "DescribeTrails" } => trail.DescribeTrailsAsync(new DescribeTrailsRequest(), cancellationToken),
        OnTrail { Operation: "LookupEvents" } => trail.LookupEventsAsync(new LookupEventsRequest { MaxResults = 50 }, cancellationToken),
        OnTrail => trail.GetTrailStatusAsync(new GetTrailStatusRequest { Name = target.TrailName }, cancellationToken),
        _ => throw new NotSupportedException($"{act.GetType().Name} is no call of CloudTrail."),
    };

    private async Task SelectAsync(EventSelection selection, IAmazonCloudTrail trail, IAmazonCloudTrail restorer, CancellationToken cancellationToken)
    {
        var before = await restorer.GetEventSelectorsAsync(new GetEventSelectorsRequest { TrailName = target.TrailName }, cancellationToken);
        undo.Add(Selectors, ByHand(before), restoring => restorer.PutEventSelectorsAsync(AsBefore(before), restoring));
        await trail.PutEventSelectorsAsync(Blinding(selection), CancellationToken.None);
    }

    private async Task StopAsync(IAmazonCloudTrail trail, IAmazonCloudTrail restorer)
    {
        undo.Add(Logging, target.Command($"cloudtrail start-logging --name {target.TrailName}"), restoring => restorer.StartLoggingAsync(new StartLoggingRequest { Name = target.TrailName }, restoring));
        await trail.StopLoggingAsync(new StopLoggingRequest { Name = target.TrailName }, CancellationToken.None);
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

    /// <summary>Of selectors beyond the usual ones only their owner has the text.</summary>
    private string ByHand(GetEventSelectorsResponse before) => before.AdvancedEventSelectors is { Count: > 0 }
        ? target.Command($"cloudtrail put-event-selectors --trail-name {target.TrailName} --advanced-event-selectors (as they were)")
        : target.Command($"cloudtrail put-event-selectors --trail-name {target.TrailName} --event-selectors ReadWriteType=All,IncludeManagementEvents=true");

    /// <summary>A trail has selectors of one kind or of the other.</summary>
    private PutEventSelectorsRequest AsBefore(GetEventSelectorsResponse before) => before.AdvancedEventSelectors is { Count: > 0 } advanced
        ? new() { TrailName = target.TrailName, AdvancedEventSelectors = advanced }
        : new() { TrailName = target.TrailName, EventSelectors = before.EventSelectors };
}
