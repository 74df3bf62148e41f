using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Publishing;

namespace KmsLab.Tests.Sentinel.Publishing;

/// <summary>A channel that does what the test tells it to, then sends.</summary>
internal sealed class ScriptedChannel(string name, Func<Notification, SendOutcome> answer) : INotificationChannel
{
    public string Name => name;

    public Severity MinimumSeverity { get; init; } = Severity.Low;

    public bool KeepsOpen { get; init; }

    /// <summary>Ids of what it was asked to send, as often as it was.</summary>
    public List<string> Attempts { get; } = [];

    /// <summary>Ids of what it sent.</summary>
    public List<string> Sent { get; } = [];

    /// <summary>What it does from now on.</summary>
    public Func<Notification, SendOutcome> Answer { get; set; } = answer;

    public Task<SendOutcome> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        Attempts.Add(notification.Id);
        var outcome = Answer(notification);
        if (outcome.Kind == SendOutcomeKind.Sent)
            Sent.Add(notification.Id);
        return Task.FromResult(outcome);
    }
}
