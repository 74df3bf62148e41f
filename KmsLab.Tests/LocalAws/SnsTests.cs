using System.Text.Json.Nodes;
using Amazon.SimpleNotificationService;
using Amazon.SimpleNotificationService.Model;

namespace KmsLab.Tests.LocalAws;

public sealed class SnsTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    private LocalAwsHost _aws = null!;
    private AmazonSimpleNotificationServiceClient _sns = null!;

    public async ValueTask InitializeAsync() => await UseAsync(await LocalAwsHost.StartAsync());

    public async ValueTask DisposeAsync()
    {
        _sns.Dispose();
        await _aws.DisposeAsync();
    }

    [Fact]
    public async Task Http_endpoint_confirms_by_the_link_and_then_gets_notifications()
    {
        await using var endpoint = await SnsEndpoint.StartAsync();
        var topic = await TopicAsync();
        var subscribed = await _sns.SubscribeAsync(new() { TopicArn = topic, Protocol = "http", Endpoint = endpoint.Url }, Cancelled);
        subscribed.SubscriptionArn.ShouldBe("pending confirmation");

        var confirmation = await endpoint.NextAsync();
        confirmation.Type.ShouldBe("SubscriptionConfirmation");
        confirmation["Type"].ShouldBe("SubscriptionConfirmation");
        confirmation["TopicArn"].ShouldBe(topic);
        await _sns.PublishAsync(new() { TopicArn = topic, Message = "too early" }, Cancelled);
        using var http = new HttpClient();
        (await http.GetStringAsync(new Uri(confirmation["SubscribeURL"]!), Cancelled)).ShouldContain($"<SubscriptionArn>{topic}:");

        var published = await _sns.PublishAsync(
            new() { TopicArn = topic, Message = "körner \"1\"", Subject = "News", MessageAttributes = new() { ["kind"] = new() { DataType = "String", StringValue = "a" } } }, Cancelled);

        var notification = await endpoint.NextAsync();
        notification.Type.ShouldBe("Notification");
        notification.Headers["Content-Type"].ShouldBe("text/plain; charset=UTF-8");
        notification.Headers["x-amz-sns-message-id"].ShouldBe(published.MessageId);
        notification.Headers["x-amz-sns-topic-arn"].ShouldBe(topic);
        notification.Headers["x-amz-sns-subscription-arn"].ShouldStartWith(topic + ":");
        (notification["MessageId"], notification["Subject"], notification["Message"]).ShouldBe((published.MessageId, "News", "körner \"1\""));
        JsonNode.Parse(notification.Body)!["MessageAttributes"]!["kind"]!["Value"]!.GetValue<string>().ShouldBe("a");
        notification["Timestamp"]!.ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$");

        (await http.GetStringAsync(new Uri(notification["UnsubscribeURL"]!), Cancelled)).ShouldContain("UnsubscribeResponse");
        (await _sns.ListSubscriptionsByTopicAsync(new() { TopicArn = topic }, Cancelled)).Subscriptions.ShouldBeEmpty();
    }

    [Fact]
    public async Task Raw_delivery_posts_the_bare_message()
    {
        await using var endpoint = await SnsEndpoint.StartAsync();
        var topic = await TopicAsync();
        await SubscribeAsync(topic, endpoint, new() { ["RawMessageDelivery"] = "true" });

        await _sns.PublishAsync(new() { TopicArn = topic, Message = "bare" }, Cancelled);

        var post = await endpoint.NextAsync();
        post.Body.ShouldBe("bare");
        post.Headers["x-amz-sns-rawdelivery"].ShouldBe("true");
    }

    [Fact]
    public async Task Filter_policy_decides_by_message_attributes()
    {
        await using var endpoint = await SnsEndpoint.StartAsync();
        var topic = await TopicAsync();
        await SubscribeAsync(topic, endpoint, new() { ["RawMessageDelivery"] = "true", ["FilterPolicy"] = """{"level":["high",{"prefix":"crit"}],"count":[{"numeric":[">=",10,"<",20]}]}""" });

        foreach (var (message, level, count) in new[] { ("no level", null, "15"), ("low", "low", "15"), ("too few", "high", "9"), ("too many", "high", "20"), ("one", "high", "10"), ("two", "critical", "19") })
        {
            Dictionary<string, MessageAttributeValue> attributes = new() { ["count"] = new() { DataType = "Number", StringValue = count } };
            if (level is not null)
                attributes["level"] = new() { DataType = "String", StringValue = level };
            await _sns.PublishAsync(new() { TopicArn = topic, Message = message, MessageAttributes = attributes }, Cancelled);
        }

        new[] { (await endpoint.NextAsync()).Body, (await endpoint.NextAsync()).Body }.ShouldBe(["one", "two"], ignoreOrder: true);
        endpoint.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task Failed_delivery_is_tried_again_and_a_refused_one_is_not()
    {
        await UseAsync(await LocalAwsHost.StartAsync([("LocalAws:Sns:Retries", "1"), ("LocalAws:Sns:RetryDelay", "00:00:00")]));
        await using var flaky = await SnsEndpoint.StartAsync(200, 500);
        await using var refusing = await SnsEndpoint.StartAsync(200, 403);
        var topic = await TopicAsync();
        await SubscribeAsync(topic, flaky);
        await SubscribeAsync(topic, refusing);

        await _sns.PublishAsync(new() { TopicArn = topic, Message = "m" }, Cancelled);
        var first = await flaky.NextAsync();
        await refusing.NextAsync();

        (await flaky.NextAsync())["MessageId"].ShouldBe(first["MessageId"]);
        refusing.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task Emails_and_text_messages_end_in_the_mailbox()
    {
        var topic = await TopicAsync();
        await _sns.SubscribeAsync(new() { TopicArn = topic, Protocol = "email", Endpoint = "ops@example.org" }, Cancelled);
        await _sns.SubscribeAsync(new() { TopicArn = topic, Protocol = "sms", Endpoint = "+15550100" }, Cancelled);
        using var http = new HttpClient();
        var link = (await MailAsync(http, "ops@example.org"))[0]!["body"]!.GetValue<string>().Split('\n').Single(line => line.StartsWith("http", StringComparison.Ordinal));
        await http.GetStringAsync(new Uri(link), Cancelled);

        await _sns.PublishAsync(
            new() { TopicArn = topic, Subject = "News", MessageStructure = "json", Message = """{"default":"for all","sms":"short"}""" }, Cancelled);
        await _aws.RestartAsync();

        var mail = (await MailAsync(http, "ops@example.org"))[0]!;
        (mail["subject"]!.GetValue<string>(), mail["body"]!.GetValue<string>(), mail["topicArn"]!.GetValue<string>()).ShouldBe(("News", "for all", topic));
        (await MailAsync(http, "%2B15550100"))[0]!["body"]!.GetValue<string>().ShouldBe("short");
    }

    [Fact]
    public async Task Topics_subscriptions_and_tags_survive_a_restart()
    {
        var topic = (await _sns.CreateTopicAsync(new() { Name = "kept", Tags = [new() { Key = "k", Value = "v" }], Attributes = new() { ["DisplayName"] = "Kept" } }, Cancelled)).TopicArn;
        var subscription = (await _sns.SubscribeAsync(new() { TopicArn = topic, Protocol = "email", Endpoint = "a@b", ReturnSubscriptionArn = true }, Cancelled)).SubscriptionArn;
        await _aws.RestartAsync();
        _sns.Dispose();
        _sns = new(LocalAwsHost.Credentials, _aws.Configure(new AmazonSimpleNotificationServiceConfig()));

        (await _sns.ListTopicsAsync(new(), Cancelled)).Topics.ShouldHaveSingleItem().TopicArn.ShouldBe(topic);
        var attributes = (await _sns.GetTopicAttributesAsync(new() { TopicArn = topic }, Cancelled)).Attributes;
        (attributes["DisplayName"], attributes["SubscriptionsPending"], attributes["Owner"]).ShouldBe(("Kept", "1", LocalAwsHost.Account));
        (await _sns.GetSubscriptionAttributesAsync(new() { SubscriptionArn = subscription }, Cancelled)).Attributes["PendingConfirmation"].ShouldBe("true");
    }

    [Fact]
    public async Task Creating_a_topic_again_finds_it_unless_it_differs()
    {
        var topic = await TopicAsync();

        (await TopicAsync()).ShouldBe(topic);
        await Should.ThrowAsync<InvalidParameterException>(() => _sns.CreateTopicAsync(new() { Name = "news", Attributes = new() { ["DisplayName"] = "other" } }, Cancelled));
    }

    [Fact]
    public async Task Batch_says_which_messages_were_taken()
    {
        var topic = await TopicAsync();

        var response = await _sns.PublishBatchAsync(
            new() { TopicArn = topic, PublishBatchRequestEntries = [new() { Id = "good", Message = "m" }, new() { Id = "bad", Message = "m", Subject = "two\nlines" }] }, Cancelled);

        response.Successful.ShouldHaveSingleItem().Id.ShouldBe("good");
        response.Failed.ShouldHaveSingleItem().Code.ShouldBe("InvalidParameter");
        await Should.ThrowAsync<BatchEntryIdsNotDistinctException>(() => _sns.PublishBatchAsync(
            new() { TopicArn = topic, PublishBatchRequestEntries = [new() { Id = "x", Message = "m" }, new() { Id = "x", Message = "m" }] }, Cancelled));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("m", "line\nbreak")]
    [InlineData("m", "größe")]
    public async Task Bad_messages_are_refused(string message, string? subject)
    {
        var topic = await TopicAsync();

        await Should.ThrowAsync<InvalidParameterException>(() => _sns.PublishAsync(new() { TopicArn = topic, Message = message, Subject = subject }, Cancelled));
    }

    [Fact]
    public async Task Limits_hold_to_the_byte()
    {
        var topic = await TopicAsync();

        await _sns.PublishAsync(new() { TopicArn = topic, Message = new('x', 256 * 1024), Subject = new('s', 99) }, Cancelled);
        (await Should.ThrowAsync<InvalidParameterException>(() => _sns.PublishAsync(new() { TopicArn = topic, Message = new('x', (256 * 1024) + 1) }, Cancelled))).Message.ShouldBe("Invalid parameter: Message too long");
        (await Should.ThrowAsync<InvalidParameterException>(() => _sns.PublishAsync(new() { TopicArn = topic, Message = "m", Subject = new('s', 100) }, Cancelled))).Message.ShouldBe("Invalid parameter: Subject");
    }

    [Theory]
    [InlineData("sqs", "http://localhost/q", "SQS endpoint ARN")]
    [InlineData("lambda", "arn:aws:lambda:us-east-1:000000000000:function:f", "doesn't serve")]
    [InlineData("http", "http://192.0.2.1/hook", "LocalAws:Sns:AllowRemoteEndpoints")]
    [InlineData("https", "http://127.0.0.1/hook", "must match")]
    [InlineData("email", "nobody", "Email address")]
    [InlineData("carrier-pigeon", "x", "Does not support")]
    public async Task Subscriptions_that_are_not_served_say_so(string protocol, string endpoint, string message)
    {
        var topic = await TopicAsync();

        (await Should.ThrowAsync<InvalidParameterException>(() => _sns.SubscribeAsync(new() { TopicArn = topic, Protocol = protocol, Endpoint = endpoint }, Cancelled)))
            .Message.ShouldContain(message);
    }

    [Fact]
    public async Task Unknown_topic_is_not_found()
    {
        await Should.ThrowAsync<NotFoundException>(() => _sns.PublishAsync(new() { TopicArn = "arn:aws:sns:us-east-1:000000000000:none", Message = "m" }, Cancelled));
        await Should.ThrowAsync<InvalidParameterException>(() => _sns.PublishAsync(new() { TopicArn = "arn:aws:sns:eu-west-3:000000000000:none", Message = "m" }, Cancelled));
    }

    private async Task UseAsync(LocalAwsHost aws)
    {
        _sns?.Dispose();
        if (_aws is not null)
            await _aws.DisposeAsync();
        _aws = aws;
        _sns = new(LocalAwsHost.Credentials, aws.Configure(new AmazonSimpleNotificationServiceConfig()));
    }

    private async Task<string> TopicAsync() => (await _sns.CreateTopicAsync(new() { Name = "news" }, Cancelled)).TopicArn;

    private async Task SubscribeAsync(string topic, SnsEndpoint endpoint, Dictionary<string, string>? attributes = null)
    {
        await _sns.SubscribeAsync(new() { TopicArn = topic, Protocol = "http", Endpoint = endpoint.Url, Attributes = attributes }, Cancelled);
        var token = (await endpoint.NextAsync())["Token"];
        await _sns.ConfirmSubscriptionAsync(new() { TopicArn = topic, Token = token }, Cancelled);
    }

    private async Task<JsonArray> MailAsync(HttpClient http, string to) =>
        (await http.GetFromJsonAsync<JsonArray>(new Uri($"{_aws.Url}/_localaws/mail?to={to}"), Cancelled))!;
}
