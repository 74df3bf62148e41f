using System.Text.Json;
using KmsLab.Sentinel.Detections.AuditPath;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.TrailHealth.Guard;

namespace KmsLab.Sentinel.TrailHealth.Gaps;

/// <summary>One cause for which records stop coming, or no longer do.</summary>
/// <param name="Kind">trail or logGroup.</param>
/// <param name="Name">Its name.</param>
/// <param name="Cause">An aspect of <see cref="GuardAspect"/>.</param>
/// <param name="Why">How it is cut, in words; null where it is not.</param>
internal readonly record struct GapCause(string Kind, string Name, string Cause, string? Why);

/// <summary>Tells from records and from the trail guard's looks where records stop coming, and come again.</summary>
internal static class GapCauses
{
    public const string Trail = "trail";
    public const string LogGroup = "logGroup";

    /// <summary>Finds what a successful call changed of the path between CloudTrail and the log group.</summary>
    public static IEnumerable<GapCause> Of(Observation observation, AuditResources path)
    {
        if (!observation.Succeeded)
            return [];

        return observation.Record.EventSource switch
        {
            "cloudtrail.amazonaws.com" => OfTrail(observation, path),
            "logs.amazonaws.com" => OfGroup(observation, path),
            _ => [],
        };
    }

    /// <summary>Reads a look of the trail guard at a resource; null where that has nothing to do with whether records come.</summary>
    public static GapCause? Of(GuardedFact fact)
    {
        var isTrail = AuditResource.IsTrail(fact.Resource);
        var isGroup = fact.Resource.StartsWith(AuditResource.LogGroupPrefix, StringComparison.Ordinal);
        var isCut = fact.Aspect switch
        {
            // Nobody can get used to these, whatever was accepted.
            GuardAspect.Logging when isTrail => fact.Seen != GuardAspect.Yes,
            GuardAspect.LogsError when isTrail => fact.Seen != GuardAspect.None,
            GuardAspect.Exists when isTrail || isGroup => fact.Since is not null,
            GuardAspect.KmsEvents or GuardAspect.Selectors or GuardAspect.LogGroup or GuardAspect.MultiRegion or GuardAspect.GlobalEvents when isTrail => fact.Since is not null,
            _ => (bool?)null,
        };
        return isCut is not { } cut
            ? null
            : new(
                isTrail ? Trail : LogGroup,
                isTrail ? NameOf(fact.Resource) : fact.Resource[AuditResource.LogGroupPrefix.Length..],
                fact.Aspect,
                cut ? GuardAspect.Describe(fact.Resource, fact.Aspect, fact.Expected, fact.Seen) : null);
    }

    private static IEnumerable<GapCause> OfTrail(Observation observation, AuditResources path)
    {
        if ((observation.Parameter("name") ?? observation.Parameter("trailName")) is not { } named || !path.IsTrail(named, observation.Record))
            return [];

        var trail = NameOf(named);
        return observation.Record.EventName switch
        {
            "StopLogging" => [Cut(GuardAspect.Logging, $"the trail {trail} was told to stop logging")],
            "StartLogging" => [Whole(GuardAspect.Logging)],
            // A trail that is made anew does not log until it is told to.
            "DeleteTrail" => [Cut(GuardAspect.Exists, $"the trail {trail} was deleted"), Cut(GuardAspect.Logging, $"the trail {trail} was deleted")],
            "CreateTrail" => [Whole(GuardAspect.Exists)],
            "PutEventSelectors" => EventSelectors.Lost(observation.Parameters) is { Count: > 0 } lost
                ? [Cut(GuardAspect.Selectors, $"the trail {trail} no longer logs {string.Join(", ", lost)}")]
                : [Whole(GuardAspect.Selectors), Whole(GuardAspect.KmsEvents)],
            "UpdateTrail" => OfUpdate(observation, path, trail),
            _ => [],
        };

        GapCause Cut(string cause, string why) => new(Trail, trail, cause, why);
        GapCause Whole(string cause) => new(Trail, trail, cause, null);
    }

    private static IEnumerable<GapCause> OfUpdate(Observation observation, AuditResources path, string trail)
    {
        if (observation.Parameter("cloudWatchLogsLogGroupArn") is { } group)
        {
            var delivers = path.IsLogGroupOf(group, observation.Record);
            yield return new(Trail, trail, GuardAspect.LogGroup, delivers ? null : $"the trail {trail} delivers to {(group.Length == 0 ? "no log group" : group)}");
        }

        foreach (var (parameter, cause, why) in new[]
                 {
                     ("isMultiRegionTrail", GuardAspect.MultiRegion, "logs one Region only"),
                     ("includeGlobalServiceEvents", GuardAspect.GlobalEvents, "leaves out global services such as IAM"),
                 })
        {
            var value = Observation.Member(observation.Parameters, parameter).ValueKind;
            if (value is JsonValueKind.True or JsonValueKind.False)
                yield return new(Trail, trail, cause, value == JsonValueKind.True ? null : $"the trail {trail} {why}");
        }
    }

    private static IEnumerable<GapCause> OfGroup(Observation observation, AuditResources path)
    {
        if (observation.Parameter("logGroupName") is not { } named || !path.IsLogGroup(named))
            return [];

        var group = AuditResources.LogGroupName(named);
        return observation.Record.EventName switch
        {
            "DeleteLogGroup" => [new(LogGroup, group, GuardAspect.Exists, $"the log group {group} was deleted")],
            "CreateLogGroup" => [new(LogGroup, group, GuardAspect.Exists, null)],
            _ => [],
        };
    }

    private static string NameOf(string trail) => trail[(trail.LastIndexOf('/') + 1)..];
}
