using System.IO.Compression;
using System.Net;
using Amazon.CloudTrail;
using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using Amazon.SimpleNotificationService;
using Amazon.SimpleNotificationService.Model;

namespace KmsLab.Tests.AwsSdk;

public sealed class OtherClientsTests
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task CloudTrail_writes_and_reads_instants_as_seconds()
    {
        await using var server = await WireServer.StartAsync(
            """{"Events":[{"EventId":"e","EventTime":1700000000.5,"ReadOnly":"true","CloudTrailEvent":"{}","Resources":[{"ResourceType":"AWS::KMS::Key","ResourceName":"k"}]}]}""");
        using var client = CloudTrail(server);

        var response = await client.LookupEventsAsync(
            new() { StartTime = DateTime.UnixEpoch.AddSeconds(1.5), LookupAttributes = [new() { AttributeKey = LookupAttributeKey.EventName, AttributeValue = "Decrypt" }] },
            Cancelled);

        server.Requests[0].Headers["X-Amz-Target"].ShouldBe("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents");
        server.Requests[0].Body.ShouldBe("""{"LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":"Decrypt"}],"StartTime":1.5}""");
        response.Events.ShouldHaveSingleItem().EventTime.ShouldBe(new DateTime(2023, 11, 14, 22, 13, 20, 500, DateTimeKind.Utc));
        response.Events[0].Resources.ShouldHaveSingleItem().ResourceName.ShouldBe("k");
    }

    [Fact]
    public async Task CloudTrail_keeps_the_names_that_its_model_has_in_lower_case()
    {
        await using var server = await WireServer.StartAsync("""{"trailList":[{"Name":"kmslab","IsMultiRegionTrail":true}]}""");
        using var client = CloudTrail(server);

        var trail = (await client.DescribeTrailsAsync(new() { TrailNameList = ["kmslab"], IncludeShadowTrails = false }, Cancelled)).TrailList.ShouldHaveSingleItem();

        server.Requests[0].Body.ShouldBe("""{"includeShadowTrails":false,"trailNameList":["kmslab"]}""");
        (trail.Name, trail.IsMultiRegionTrail, trail.IsOrganizationTrail).ShouldBe(("kmslab", true, null));
    }

    [Fact]
    public async Task CloudWatch_speaks_json_and_compresses_large_metric_data()
    {
        await using var server = await WireServer.StartAsync("{}");
        using var client = CloudWatch(server);
        var point = new MetricDatum { MetricName = "Calls", Value = 2, Unit = StandardUnit.Count, Dimensions = [new() { Name = "Key", Value = "k" }] };

        await client.PutMetricDataAsync(new() { Namespace = "KmsLab", MetricData = [point] }, Cancelled);
        await client.PutMetricDataAsync(new() { Namespace = "KmsLab", MetricData = [.. Enumerable.Repeat(point, 200)] }, Cancelled);

        var small = server.Requests[0];
        small.Headers["X-Amz-Target"].ShouldBe("GraniteServiceVersion20100801.PutMetricData");
        small.Headers["Content-Type"].ShouldBe("application/x-amz-json-1.0");
        small.Headers["x-amzn-query-mode"].ShouldBe("true");
        small.Headers["Authorization"].ShouldContain("/monitoring/aws4_request");
        small.Body.ShouldBe("""{"MetricData":[{"Dimensions":[{"Name":"Key","Value":"k"}],"MetricName":"Calls","Unit":"Count","Value":2}],"Namespace":"KmsLab"}""");
        server.Requests[1].Headers["Content-Encoding"].ShouldBe("gzip");
        Unzip(server.Requests[1].Content).Length.ShouldBeGreaterThan(10_240);
    }

    [Fact]
    public async Task CloudWatch_errors_keep_the_code_of_the_query_protocol()
    {
        await using var server = await WireServer.StartAsync(
            new WireResponse(404, """{"__type":"com.amazonaws.cloudwatch#ResourceNotFound","message":"Unknown alarm"}""", "application/x-amz-json-1.0")
            {
                Headers = new Dictionary<string, string> { ["x-amzn-query-error"] = "ResourceNotFound;Sender" },
            },
            new WireResponse(400, """{"__type":"com.amazonaws.cloudwatch#LimitExceededFault"}""", "application/x-amz-json-1.0")
            {
                Headers = new Dictionary<string, string> { ["x-amzn-query-error"] = "LimitExceeded;Sender" },
            });
        using var client = CloudWatch(server);

        var missing = await Should.ThrowAsync<Amazon.CloudWatch.Model.ResourceNotFoundException>(() => client.DeleteAlarmsAsync(new() { AlarmNames = ["a"] }, Cancelled));
        var tooMany = await Should.ThrowAsync<LimitExceededException>(() => client.PutMetricAlarmAsync(new() { AlarmName = "a" }, Cancelled));

        (missing.ErrorCode, missing.Message, missing.StatusCode).ShouldBe(("ResourceNotFound", "Unknown alarm", HttpStatusCode.NotFound));
        tooMany.ErrorCode.ShouldBe("LimitExceeded");
    }

    [Fact]
    public async Task Sns_request_is_a_form_with_numbered_members()
    {
        await using var server = await WireServer.StartAsync(Xml(200,
            """
            <PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult>
              <Successful><member><Id>1</Id><MessageId>m1</MessageId></member></Successful>
              <Failed><member><Id>2</Id><Code>InvalidParameter</Code><SenderFault>true</SenderFault></member></Failed>
            </PublishBatchResult><ResponseMetadata><RequestId>r1</RequestId></ResponseMetadata></PublishBatchResponse>
            """));
        using var client = Sns(server);

        var response = await client.PublishBatchAsync(
            new()
            {
                TopicArn = "arn:aws:sns:eu-west-3:000000000000:t",
                PublishBatchRequestEntries =
                [
                    new() { Id = "1", Message = "a&b é" },
                    new() { Id = "2", Message = "c", MessageAttributes = new() { ["k"] = new() { DataType = "Binary", BinaryValue = new MemoryStream([1, 2]) } } },
                ],
            },
            Cancelled);

        server.Requests[0].Headers["Authorization"].ShouldContain("/sns/aws4_request");
        server.Requests[0].Headers["Content-Type"].ShouldBe("application/x-www-form-urlencoded; charset=utf-8");
        server.Requests[0].Body.Split('&').Select(WebUtility.UrlDecode).Order(StringComparer.Ordinal).ShouldBe(
        [
            "Action=PublishBatch",
            "PublishBatchRequestEntries.member.1.Id=1",
            "PublishBatchRequestEntries.member.1.Message=a&b é",
            "PublishBatchRequestEntries.member.2.Id=2",
            "PublishBatchRequestEntries.member.2.Message=c",
            "PublishBatchRequestEntries.member.2.MessageAttributes.entry.1.Name=k",
            "PublishBatchRequestEntries.member.2.MessageAttributes.entry.1.Value.BinaryValue=AQI=",
            "PublishBatchRequestEntries.member.2.MessageAttributes.entry.1.Value.DataType=Binary",
            "TopicArn=arn:aws:sns:eu-west-3:000000000000:t",
            "Version=2010-03-31",
        ]);
        response.Successful.ShouldHaveSingleItem().MessageId.ShouldBe("m1");
        response.Failed.ShouldHaveSingleItem().SenderFault.ShouldBe(true);
        response.ResponseMetadata.RequestId.ShouldBe("r1");
    }

    [Fact]
    public async Task Sns_maps_are_read_from_entries()
    {
        await using var server = await WireServer.StartAsync(Xml(200,
            """
            <GetTopicAttributesResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><GetTopicAttributesResult><Attributes>
              <entry><key>Owner</key><value>000000000000</value></entry><entry><key>DisplayName</key><value/></entry>
            </Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>
            """));
        using var client = Sns(server);

        var response = await client.GetTopicAttributesAsync(new() { TopicArn = "t" }, Cancelled);

        response.Attributes.ShouldBe(new Dictionary<string, string> { ["Owner"] = "000000000000", ["DisplayName"] = "" });
    }

    [Fact]
    public async Task Sns_error_is_an_exception_of_its_own_type()
    {
        await using var server = await WireServer.StartAsync(Xml(404,
            """<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>NotFound</Code><Message>Topic does not exist</Message></Error><RequestId>r1</RequestId></ErrorResponse>"""));
        using var client = Sns(server);

        var error = await Should.ThrowAsync<NotFoundException>(() => client.PublishAsync(new() { TopicArn = "t", Message = "m" }, Cancelled));

        (error.ErrorCode, error.Message, error.RequestId).ShouldBe(("NotFound", "Topic does not exist", "r1"));
    }

    private static WireResponse Xml(int status, string body) => new(status, body, "text/xml");

    private static string Unzip(byte[] content)
    {
        using var reader = new StreamReader(new GZipStream(new MemoryStream(content), CompressionMode.Decompress));
        return reader.ReadToEnd();
    }

    private static AmazonCloudTrailClient CloudTrail(WireServer server) =>
        new("AKIATEST", "secret", new AmazonCloudTrailConfig { ServiceURL = server.Url.ToString(), AuthenticationRegion = "eu-west-3" });

    private static AmazonCloudWatchClient CloudWatch(WireServer server) =>
        new("AKIATEST", "secret", new AmazonCloudWatchConfig { ServiceURL = server.Url.ToString(), AuthenticationRegion = "eu-west-3" });

    private static AmazonSimpleNotificationServiceClient Sns(WireServer server) =>
        new("AKIATEST", "secret", new AmazonSimpleNotificationServiceConfig { ServiceURL = server.Url.ToString(), AuthenticationRegion = "eu-west-3" });
}
