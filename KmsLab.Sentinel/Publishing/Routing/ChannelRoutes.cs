using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Alarms.Matching;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Publishing.Routing;

/// <summary>Chooses the channels that are told of a notification.</summary>
/// <remarks>
/// All routes that match count together, so their order says nothing; where none matches, the default channels are told. A channel's own least severity
/// holds in any case. The log is no receiver: it is told of all.
/// </remarks>
internal sealed class ChannelRoutes(NotificationChannels channels, NotificationOptions options, ProtectedSets sets)
{
    /// <summary>All channels by name.</summary>
    public IReadOnlyList<string> All => [.. channels.All.Select(channel => channel.Name)];

    /// <summary>The channels for a notification.</summary>
    public IReadOnlyList<string> For(Notification notification)
    {
        var chosen = ChosenFor(notification);
        return
        [
            .. channels.All.Where(channel => notification.Severity >= channel.MinimumSeverity)
                .Where(channel => notification.AcknowledgedBy is null || channel.KeepsOpen)
                .Where(channel => channel.Name == LogChannel.ChannelName || chosen is null || chosen.Any(pattern => NotificationRoute.IsLike(pattern, channel.Name)))
                .Select(channel => channel.Name),
        ];
    }

    /// <summary>Patterns of channel names; null for all channels.</summary>
    private IReadOnlyList<string>? ChosenFor(Notification notification)
    {
        if (options.Routes.Count > 0)
        {
            var subject = SubjectOf(notification);
            var matching = options.Routes.Values.Where(route => route.Match.Matches(subject)).SelectMany(route => route.Channels).ToList();
            if (matching.Count > 0)
                return matching;
        }

        return options.DefaultChannels.Length > 0 ? options.DefaultChannels : null;
    }

    /// <summary>A detection may count by something else than sets: then those count whose keys were used.</summary>
    private AlarmSubject SubjectOf(Notification notification)
    {
        var subject = AlarmSubject.Of(notification);
        var used = sets.All.Where(set => set.Keys.Any(key => subject.Keys.Contains(key) || subject.Keys.Contains(KeyFamily.Of(key)))).Select(set => set.Name);
        return subject with { Sets = [.. subject.Sets.Concat(used).Distinct(StringComparer.Ordinal)] };
    }
}
