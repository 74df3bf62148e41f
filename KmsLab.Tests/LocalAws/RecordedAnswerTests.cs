using System.Net;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace KmsLab.Tests.LocalAws;

/// <summary>Answers that AWS gave where its reference is silent, as other emulators' suites recorded them.</summary>
public sealed class RecordedAnswerTests(LocalAwsFixture fixture) : IClassFixture<LocalAwsFixture>
{
    private const string Role = "arn:aws:iam::000000000000:role/r";

    private readonly LocalAwsHost _aws = fixture.Host;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Action=Publish&Message=m&PhoneNumber=NAA%2B15551234567", "InvalidParameter", "Invalid parameter: PhoneNumber Reason: NAA+15551234567 is not valid to publish to")]
    [InlineData("Action=Publish&Message=m&PhoneNumber=%2B1abc", "InvalidParameter", "Invalid parameter: PhoneNumber Reason: +1abc is not valid to publish to")]
    [InlineData("Action=Publish&Message=m&TopicArn=randomstring", "InvalidParameter", "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1")]
    [InlineData(
        "Action=Publish&Message=m&MessageDeduplicationId=d&TopicArn={topic}", "InvalidParameter",
        "Invalid parameter: MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type")]
    [InlineData("Action=Subscribe&Protocol=sms&Endpoint=%2B15551234567&TopicArn=a%3Ab", "InvalidParameter", "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 2")]
    [InlineData("Action=Subscribe&Protocol=sms&Endpoint=%2B15--551234567&TopicArn={topic}", "InvalidParameter", "Invalid SMS endpoint: +15--551234567")]
    [InlineData("Action=Subscribe&Protocol=test-protocol&Endpoint=x&TopicArn={topic}", "InvalidParameter", "Invalid parameter: Amazon SNS does not support this protocol string: test-protocol")]
    [InlineData("Action=ConfirmSubscription&TopicArn={topic}none&Token=t", "InvalidParameter", "Invalid parameter: Token")]
    [InlineData("Action=Unsubscribe", "InvalidParameter", "Invalid parameter: SubscriptionArn Reason: no value for required parameter")]
    [InlineData("Action=Unsubscribe&SubscriptionArn=x", "InvalidParameter", "Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not 1")]
    [InlineData(
        "Action=PublishBatch&TopicArn={topic}&PublishBatchRequestEntries.member.1.Id=a%20b&PublishBatchRequestEntries.member.1.Message=m", "InvalidBatchEntryId",
        "The Id of a batch entry in the batch request contains an impermissible character: a b")]
    public async Task Sns_refuses_in_these_words(string form, string code, string message)
    {
        var topic = await QueryAsync("sns", $"Action=CreateTopic&Name=words");

        using var response = await _aws.PostQueryAsync("sns", form.Replace("{topic}", Uri.EscapeDataString(Value(topic, "TopicArn")), StringComparison.Ordinal));
        var error = XDocument.Parse(await response.Content.ReadAsStringAsync(Cancel)).Root!;

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (Value(error, "Code"), Value(error, "Message")).ShouldBe((code, message));
    }

    [Fact]
    public async Task Sns_names_a_batch_entry_whose_id_is_too_long()
    {
        var topic = Value(await QueryAsync("sns", "Action=CreateTopic&Name=longids"), "TopicArn");
        var id = new string('x', 81);

        var error = await QueryAsync(
            "sns", $"Action=PublishBatch&TopicArn={topic}&PublishBatchRequestEntries.member.1.Id={id}&PublishBatchRequestEntries.member.1.Message=m");

        Value(error, "Message").ShouldBe($"The Id of a batch entry in the batch request is too long: {id}");
    }

    [Theory]
    [InlineData(150, null)]
    [InlineData(151, "Invalid parameter: FilterPolicy: Filter policy is too complex")]
    public async Task Sns_takes_filter_policies_of_150_combinations(int values, string? message)
    {
        var topic = Value(await QueryAsync("sns", "Action=CreateTopic&Name=complex"), "TopicArn");
        var policy = Uri.EscapeDataString($$"""{"s":[{{string.Join(',', Enumerable.Range(1, values))}}]}""");

        var answer = await QueryAsync(
            "sns", $"Action=Subscribe&TopicArn={topic}&Protocol=email&Endpoint=a{values}@example.org&Attributes.entry.1.key=FilterPolicy&Attributes.entry.1.value={policy}");

        answer.Descendants().SingleOrDefault(element => element.Name.LocalName == "Message")?.Value.ShouldBe(message);
        answer.Name.LocalName.ShouldBe(message is null ? "SubscribeResponse" : "ErrorResponse");
    }

    [Theory]
    [InlineData("Tags.member.1.Key=a&Tags.member.1.Value=1", true)]
    [InlineData("", true)]
    [InlineData("Tags.member.1.Key=a&Tags.member.1.Value=2", false)]
    [InlineData("Tags.member.1.Key=c&Tags.member.1.Value=1", false)]
    public async Task Sns_creates_a_topic_again_with_some_of_its_tags(string tags, bool isSame)
    {
        await QueryAsync("sns", "Action=CreateTopic&Name=tagged&Tags.member.1.Key=a&Tags.member.1.Value=1&Tags.member.2.Key=b&Tags.member.2.Value=2");

        (await QueryAsync("sns", $"Action=CreateTopic&Name=tagged&{tags}")).Name.LocalName.ShouldBe(isSame ? "CreateTopicResponse" : "ErrorResponse");
    }

    [Fact]
    public async Task Sns_needs_no_confirmation_of_a_text_messages_number()
    {
        var topic = Value(await QueryAsync("sns", "Action=CreateTopic&Name=texts"), "TopicArn");
        var subscription = Value(await QueryAsync("sns", $"Action=Subscribe&TopicArn={topic}&Protocol=sms&Endpoint=%2B15551234567"), "SubscriptionArn");

        var attributes = await QueryAsync("sns", $"Action=GetSubscriptionAttributes&SubscriptionArn={subscription}");

        attributes.Descendants().Single(entry => entry.Name.LocalName == "entry" && entry.Elements().First().Value == "ConfirmationWasAuthenticated")
            .Elements().Last().Value.ShouldBe("true");
    }

    [Fact]
    public async Task Kms_tells_the_rotation_status_by_the_keys_arn()
    {
        var key = (await JsonAsync("kms", "TrentService.CreateKey", "{}"))["KeyMetadata"]!;

        var status = await JsonAsync("kms", "TrentService.GetKeyRotationStatus", $$"""{"KeyId":{{key["KeyId"]!.ToJsonString()}}}""");

        status["KeyId"]!.GetValue<string>().ShouldBe(key["Arn"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("nobody", "InvalidArnException")]
    [InlineData("arn:aws:s3:::bucket", "InvalidArnException")]
    [InlineData(Role, null)]
    [InlineData("dynamodb.us-east-1.amazonaws.com", null)]
    public async Task Kms_grants_to_principals_only(string grantee, string? error)
    {
        var key = (await JsonAsync("kms", "TrentService.CreateKey", "{}"))["KeyMetadata"]!["KeyId"]!.ToJsonString();

        var answer = await JsonAsync("kms", "TrentService.CreateGrant", $$"""{"KeyId":{{key}},"GranteePrincipal":"{{grantee}}","Operations":["Decrypt"]}""");

        answer["__type"]?.GetValue<string>().ShouldBe(error);
        (answer["GrantId"] is null).ShouldBe(error is not null);
    }

    [Fact]
    public async Task Logs_shows_a_new_stream_without_a_sequence_token()
    {
        await LogsAsync("CreateLogGroup", """{"logGroupName":"recorded"}""");
        await LogsAsync("CreateLogStream", """{"logGroupName":"recorded","logStreamName":"s"}""");

        var stream = (await LogsAsync("DescribeLogStreams", """{"logGroupName":"recorded"}"""))["logStreams"]![0]!.AsObject();

        stream.ContainsKey("uploadSequenceToken").ShouldBeFalse();
    }

    [Theory]
    [InlineData("DescribeLogStreams", "")]
    [InlineData("FilterLogEvents", "")]
    [InlineData("GetLogEvents", ",\"logStreamName\":\"s\"")]
    public async Task Logs_refuses_a_group_named_twice(string operation, string more)
    {
        var answer = await LogsAsync(operation, $$"""{"logGroupName":"G","logGroupIdentifier":"G"{{more}}}""");

        answer["__type"]!.GetValue<string>().ShouldBe("ValidationException");
        answer["message"]!.GetValue<string>().ShouldBe("LogGroup name and LogGroup ARN are mutually exclusive parameters.");
    }

    [Theory]
    [InlineData("logGroupNamePattern", false)]
    [InlineData("logGroupNamePrefix", true)]
    public async Task Logs_tells_of_deletion_protection_unless_it_is_asked_by_pattern(string by, bool isShown)
    {
        await LogsAsync("CreateLogGroup", """{"logGroupName":"protected-group"}""");

        var group = (await LogsAsync("DescribeLogGroups", $$"""{"{{by}}":"protected-group"}"""))["logGroups"]![0]!.AsObject();

        group.ContainsKey("deletionProtectionEnabled").ShouldBe(isShown);
    }

    [Fact]
    public async Task Logs_takes_metric_namespaces_with_a_colon()
    {
        await LogsAsync("CreateLogGroup", """{"logGroupName":"colons"}""");

        var answer = await LogsAsync(
            "PutMetricFilter",
            """{"logGroupName":"colons","filterName":"f","filterPattern":"","metricTransformations":[{"metricName":"m","metricNamespace":"A.B-c_d/1#2:metricNamespace","metricValue":"1"}]}""");

        answer.AsObject().ShouldBeEmpty();
        (await LogsAsync("DescribeMetricFilters", """{"metricNamespace":"A.B-c_d/1#2:metricNamespace","metricName":"m"}"""))["metricFilters"]!.AsArray().Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("GetTrail", "?", "InvalidTrailNameException", "Trail name too short. Minimum allowed length: 3 characters. Specified name length: 1 characters.")]
    [InlineData("GetTrailStatus", "?", "InvalidTrailNameException", "Trail name too short. Minimum allowed length: 3 characters. Specified name length: 1 characters.")]
    [InlineData("StopLogging", "a..b", "InvalidTrailNameException", "Trail name cannot have adjacent periods, underscores or dashes.")]
    [InlineData("DeleteTrail", "arn:aws:s3:::x", "CloudTrailARNInvalidException", "Trail ARN is not valid: arn:aws:s3:::x")]
    public async Task CloudTrail_refuses_what_can_name_no_trail(string operation, string name, string type, string message)
    {
        var answer = await JsonAsync("cloudtrail", $"CloudTrail_20131101.{operation}", $$"""{"Name":"{{name}}"}""");

        (answer["__type"]!.GetValue<string>(), answer["message"]!.GetValue<string>()).ShouldBe((type, message));
    }

    private Task<JsonNode> LogsAsync(string operation, string body) => JsonAsync("logs", $"Logs_20140328.{operation}", body);

    private async Task<JsonNode> JsonAsync(string service, string target, string body)
    {
        using var response = await _aws.PostJsonAsync(service, target, body);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    private async Task<XElement> QueryAsync(string service, string form)
    {
        using var response = await _aws.PostQueryAsync(service, form);
        return XDocument.Parse(await response.Content.ReadAsStringAsync(Cancel)).Root!;
    }

    private static string Value(XElement xml, string name) => xml.Descendants().Single(element => element.Name.LocalName == name).Value;
}
