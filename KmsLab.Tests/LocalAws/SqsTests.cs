using System.Text.Json.Nodes;
using System.Xml.Linq;
using Amazon.SQS;
using Amazon.SQS.Model;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.LocalAws;

/// <summary>SQS through AWS's own .NET client, which checks every MD5 by itself, and through bare requests.</summary>
public sealed class SqsTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    private LocalAwsHost _aws = null!;
    private AmazonSQSClient _sqs = null!;

    public async ValueTask InitializeAsync() => Use(await LocalAwsHost.StartAsync());

    public async ValueTask DisposeAsync()
    {
        _sqs.Dispose();
        await _aws.DisposeAsync();
    }

    [Fact]
    public async Task Message_comes_with_its_attributes_and_is_in_flight_until_it_is_deleted()
    {
        var queue = await QueueAsync("q");
        var sent = await _sqs.SendMessageAsync(
            new() { QueueUrl = queue, MessageBody = "körner 🔑", MessageAttributes = new() { ["kind"] = new() { DataType = "String", StringValue = "a" }, ["raw"] = new() { DataType = "Binary", BinaryValue = new([1, 2]) } } },
            Cancelled);

        var received = (await ReceiveAsync(queue)).ShouldHaveSingleItem();
        (received.MessageId, received.Body, received.MessageAttributes["kind"].StringValue, received.Attributes["ApproximateReceiveCount"]).ShouldBe((sent.MessageId, "körner 🔑", "a", "1"));
        received.MessageAttributes["raw"].BinaryValue.ToArray().ShouldBe([1, 2]);
        (await ReceiveAsync(queue)).ShouldBeEmpty();

        await _sqs.ChangeMessageVisibilityAsync(queue, received.ReceiptHandle, 0, Cancelled);
        var again = (await ReceiveAsync(queue)).ShouldHaveSingleItem();
        again.Attributes["ApproximateReceiveCount"].ShouldBe("2");
        await _sqs.DeleteMessageAsync(queue, again.ReceiptHandle, Cancelled);
        (await CountsAsync(queue)).ShouldBe("0/0/0");
    }

    [Fact]
    public async Task Long_poll_ends_when_a_message_comes()
    {
        var queue = await QueueAsync("q");

        var waiting = _sqs.ReceiveMessageAsync(new ReceiveMessageRequest { QueueUrl = queue, WaitTimeSeconds = 20 }, Cancelled);
        await _sqs.SendMessageAsync(queue, "m", Cancelled);

        (await waiting).Messages.ShouldHaveSingleItem().Body.ShouldBe("m");
    }

    [Fact]
    public async Task Message_comes_again_when_its_time_in_flight_is_over_and_goes_to_the_dead_letters_in_the_end()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await UseAsync(time);
        var dead = await QueueAsync("dead");
        var queue = await QueueAsync("q", ("RedrivePolicy", $$"""{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":"2"}"""));
        await _sqs.SendMessageAsync(queue, "m", Cancelled);

        for (var i = 0; i < 2; i++)
        {
            (await ReceiveAsync(queue)).ShouldHaveSingleItem();
            (await ReceiveAsync(queue)).ShouldBeEmpty();
            time.Advance(TimeSpan.FromSeconds(31));
        }

        (await ReceiveAsync(queue)).ShouldBeEmpty();
        (await CountsAsync(queue)).ShouldBe("0/0/0");
        var message = (await ReceiveAsync(dead)).ShouldHaveSingleItem();
        (message.Body, message.Attributes["DeadLetterQueueSourceArn"]).ShouldBe(("m", "arn:aws:sqs:us-east-1:000000000000:q"));
    }

    [Fact]
    public async Task Delayed_message_is_seen_later_and_an_old_one_never_again()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await UseAsync(time);
        var queue = await QueueAsync("q", ("MessageRetentionPeriod", "60"));
        await _sqs.SendMessageAsync(new() { QueueUrl = queue, MessageBody = "m", DelaySeconds = 10 }, Cancelled);

        (await ReceiveAsync(queue)).ShouldBeEmpty();
        (await CountsAsync(queue)).ShouldBe("0/0/1");
        time.Advance(TimeSpan.FromSeconds(10));
        (await CountsAsync(queue)).ShouldBe("1/0/0");
        time.Advance(TimeSpan.FromSeconds(51));
        (await ReceiveAsync(queue)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Queues_and_messages_survive_a_restart()
    {
        var queue = await QueueAsync("q");
        await _sqs.SendMessageAsync(queue, "first", Cancelled);
        await _sqs.SendMessageAsync(queue, "second", Cancelled);
        (await ReceiveAsync(queue, 1)).ShouldHaveSingleItem();

        _sqs.Dispose();
        await _aws.RestartAsync();
        _sqs = new(LocalAwsHost.Credentials, _aws.Configure(new AmazonSQSConfig()));

        queue = (await _sqs.GetQueueUrlAsync("q", Cancelled)).QueueUrl;
        (await CountsAsync(queue)).ShouldBe("1/1/0");
    }

    [Fact]
    public async Task Topic_sends_into_queues_enveloped_or_raw()
    {
        var (enveloped, raw) = (await QueueAsync("enveloped"), await QueueAsync("raw"));
        using var created = await _aws.PostQueryAsync("sns", "Action=CreateTopic&Name=t");
        foreach (var (name, isRaw) in (IEnumerable<(string, string)>)[("enveloped", "false"), ("raw", "true")])
        {
            using var subscribed = await _aws.PostQueryAsync(
                "sns", $"Action=Subscribe&TopicArn=arn:aws:sns:us-east-1:000000000000:t&Protocol=sqs&Endpoint=arn:aws:sqs:us-east-1:000000000000:{name}&Attributes.entry.1.key=RawMessageDelivery&Attributes.entry.1.value={isRaw}");
            (await subscribed.Content.ReadAsStringAsync(Cancelled)).ShouldContain("<SubscriptionArn>arn:aws:sns:us-east-1:000000000000:t:");
        }

        using var published = await _aws.PostQueryAsync(
            "sns", "Action=Publish&TopicArn=arn:aws:sns:us-east-1:000000000000:t&Message=hello&MessageAttributes.entry.1.Name=k&MessageAttributes.entry.1.Value.DataType=String&MessageAttributes.entry.1.Value.StringValue=v");

        var envelope = JsonNode.Parse((await ReceiveAsync(enveloped)).ShouldHaveSingleItem().Body)!;
        ((string?)envelope["Type"], (string?)envelope["Message"], (string?)envelope["MessageAttributes"]!["k"]!["Value"]).ShouldBe(("Notification", "hello", "v"));
        var bare = (await ReceiveAsync(raw)).ShouldHaveSingleItem();
        (bare.Body, bare.MessageAttributes["k"].StringValue).ShouldBe(("hello", "v"));
    }

    [Fact]
    public async Task Query_speaks_of_queues_as_older_clients_do()
    {
        var queue = await QueueAsync("q", ("VisibilityTimeout", "0"));
        await QueryAsync($"Action=TagQueue&QueueUrl={queue}&Tag.1.Key=a&Tag.1.Value=1");
        var sent = await QueryAsync($"Action=SendMessageBatch&QueueUrl={queue}&SendMessageBatchRequestEntry.1.Id=x&SendMessageBatchRequestEntry.1.MessageBody=m&SendMessageBatchRequestEntry.1.MessageAttribute.1.Name=k&SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.DataType=String&SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.StringValue=v");
        Text(sent, "SendMessageBatchResultEntry", "Id").ShouldBe("x");

        Text(await QueryAsync($"Action=ListQueueTags&QueueUrl={queue}"), "Tag", "Key").ShouldBe("a");
        var attributes = await QueryAsync($"Action=GetQueueAttributes&QueueUrl={queue}&AttributeName.1=VisibilityTimeout");
        (Text(attributes, "Attribute", "Name"), Text(attributes, "Attribute", "Value")).ShouldBe(("VisibilityTimeout", "0"));
        var received = await QueryAsync($"Action=ReceiveMessage&QueueUrl={queue}&AttributeName.1=SentTimestamp&MessageAttributeName.1=All");
        (Text(received, "Message", "Body"), Text(received, "Attribute", "Name"), Text(received, "MessageAttribute", "Name")).ShouldBe(("m", "SentTimestamp", "k"));
        Text(await QueryAsync("Action=GetQueueUrl&QueueName=none"), "Error", "Code").ShouldBe("AWS.SimpleQueueService.NonExistentQueue");
    }

    [Fact]
    public async Task Queue_is_reached_at_its_own_path()
    {
        var queue = await QueueAsync("q");
        using var http = _aws.Http();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(queue)) { Content = new StringContent($$"""{"QueueUrl":"{{queue}}"}""", new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-amz-json-1.0")) };
        request.Headers.TryAddWithoutValidation("X-Amz-Target", "AmazonSQS.ReceiveMessage");
        request.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=AKIALAB/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=00");

        using var response = await http.SendAsync(request, Cancelled);

        (await response.Content.ReadAsStringAsync(Cancelled)).ShouldBe("{}");
    }

    [Theory]
    [InlineData("q.fifo", "KmsLab LocalAws serves no FIFO queues.")]
    [InlineData("a b", "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length")]
    public async Task Odd_queue_is_refused(string name, string message) =>
        (await Should.ThrowAsync<AmazonSQSException>(() => _sqs.CreateQueueAsync(name, Cancelled))).Message.ShouldBe(message);

    [Fact]
    public async Task Management_calls_are_on_the_trail_and_messages_are_not()
    {
        var queue = await QueueAsync("q");
        await _sqs.SendMessageAsync(queue, "secret", Cancelled);
        await ReceiveAsync(queue);

        var records = await _aws.LookupAsync();
        var record = records.Where(r => r.GetProperty("eventSource").GetString() == "sqs.amazonaws.com").ShouldHaveSingleItem();
        record.GetProperty("eventName").GetString().ShouldBe("CreateQueue");
        record.GetProperty("requestParameters").GetProperty("queueName").GetString().ShouldBe("q");
        record.GetProperty("responseElements").GetProperty("queueUrl").GetString().ShouldBe(queue);
    }

    private void Use(LocalAwsHost aws) => (_aws, _sqs) = (aws, new(LocalAwsHost.Credentials, aws.Configure(new AmazonSQSConfig())));

    private async Task UseAsync(TimeProvider time)
    {
        await DisposeAsync();
        Use(await LocalAwsHost.StartAsync(time: time));
    }

    private async Task<string> QueueAsync(string name, params (string Name, string Value)[] attributes) =>
        (await _sqs.CreateQueueAsync(new CreateQueueRequest { QueueName = name, Attributes = attributes.ToDictionary() }, Cancelled)).QueueUrl;

    private async Task<List<Message>> ReceiveAsync(string queue, int max = 10) => (await _sqs.ReceiveMessageAsync(
        new ReceiveMessageRequest { QueueUrl = queue, MaxNumberOfMessages = max, MessageSystemAttributeNames = ["All"], MessageAttributeNames = ["All"] }, Cancelled)).Messages ?? [];

    private async Task<string> CountsAsync(string queue)
    {
        var counts = (await _sqs.GetQueueAttributesAsync(queue, ["All"], Cancelled)).Attributes;
        return $"{counts["ApproximateNumberOfMessages"]}/{counts["ApproximateNumberOfMessagesNotVisible"]}/{counts["ApproximateNumberOfMessagesDelayed"]}";
    }

    private async Task<XElement> QueryAsync(string form)
    {
        using var response = await _aws.PostQueryAsync("sqs", form);
        return XElement.Parse(await response.Content.ReadAsStringAsync(Cancelled));
    }

    private static string Text(XElement answer, string parent, string child) =>
        answer.Descendants().First(element => element.Name.LocalName == parent).Elements().First(element => element.Name.LocalName == child).Value;
}
