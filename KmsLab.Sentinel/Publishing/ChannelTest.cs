using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;

namespace KmsLab.Sentinel.Publishing;

/// <summary>The outcome of a test message on one channel.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Sent">Whether the receiver took it.</param>
/// <param name="Problem">What went wrong; null for nothing.</param>
public sealed record ChannelTestResult(string Channel, bool Sent, string? Problem);

/// <summary>Sends a test message on channels, past the outbox: whoever asks gets the answer at once.</summary>
internal sealed class ChannelTest(NotificationChannels channels, NotificationOptions options, TimeProvider time)
{
    public IReadOnlyList<string> Names => [.. channels.All.Select(channel => channel.Name)];

    /// <summary>Sends it on all channels side by side, or on one.</summary>
    /// <param name="only">The one channel; null for all.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<IReadOnlyList<ChannelTestResult>> RunAsync(string? only, string by, CancellationToken cancellationToken) =>
        await Task.WhenAll(channels.All.Where(channel => only is null || channel.Name == only).Select(channel => RunAsync(channel, by, cancellationToken)));

    private async Task<ChannelTestResult> RunAsync(INotificationChannel channel, string by, CancellationToken cancellationToken)
    {
        var test = NotificationOf(by);
        var outcome = await AttemptAsync(channel, test, cancellationToken);
        // What keeps an alarm open would keep this one open as well.
        if (channel.KeepsOpen && outcome.Kind == SendOutcomeKind.Sent)
            outcome = await AttemptAsync(channel, test with { Id = $"{test.Id}-over", State = AlarmState.Ok, IsTest = false }, cancellationToken);
        return new(channel.Name, outcome.Kind == SendOutcomeKind.Sent, outcome.Problem);
    }

    private async Task<SendOutcome> AttemptAsync(INotificationChannel channel, Notification test, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.SendTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await channel.SendAsync(test, linked.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return SendOutcome.Failed($"No answer within {options.SendTimeout.TotalSeconds:0.#} s.");
        }
        // A channel's edge, as in ChannelSender: its message may hold an address with a secret.
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            return SendOutcome.Failed($"{problem.GetType().Name}.");
        }
    }

    private Notification NotificationOf(string by)
    {
        var now = time.GetUtcNow();
        var id = $"test-{Guid.CreateVersion7(now):N}";
        return new(
            id, id, "notify-test", Severity.Low, "This is a test of the way that alarms take", new Dictionary<string, string> { ["asked by"] = by },
            AlarmState.Alarm, 1, now, 0, 0, TimeSpan.Zero, now, now, 0, [], "Nothing has happened, and nothing is to be done.", [])
        {
            IsTest = true,
        };
    }
}
