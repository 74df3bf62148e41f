using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace KmsLab.Tests.LocalAws;

/// <summary>Checks members that once were ignored without a word: each is served now, or refused in the service's own form.</summary>
public sealed class NotServedMemberTests(LocalAwsFixture fixture) : IClassFixture<LocalAwsFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("kms", "TrentService.Decrypt", """{"CiphertextBlob":"AAAA","Recipient":{"KeyEncryptionAlgorithm":"RSAES_OAEP_SHA_256"}}""", "UnsupportedOperationException", "recipient")]
    [InlineData("logs", "Logs_20140328.ListLogGroups", """{"fieldIndexNames":["a"]}""", "UnsupportedOperationException", "fieldIndexNames")]
    [InlineData("sqs", "AmazonSQS.SendMessage", """{"QueueUrl":"q","MessageBody":"b","MessageAttributes":{"a":{"DataType":"String","StringListValues":["x"]}}}""", "UnsupportedOperation", "list values")]
    [InlineData("monitoring", "GraniteServiceVersion20100801.PutMetricAlarm", """{"AlarmName":"a","EvaluationInterval":60}""", "UnsupportedOperationException", "evaluationInterval")]
    public async Task Refused_members_are_named_in_JSON(string service, string target, string body, string code, string named)
    {
        using var response = await fixture.Host.PostJsonAsync(service, target, body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;
        error["__type"]!.GetValue<string>().ShouldBe(code);
        error["message"]!.GetValue<string>().ShouldContain(named);
    }

    [Theory]
    [InlineData("sts", "Action=AssumeRole&RoleArn=arn:aws:iam::000000000000:role/r&RoleSessionName=s1&Policy={}", "UnsupportedOperation", "policy")]
    [InlineData("sts", "Action=GetFederationToken&Name=guest&PolicyArns.member.1.arn=arn:aws:iam::aws:policy/ReadOnlyAccess", "UnsupportedOperation", "policyArns")]
    [InlineData("sns", "Action=CreateTopic&Name=t&DataProtectionPolicy={}", "InvalidParameter", "dataProtectionPolicy")]
    public async Task Refused_members_are_named_in_Query(string service, string form, string code, string named)
    {
        using var response = await fixture.Host.PostQueryAsync(service, form);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var error = XDocument.Parse(await response.Content.ReadAsStringAsync(Cancel)).Descendants().First(element => element.Name.LocalName == "Error");
        error.Elements().First(element => element.Name.LocalName == "Code").Value.ShouldBe(code);
        error.Elements().First(element => element.Name.LocalName == "Message").Value.ShouldContain(named);
    }

    [Fact]
    public async Task What_asks_for_nothing_is_not_refused()
    {
        using var response = await fixture.Host.PostJsonAsync("logs", "Logs_20140328.PutMetricFilter", """{"logGroupName":"none","filterName":"f","filterPattern":"","metricTransformations":[{"metricName":"m","metricNamespace":"n","metricValue":"1"}],"emitSystemFieldDimensions":[]}""");

        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("ResourceNotFoundException");
    }

    [Fact]
    public async Task Dry_runs_may_ignore_the_ciphertext()
    {
        var key = await AnswerAsync("kms", "TrentService.CreateKey", "{}");
        var id = key["KeyMetadata"]!["KeyId"]!.GetValue<string>();

        (await ErrorAsync("kms", "TrentService.Decrypt", $$"""{"KeyId":"{{id}}","DryRun":true,"DryRunModifiers":["IGNORE_CIPHERTEXT"]}""")).ShouldBe("DryRunOperationException");
        (await ErrorAsync("kms", "TrentService.Decrypt", """{"DryRun":true,"DryRunModifiers":["IGNORE_CIPHERTEXT"]}""")).ShouldBe("ValidationException");
        (await ErrorAsync("kms", "TrentService.Decrypt", $$"""{"KeyId":"{{id}}","DryRunModifiers":["IGNORE_CIPHERTEXT"]}""")).ShouldBe("ValidationException");
        (await ErrorAsync("kms", "TrentService.ReEncrypt", $$"""{"SourceKeyId":"{{id}}","DestinationKeyId":"{{id}}","DryRun":true,"DryRunModifiers":["IGNORE_CIPHERTEXT"]}""")).ShouldBe("DryRunOperationException");
        (await ErrorAsync("kms", "TrentService.ReEncrypt", $$"""{"SourceKeyId":"{{id}}","DestinationKeyId":"{{id}}"}""")).ShouldBe("ValidationException");
    }

    [Fact]
    public async Task Metrics_with_an_entity_are_kept()
    {
        await AnswerAsync("monitoring", "GraniteServiceVersion20100801.PutMetricData", """
            {"Namespace":"Entities","EntityMetricData":[{"Entity":{"KeyAttributes":{"Type":"Service","Name":"api"}},"MetricData":[{"MetricName":"Calls","Value":3.0}]}]}
            """);

        var metrics = await AnswerAsync("monitoring", "GraniteServiceVersion20100801.ListMetrics", """{"Namespace":"Entities"}""");
        metrics["Metrics"]!.AsArray().Single()!["MetricName"]!.GetValue<string>().ShouldBe("Calls");
    }

    [Fact]
    public async Task Entities_of_log_events_are_rejected_and_the_events_are_not()
    {
        await AnswerAsync("logs", "Logs_20140328.CreateLogGroup", """{"logGroupName":"entities"}""");
        await AnswerAsync("logs", "Logs_20140328.CreateLogStream", """{"logGroupName":"entities","logStreamName":"s"}""");
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

        var put = await AnswerAsync("logs", "Logs_20140328.PutLogEvents", $$"""
            {"logGroupName":"entities","logStreamName":"s","logEvents":[{"timestamp":{{now}},"message":"m"}],"entity":{"keyAttributes":{"Type":"Service"} } }
            """);

        put["rejectedEntityInfo"]!["errorType"]!.GetValue<string>().ShouldBe("UnsupportedLogGroupType");
        var events = await AnswerAsync("logs", "Logs_20140328.FilterLogEvents", """{"logGroupName":"entities"}""");
        events["events"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Log_groups_are_found_by_their_tags()
    {
        await AnswerAsync("logs", "Logs_20140328.CreateLogGroup", """{"logGroupName":"tagged-one","tags":{"team":"blue-1"}}""");
        await AnswerAsync("logs", "Logs_20140328.CreateLogGroup", """{"logGroupName":"tagged-two","tags":{"team":"red"}}""");

        (await NamesAsync("""[{"key":"team","values":["blue*"]}]""")).ShouldBe(["tagged-one"]);
        (await NamesAsync("""[{"key":"team","values":["!blue*"]}]""")).ShouldBe(["tagged-two"]);
        (await NamesAsync("""[{"key":"team"}]""")).ShouldBe(["tagged-one", "tagged-two"]);
        (await NamesAsync("""[{"key":"other"}]""")).ShouldBeEmpty();

        async Task<IEnumerable<string>> NamesAsync(string tags) =>
            (await AnswerAsync("logs", "Logs_20140328.ListLogGroups", $$"""{"logGroupNamePattern":"tagged","logGroupTags":{{tags}}}"""))["logGroups"]!.AsArray()
            .Select(group => group!["logGroupName"]!.GetValue<string>());
    }

    [Fact]
    public async Task Other_accounts_groups_are_not_shown()
    {
        await AnswerAsync("logs", "Logs_20140328.CreateLogGroup", """{"logGroupName":"own"}""");

        (await AnswerAsync("logs", "Logs_20140328.DescribeLogGroups", """{"accountIdentifiers":["111122223333"]}"""))["logGroups"]!.AsArray().ShouldBeEmpty();
        (await AnswerAsync("monitoring", "GraniteServiceVersion20100801.ListMetrics", """{"OwningAccount":"111122223333"}"""))["Metrics"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Message_groups_are_shown_by_standard_queues()
    {
        var url = (await AnswerAsync("sqs", "AmazonSQS.CreateQueue", """{"QueueName":"fair"}"""))["QueueUrl"]!.GetValue<string>();
        await AnswerAsync("sqs", "AmazonSQS.SendMessage", $$"""{"QueueUrl":"{{url}}","MessageBody":"b","MessageGroupId":"tenant-1"}""");

        var received = await AnswerAsync("sqs", "AmazonSQS.ReceiveMessage", $$"""{"QueueUrl":"{{url}}","MessageSystemAttributeNames":["MessageGroupId"]}""");

        received["Messages"]!.AsArray().Single()!["Attributes"]!["MessageGroupId"]!.GetValue<string>().ShouldBe("tenant-1");
        (await ErrorAsync("sqs", "AmazonSQS.SendMessage", $$"""{"QueueUrl":"{{url}}","MessageBody":"b","MessageGroupId":"a b"}""")).ShouldBe("InvalidParameterValueException");
        (await ErrorAsync("sqs", "AmazonSQS.ReceiveMessage", $$"""{"QueueUrl":"{{url}}","ReceiveRequestAttemptId":"a"}""")).ShouldBe("InvalidParameterValueException");
    }

    [Fact]
    public async Task Session_tags_and_a_second_factor_are_on_the_record()
    {
        using var assumed = await fixture.Host.PostQueryAsync("sts", "Action=AssumeRole&RoleArn=arn:aws:iam::000000000000:role/tagged&RoleSessionName=s1&Tags.member.1.Key=team&Tags.member.1.Value=blue&TransitiveTagKeys.member.1=team&SerialNumber=arn:aws:iam::000000000000:mfa/u&TokenCode=123456");
        var answer = XDocument.Parse(await assumed.Content.ReadAsStringAsync(Cancel));
        answer.Descendants().Single(element => element.Name.LocalName == "PackedPolicySize").Value.ShouldBe("1");
        var accessKey = answer.Descendants().Single(element => element.Name.LocalName == "AccessKeyId").Value;

        using var used = await fixture.Host.PostJsonAsync("kms", "TrentService.ListKeys", "{}", accessKey);
        used.EnsureSuccessStatusCode();

        var opened = await LastAsync("EventName", "AssumeRole");
        opened.GetProperty("requestParameters").GetProperty("tags")[0].GetProperty("value").GetString().ShouldBe("blue");
        opened.GetProperty("requestParameters").GetProperty("transitiveTagKeys")[0].GetString().ShouldBe("team");
        opened.GetProperty("requestParameters").TryGetProperty("tokenCode", out _).ShouldBeFalse();
        var identity = (await LastAsync("AccessKeyId", accessKey)).GetProperty("userIdentity");
        identity.GetProperty("sessionContext").GetProperty("attributes").GetProperty("mfaAuthenticated").GetString().ShouldBe("true");
    }

    [Theory]
    [InlineData("&TransitiveTagKeys.member.1=team", "InvalidParameterValue")]
    [InlineData("&Tags.member.1.Key=a&Tags.member.1.Value=1&Tags.member.2.Key=A&Tags.member.2.Value=2", "InvalidParameterValue")]
    [InlineData("&SerialNumber=arn:aws:iam::000000000000:mfa/u", "AccessDenied")]
    public async Task Half_said_sessions_are_refused(string rest, string code)
    {
        using var response = await fixture.Host.PostQueryAsync("sts", "Action=AssumeRole&RoleArn=arn:aws:iam::000000000000:role/r&RoleSessionName=s1" + rest);

        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain($"<Code>{code}</Code>");
    }

    [Theory]
    [InlineData("x-amz-grant-read", "id=1", 400)]
    [InlineData("x-amz-server-side-encryption-customer-algorithm", "AES256", 501)]
    [InlineData("x-amz-checksum-sha512", "AAAA", 501)]
    [InlineData("x-amz-if-match-size", "1", 501)]
    [InlineData("x-amz-expected-bucket-owner", "111122223333", 403)]
    public async Task Headers_of_S3_that_are_not_served_are_refused(string name, string value, int status)
    {
        var bucket = $"refused-{Guid.NewGuid():N}";
        (await S3Async(HttpMethod.Put, bucket, null, null)).ShouldBe(200);

        (await S3Async(HttpMethod.Put, $"{bucket}/k", name, value)).ShouldBe(status);
        (await S3Async(HttpMethod.Get, $"{bucket}/k", "x-amz-expected-bucket-owner", LocalAwsHost.Account)).ShouldBe(404);
    }

    private async Task<int> S3Async(HttpMethod method, string path, string? header, string? value)
    {
        using var http = fixture.Host.Http();
        using var request = new HttpRequestMessage(method, "/" + path) { Content = method == HttpMethod.Put ? new ByteArrayContent([]) : null };
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential=AKIALABTEST000000000/20260101/{LocalAwsHost.Region}/s3/aws4_request, SignedHeaders=host, Signature=00");
        if (header is not null)
            request.Headers.TryAddWithoutValidation(header, value);
        using var response = await http.SendAsync(request, Cancel);
        return (int)response.StatusCode;
    }

    private async Task<JsonNode> AnswerAsync(string service, string target, string body)
    {
        using var response = await fixture.Host.PostJsonAsync(service, target, body);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    private async Task<string> ErrorAsync(string service, string target, string body)
    {
        using var response = await fixture.Host.PostJsonAsync(service, target, body);
        response.IsSuccessStatusCode.ShouldBeFalse();
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["__type"]!.GetValue<string>();
    }

    private async Task<JsonElement> LastAsync(string attribute, string value)
    {
        var found = await AnswerAsync("cloudtrail", "CloudTrail_20131101.LookupEvents", $$"""{"LookupAttributes":[{"AttributeKey":"{{attribute}}","AttributeValue":"{{value}}"}],"MaxResults":1}""");
        return JsonElement.Parse(found["Events"]![0]!["CloudTrailEvent"]!.GetValue<string>());
    }
}
