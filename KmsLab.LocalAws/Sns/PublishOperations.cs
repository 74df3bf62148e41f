using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Sns;

/// <summary>Publish and PublishBatch.</summary>
/// <remarks>https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html</remarks>
internal sealed class PublishOperations(TopicOperations topics, SnsPublisher publisher)
{
    private const int MaxBatch = 10;
    private const int MaxBatchId = 80;
    private const int MaxBatchBytes = 256 * 1024;

    public PublishResponse Publish(AwsCall call, PublishRequest request)
    {
        string?[] targets = [request.TopicArn, request.TargetArn, request.PhoneNumber];
        if (targets.Count(target => target is not null) != 1)
            throw SnsErrors.Invalid(targets.All(target => target is null) ? "TopicArn or TargetArn Reason: no value for required parameter" : "TopicArn Reason: only one of TopicArn, TargetArn and PhoneNumber may be given");

        var arn = request.TopicArn ?? request.TargetArn;
        if (request.TargetArn?.Contains(":endpoint/", StringComparison.Ordinal) == true)
            throw SnsErrors.Invalid("TargetArn Reason: KmsLab LocalAws serves no mobile endpoints");
        if (request.PhoneNumber is { } number && !PhoneNumber.IsValid(number))
            throw SnsErrors.Invalid($"PhoneNumber Reason: {number} is not valid to publish to");
        var topic = arn is null ? null : topics.Find(call, arn);
        RefuseDeduplication(request.MessageDeduplicationId);
        var publication = Publication.Of(topic?.Arn, request.Message!, request.Subject, request.MessageStructure, request.MessageAttributes, call.Time);
        publication = publication with { Group = request.MessageGroupId };
        call.AnswerAfter(topic is null ? publisher.Text(publication, request.PhoneNumber!) : publisher.Deliver(publication));
        return new() { MessageId = publication.MessageId };
    }

    public PublishBatchResponse PublishBatch(AwsCall call, PublishBatchRequest request)
    {
        var entries = request.PublishBatchRequestEntries!;
        if (entries.Count == 0)
            throw SnsErrors.Batch("EmptyBatchRequest", "The batch request doesn't contain any entries.");
        if (entries.Count > MaxBatch)
            throw SnsErrors.Batch("TooManyEntriesInBatchRequest", "The batch request contains more entries than permissible.");
        if (entries.Find(entry => entry.Id!.Length > MaxBatchId) is { } tooLong)
            throw SnsErrors.Batch("InvalidBatchEntryId", $"The Id of a batch entry in the batch request is too long: {tooLong.Id}");
        if (entries.Find(entry => entry.Id!.Length == 0 || entry.Id.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not '-' and not '_')) is { } odd)
            throw SnsErrors.Batch("InvalidBatchEntryId", $"The Id of a batch entry in the batch request contains an impermissible character: {odd.Id}");
        if (entries.DistinctBy(entry => entry.Id).Count() < entries.Count)
            throw SnsErrors.Batch("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.");

        var topic = topics.Find(call, request.TopicArn!);
        List<(string Id, Publication Publication)> accepted = [];
        List<BatchResultErrorEntry> failed = [];
        foreach (var entry in entries)
        {
            try
            {
                RefuseDeduplication(entry.MessageDeduplicationId);
                accepted.Add((entry.Id!, Publication.Of(topic.Arn, entry.Message!, entry.Subject, entry.MessageStructure, entry.MessageAttributes, call.Time) with { Group = entry.MessageGroupId }));
            }
            catch (AwsException error)
            {
                failed.Add(new() { Id = entry.Id, Code = error.QueryCode ?? error.Code, Message = error.Message, SenderFault = true });
            }
        }

        if (accepted.Sum(entry => entry.Publication.Size) > MaxBatchBytes)
            throw SnsErrors.Batch("BatchRequestTooLong", "The length of all the messages put together is more than the limit.");

        foreach (var (_, publication) in accepted)
            call.AnswerAfter(publisher.Deliver(publication));
        return new()
        {
            Successful = [.. accepted.Select(entry => new PublishBatchResultEntry { Id = entry.Id, MessageId = entry.Publication.MessageId })],
            Failed = failed,
        };
    }

    // Only FIFO topics take it, and there are none here.
    private static void RefuseDeduplication(string? id)
    {
        if (id is not null)
            throw SnsErrors.Invalid("MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type");
    }
}
