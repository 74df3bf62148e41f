using KmsLab.CloudTrail.Writing;
using KmsLab.LocalAws.Access;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Trail;

namespace KmsLab.LocalAws.Wire;

/// <summary>One call: who makes it, from where, for which Region, and what it leaves behind besides its answer.</summary>
internal sealed class AwsCall(StateStore store, Denials denials)
{
    private Task _lastWrite = Task.CompletedTask;

    public required string RequestId { get; init; }
    public required string Account { get; init; }
    public required string Region { get; init; }

    /// <summary>When the call was made, by the endpoint's own clock: the record's <c>eventTime</c>.</summary>
    public required DateTimeOffset Time { get; init; }

    public required Principal Caller { get; init; }

    /// <summary>The User-Agent exactly as sent; null when none was.</summary>
    public string? UserAgent { get; init; }

    public required string SourceIp { get; init; }

    /// <summary>The Host header as the client sent it.</summary>
    public string? Host { get; init; }

    /// <summary>The TLS version and cipher suite, when the call came over TLS.</summary>
    public (string Version, string CipherSuite)? Tls { get; init; }

    public required AwsService Service { get; init; }
    public required Operation Operation { get; init; }

    public RegionScope Scope => new(Account, Region);

    /// <summary>What the record lists under <c>resources</c>, in the order in which the operation met them.</summary>
    public List<RecordedResource> Resources { get; } = [];

    /// <summary>What the record carries under <c>additionalEventData</c>.</summary>
    public Dictionary<string, string>? AdditionalEventData { get; set; }

    /// <summary>Records that the trails of other Regions get of the call when it succeeds.</summary>
    public List<FurtherRecord> FurtherRecords { get; } = [];

    /// <summary>The trails as they were when the call came.</summary>
    public required IReadOnlyList<LiveTrail> TrailsAtStart { get; init; }

    /// <summary>Cancelled when the client has gone away.</summary>
    public CancellationToken Aborted { get; init; }

    /// <summary>Brings everything that the call wrote to disk; the answer waits for it.</summary>
    public Task CommitAsync()
    {
        store.CommitQueued();
        return _lastWrite;
    }

    /// <summary>Puts a resource on the call's record.</summary>
    public void Touch(string arn, string type) => Resources.Add(new(arn, type));

    /// <summary>
    /// Enqueues a write; the answer is sent only after it is committed. Call it under the same lock as the change in memory, so that both have one order.
    /// </summary>
    public void Write(Action<WriteSession> write) => _lastWrite = store.EnqueueOwn(write);

    /// <summary>Makes the answer wait for a write that somebody else enqueued.</summary>
    public void AnswerAfter(Task write) => _lastWrite = write;

    /// <summary>Refuses the call where the lab's configuration denies it.</summary>
    /// <param name="resource">The ARN of the resource, or <c>*</c> for an operation without one.</param>
    /// <exception cref="AwsException">AccessDeniedException, worded as IAM's.</exception>
    public void Authorize(string resource) => denials.Check(Caller, Service, Operation.Action, resource);
}

/// <summary>A record that a call leaves in another Region, where the service acts on the caller's behalf.</summary>
/// <param name="Region">The other Region.</param>
/// <param name="EventName">What the service does there.</param>
/// <param name="RequestShape">The shape of <paramref name="Request"/>.</param>
/// <param name="Request">What the record shows as its parameters.</param>
/// <param name="ResponseShape">The shape of <paramref name="Response"/>.</param>
/// <param name="Response">What it shows as its response; null: nothing.</param>
/// <param name="Resources">What it lists as resources.</param>
internal sealed record FurtherRecord(
    string Region, string EventName, Shape RequestShape, object Request, Shape? ResponseShape, object? Response, IReadOnlyList<RecordedResource> Resources);
