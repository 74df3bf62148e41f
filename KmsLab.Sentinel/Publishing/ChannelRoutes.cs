using KmsLab.Sentinel.Detections;

namespace KmsLab.Sentinel.Publishing;

/// <summary>Which channels are told of what.</summary>
internal sealed class ChannelRoutes(NotificationChannels channels)
{
    private readonly (string Name, Severity Minimum)[] _channels = [.. channels.All.Select(channel => (channel.Name, channel.MinimumSeverity))];

    /// <summary>All channels by name.</summary>
    public IReadOnlyList<string> All => [.. _channels.Select(channel => channel.Name)];

    /// <summary>The channels for an alarm of this severity.</summary>
    public IReadOnlyList<string> For(Severity severity) => [.. _channels.Where(channel => severity >= channel.Minimum).Select(channel => channel.Name)];
}
