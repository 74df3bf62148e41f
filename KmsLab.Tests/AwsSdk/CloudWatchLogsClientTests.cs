using Amazon.CloudWatchLogs;
using Amazon.CloudWatchLogs.Model;
using Amazon.Runtime;

namespace KmsLab.Tests.AwsSdk;

public sealed class CloudWatchLogsClientTests
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_is_signed_json_under_the_services_target_with_only_what_was_set()
    {
        await using var server = await WireServer.StartAsync("{}");
        using var client = Client(server);

        await client.FilterLogEventsAsync(new() { LogGroupName = "g", StartTime = 5, FilterPattern = "{ $.a = \"é\" }" }, Cancelled);

        var request = server.Requests.ShouldHaveSingleItem();
        request.Method.ShouldBe("POST");
        request.Path.ShouldBe("/");
        request.Headers["X-Amz-Target"].ShouldBe("Logs_20140328.FilterLogEvents");
        request.Headers["Content-Type"].ShouldBe("application/x-amz-json-1.1");
        request.Headers["Authorization"].ShouldMatch("^AWS4-HMAC-SHA256 Credential=AKIATEST/\\d{8}/eu-west-3/logs/aws4_request, SignedHeaders=.*, Signature=[0-9a-f]{64}$");
        request.Headers["User-Agent"].ShouldMatch("api/CloudWatch.Logs#");
        request.Body.ShouldBe("""{"filterPattern":"{ $.a = \"é\" }","logGroupName":"g","startTime":5}""");
    }

    [Fact]
    public async Task Page_of_events_is_read_with_its_token_and_request_id()
    {
        await using var server = await WireServer.StartAsync(
            """{"events":[{"logStreamName":"s","timestamp":1700000000123,"message":"m","ingestionTime":1700000000456,"eventId":"3"}],"searchedLogStreams":[],"nextToken":"t","new":{"a":1}}""");
        using var client = Client(server);

        var response = await client.FilterLogEventsAsync(new() { LogGroupName = "g" }, Cancelled);

        var logEvent = response.Events.ShouldHaveSingleItem();
        (logEvent.LogStreamName, logEvent.Message, logEvent.EventId).ShouldBe(("s", "m", "3"));
        logEvent.Timestamp.ShouldBe(1700000000123);
        logEvent.IngestionTime.ShouldBe(1700000000456);
        response.NextToken.ShouldBe("t");
        response.ResponseMetadata.RequestId.ShouldBe("7a1b2c3d-0000-4000-8000-000000000001");
    }

    [Fact]
    public async Task Absent_members_stay_null_collections_included()
    {
        await using var server = await WireServer.StartAsync("""{"logGroups":[{"logGroupName":"g","creationTime":1700000000123}]}""");
        using var client = Client(server);

        (await client.FilterLogEventsAsync(new() { LogGroupName = "g" }, Cancelled)).Events.ShouldBeNull();

        var group = (await client.DescribeLogGroupsAsync(new(), Cancelled)).LogGroups.ShouldHaveSingleItem();
        group.RetentionInDays.ShouldBeNull();
        group.LogGroupClass.ShouldBeNull();
        group.CreationTime.ShouldBe(new DateTime(2023, 11, 14, 22, 13, 20, 123, DateTimeKind.Utc));
        group.CreationTime!.Value.Kind.ShouldBe(DateTimeKind.Utc);
    }

    [Fact]
    public async Task Instants_and_open_enumerations_are_written_as_the_wire_has_them()
    {
        await using var server = await WireServer.StartAsync("{}");
        using var client = Client(server);

        await client.PutLogEventsAsync(
            new() { LogGroupName = "g", LogStreamName = "s", LogEvents = [new() { Timestamp = DateTime.UnixEpoch.AddMilliseconds(1234), Message = "m" }] }, Cancelled);
        await client.DescribeLogStreamsAsync(new() { LogGroupName = "g", OrderBy = OrderBy.LastEventTime, Descending = true }, Cancelled);

        server.Requests[0].Body.ShouldBe("""{"logEvents":[{"message":"m","timestamp":1234}],"logGroupName":"g","logStreamName":"s"}""");
        server.Requests[1].Body.ShouldBe("""{"descending":true,"logGroupName":"g","orderBy":"LastEventTime"}""");
    }

    [Fact]
    public async Task Operation_without_output_takes_an_empty_body()
    {
        await using var server = await WireServer.StartAsync("");
        using var client = Client(server);

        var response = await client.CreateLogGroupAsync(new() { LogGroupName = "g", Tags = new() { ["k"] = "v" } }, Cancelled);

        response.HttpStatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        server.Requests[0].Body.ShouldBe("""{"logGroupName":"g","tags":{"k":"v"}}""");
    }

    [Fact]
    public async Task Declared_error_is_an_exception_of_its_own_type()
    {
        await using var server = await WireServer.StartAsync(
            new WireResponse(400, """{"__type":"com.amazonaws.logs#ResourceNotFoundException","message":"The specified log group does not exist."}"""));
        using var client = Client(server);

        var error = await Should.ThrowAsync<ResourceNotFoundException>(() => client.FilterLogEventsAsync(new() { LogGroupName = "g" }, Cancelled));

        error.Message.ShouldBe("The specified log group does not exist.");
        error.ErrorCode.ShouldBe("ResourceNotFoundException");
        error.StatusCode.ShouldBe(System.Net.HttpStatusCode.BadRequest);
        error.RequestId.ShouldBe("7a1b2c3d-0000-4000-8000-000000000001");
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Undeclared_error_is_the_services_exception_with_its_code()
    {
        await using var server = await WireServer.StartAsync(new WireResponse(400, """{"__type":"AccessDeniedException","Message":"no"}"""));
        using var client = Client(server);

        var error = await Should.ThrowAsync<AmazonCloudWatchLogsException>(() => client.FilterLogEventsAsync(new() { LogGroupName = "g" }, Cancelled));

        error.GetType().ShouldBe(typeof(AmazonCloudWatchLogsException));
        (error.ErrorCode, error.Message).ShouldBe(("AccessDeniedException", "no"));
    }

    [Theory]
    [InlineData(400, """{"__type":"ThrottlingException","message":"Rate exceeded"}""")]
    [InlineData(503, """{"__type":"ServiceUnavailableException"}""")]
    [InlineData(500, "not json")]
    public async Task Throttled_or_failing_call_is_tried_again(int status, string body)
    {
        await using var server = await WireServer.StartAsync(new WireResponse(status, body), new WireResponse(status, body), """{"nextToken":"t"}""");
        using var client = Client(server);

        var response = await client.FilterLogEventsAsync(new() { LogGroupName = "g" }, Cancelled);

        response.NextToken.ShouldBe("t");
        server.Requests.Count.ShouldBe(3);
        server.Requests.Select(r => r.Headers["amz-sdk-invocation-id"]).Distinct().Count().ShouldBe(1);
        server.Requests[2].Headers["amz-sdk-request"].ShouldStartWith("attempt=3");
    }

    [Fact]
    public async Task Truncated_answer_is_an_error_of_the_sdk()
    {
        await using var server = await WireServer.StartAsync("""{"events":[{"logStr""");
        using var client = Client(server);

        await Should.ThrowAsync<AmazonUnmarshallingException>(() => client.FilterLogEventsAsync(new() { LogGroupName = "g" }, Cancelled));
    }

    [Fact]
    public async Task Cancellation_ends_a_call_that_is_under_way()
    {
        await using var server = await WireServer.StartAsync(new WireResponse(200, Body: null));
        using var client = Client(server);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);

        var call = client.FilterLogEventsAsync(new() { LogGroupName = "g" }, cancel.Token);
        await server.FirstRequest;
        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => call);
        server.Requests.Count.ShouldBe(1);
    }

    private static AmazonCloudWatchLogsClient Client(WireServer server) =>
        new("AKIATEST", "secret", new AmazonCloudWatchLogsConfig { ServiceURL = server.Url.ToString(), AuthenticationRegion = "eu-west-3" });
}
