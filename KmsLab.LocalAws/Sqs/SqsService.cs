using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Sqs;

/// <summary>Amazon SQS: standard queues with long polling, visibility and dead letters. It speaks JSON 1.0, and Query as older clients do.</summary>
/// <remarks>What CloudTrail records of it: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/logging-using-cloudtrail.html; the rest are data events.</remarks>
internal sealed class SqsService : AwsService
{
    public SqsService(QueueOperations queues, MessageOperations messages) : base("sqs", "sqs.amazonaws.com")
    {
        TargetPrefix = "AmazonSQS";
        XmlNamespace = "http://queue.amazonaws.com/doc/2012-11-05/";
        ValidationError = "InvalidParameterValueException";
        QueryValidationError = "InvalidParameterValue";
        AccessDeniedError = "AccessDenied";

        var wire = SqsJson.Wire;
        Add("CreateQueue", OnTrail.WriteWithResponse, () => wire.CreateQueueRequest, () => wire.QueueUrlAnswer, queues.CreateQueue);
        Add("DeleteQueue", OnTrail.Write, () => wire.QueueUrlRequest, () => wire.NoOutput, queues.DeleteQueue);
        Add("PurgeQueue", OnTrail.Write, () => wire.QueueUrlRequest, () => wire.NoOutput, queues.PurgeQueue);
        Add("SetQueueAttributes", OnTrail.Write, () => wire.SetQueueAttributesRequest, () => wire.NoOutput, queues.SetQueueAttributes);
        Add("AddPermission", OnTrail.Write, () => wire.AddPermissionRequest, () => wire.NoOutput, queues.AddPermission);
        Add("RemovePermission", OnTrail.Write, () => wire.RemovePermissionRequest, () => wire.NoOutput, queues.RemovePermission);
        Add("TagQueue", OnTrail.Write, () => wire.TagQueueRequest, () => wire.NoOutput, queues.TagQueue);
        Add("UntagQueue", OnTrail.Write, () => wire.UntagQueueRequest, () => wire.NoOutput, queues.UntagQueue);
        Add("GetQueueUrl", OnTrail.Nothing, () => wire.GetQueueUrlRequest, () => wire.QueueUrlAnswer, queues.GetQueueUrl);
        Add("ListQueues", OnTrail.Nothing, () => wire.ListQueuesRequest, () => wire.ListQueuesResponse, queues.ListQueues);
        Add("ListDeadLetterSourceQueues", OnTrail.Nothing, () => wire.ListDeadLetterSourceQueuesRequest, () => wire.ListDeadLetterSourceQueuesResponse, queues.ListDeadLetterSourceQueues);
        Add("GetQueueAttributes", OnTrail.Nothing, () => wire.GetQueueAttributesRequest, () => wire.GetQueueAttributesResponse, queues.GetQueueAttributes);
        Add("ListQueueTags", OnTrail.Nothing, () => wire.QueueUrlRequest, () => wire.ListQueueTagsResponse, queues.ListQueueTags);

        Add("SendMessage", OnTrail.Nothing, () => wire.SendMessageRequest, () => wire.SendMessageResponse, messages.SendMessage);
        Add("SendMessageBatch", OnTrail.Nothing, () => wire.SendMessageBatchRequest, () => wire.SendMessageBatchResponse, messages.SendMessageBatch);
        Add("ReceiveMessage", OnTrail.Nothing, () => wire.ReceiveMessageRequest, () => wire.ReceiveMessageResponse, messages.ReceiveMessage);
        Add("DeleteMessage", OnTrail.Nothing, () => wire.DeleteMessageRequest, () => wire.NoOutput, messages.DeleteMessage);
        Add("DeleteMessageBatch", OnTrail.Nothing, () => wire.DeleteMessageBatchRequest, () => wire.DeleteMessageBatchResponse, messages.DeleteMessageBatch);
        Add("ChangeMessageVisibility", OnTrail.Nothing, () => wire.ChangeMessageVisibilityRequest, () => wire.NoOutput, messages.ChangeMessageVisibility);
        Add("ChangeMessageVisibilityBatch", OnTrail.Nothing, () => wire.ChangeMessageVisibilityBatchRequest, () => wire.ChangeMessageVisibilityBatchResponse, messages.ChangeMessageVisibilityBatch);

        Refuse("KmsLab LocalAws moves no messages back from dead-letter queues.", "StartMessageMoveTask", "CancelMessageMoveTask", "ListMessageMoveTasks");
    }

    public override AwsException NotServed(string why) => SqsErrors.Unsupported(why);
}
