using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.SecurityToken.Model;

namespace KmsLab.Tests.LocalAws;

public sealed class CloudTrailTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Trail_goes_through_its_whole_life()
    {
        await using var aws = await LocalAwsHost.StartAsync();

        var created = await CallAsync(aws, "CreateTrail", """{"Name":"second","S3BucketName":"my-bucket","IsMultiRegionTrail":true,"TagsList":[{"Key":"team","Value":"blue"}]}""");
        (await CallAsync(aws, "GetTrailStatus", """{"Name":"second"}"""))["IsLogging"]!.GetValue<bool>().ShouldBeFalse();
        await CallAsync(aws, "StartLogging", """{"Name":"second"}""");
        (await CallAsync(aws, "GetTrailStatus", """{"Name":"second"}"""))["IsLogging"]!.GetValue<bool>().ShouldBeTrue();
        await CallAsync(aws, "UpdateTrail", """{"Name":"second","S3KeyPrefix":"p"}""");
        var trail = (await CallAsync(aws, "GetTrail", """{"Name":"second"}"""))["Trail"]!;
        var tags = await CallAsync(aws, "ListTags", $$"""{"ResourceIdList":["{{created["TrailARN"]}}"]}""");
        await CallAsync(aws, "DeleteTrail", """{"Name":"second"}""");
        var left = (await CallAsync(aws, "DescribeTrails", "{}"))["trailList"]!.AsArray();

        created["TrailARN"]!.GetValue<string>().ShouldBe("arn:aws:cloudtrail:us-east-1:000000000000:trail/second");
        trail["S3KeyPrefix"]!.GetValue<string>().ShouldBe("p");
        trail["HomeRegion"]!.GetValue<string>().ShouldBe("us-east-1");
        trail["IncludeGlobalServiceEvents"]!.GetValue<bool>().ShouldBeTrue();
        tags["ResourceTagList"]![0]!["TagsList"]![0]!["Value"]!.GetValue<string>().ShouldBe("blue");
        left.Select(t => t!["Name"]!.GetValue<string>()).ShouldBe(["kmslab"]);
    }

    [Theory]
    [InlineData("""{"Name":"ab","S3BucketName":"bucket"}""", "InvalidTrailNameException")]
    [InlineData("""{"Name":"a..b","S3BucketName":"bucket"}""", "InvalidTrailNameException")]
    [InlineData("""{"Name":"192.168.5.4","S3BucketName":"bucket"}""", "InvalidTrailNameException")]
    [InlineData("""{"Name":"-abc","S3BucketName":"bucket"}""", "InvalidTrailNameException")]
    [InlineData("""{"Name":"abc","S3BucketName":"B"}""", "InvalidS3BucketNameException")]
    [InlineData("""{"Name":"abc"}""", "InvalidParameterException")]
    [InlineData("""{"Name":"kmslab","S3BucketName":"bucket"}""", "TrailAlreadyExistsException")]
    [InlineData("""{"Name":"abc","S3BucketName":"bucket","CloudWatchLogsLogGroupArn":"arn:aws:logs:us-east-1:000000000000:log-group:g:*"}""", "InvalidParameterCombinationException")]
    [InlineData("""{"Name":"abc","S3BucketName":"bucket","IsMultiRegionTrail":true,"IncludeGlobalServiceEvents":false}""", "InvalidParameterCombinationException")]
    public async Task Bad_trail_is_refused_with_AWSs_error(string body, string error)
    {
        await using var aws = await LocalAwsHost.StartAsync();

        (await ErrorAsync(aws, "CreateTrail", body)).ShouldBe(error);
    }

    [Theory]
    [InlineData("GetTrail", """{"Name":"nobody"}""")]
    [InlineData("GetTrailStatus", """{"Name":"nobody"}""")]
    [InlineData("StopLogging", """{"Name":"nobody"}""")]
    [InlineData("GetEventSelectors", """{"TrailName":"nobody"}""")]
    public async Task Unknown_trail_is_not_found(string operation, string body)
    {
        await using var aws = await LocalAwsHost.StartAsync();

        (await ErrorAsync(aws, operation, body)).ShouldBe("TrailNotFoundException");
    }

    [Theory]
    [InlineData("""{"TrailName":"kmslab"}""")]
    [InlineData("""{"TrailName":"kmslab","EventSelectors":[{"ReadWriteType":"Sometimes"}]}""")]
    [InlineData("""{"TrailName":"kmslab","EventSelectors":[{"ExcludeManagementEventSources":["s3.amazonaws.com"]}]}""")]
    [InlineData("""{"TrailName":"kmslab","AdvancedEventSelectors":[{"FieldSelectors":[{"Field":"readOnly","Equals":["true"]}]}]}""")]
    [InlineData("""{"TrailName":"kmslab","AdvancedEventSelectors":[{"FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]},{"Field":"color","Equals":["red"]}]}]}""")]
    public async Task Bad_selectors_are_refused(string body)
    {
        await using var aws = await LocalAwsHost.StartAsync();

        (await ErrorAsync(aws, "PutEventSelectors", body)).ShouldBe("InvalidEventSelectorsException");
    }

    [Fact]
    public async Task Trails_survive_a_restart_and_a_deleted_one_stays_deleted()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await CallAsync(aws, "CreateTrail", """{"Name":"second","S3BucketName":"my-bucket"}""");
        await CallAsync(aws, "DeleteTrail", """{"Name":"kmslab"}""");

        await aws.RestartAsync();

        var trails = (await CallAsync(aws, "DescribeTrails", "{}"))["trailList"]!.AsArray();
        trails.Select(t => t!["Name"]!.GetValue<string>()).ShouldBe(["second"]);
    }

    [Fact]
    public async Task Single_Region_trail_is_unknown_elsewhere_and_changed_only_at_home()
    {
        await using var aws = await LocalAwsHost.StartAsync(settings: [("LocalAws:Region", "eu-west-1")]);

        // The provisioned trail is multi-Region, with its home in eu-west-1; calls of this test come from us-east-1.
        (await CallAsync(aws, "GetTrail", """{"Name":"kmslab"}"""))["Trail"]!["HomeRegion"]!.GetValue<string>().ShouldBe("eu-west-1");
        (await ErrorAsync(aws, "StopLogging", """{"Name":"kmslab"}""")).ShouldBe("InvalidHomeRegionException");
        (await CallAsync(aws, "DescribeTrails", """{"includeShadowTrails":false}"""))["trailList"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task History_is_looked_up_by_attribute_newest_first_in_pages()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        using var sts = aws.Sts();
        for (var i = 0; i < 5; i++)
            await sts.GetCallerIdentityAsync(new GetCallerIdentityRequest(), Cancellation);
        await CallAsync(aws, "DescribeTrails", "{}");

        const string Attribute = "\"LookupAttributes\":[{\"AttributeKey\":\"EventName\",\"AttributeValue\":\"GetCallerIdentity\"}]";
        var first = await CallAsync(aws, "LookupEvents", $$"""{{{Attribute}},"MaxResults":3}""");
        var second = await CallAsync(aws, "LookupEvents", $$"""{{{Attribute}},"MaxResults":3,"NextToken":"{{first["NextToken"]}}"}""");
        var otherQuestion = await ErrorAsync(aws, "LookupEvents", $$"""{"NextToken":"{{first["NextToken"]}}"}""");

        var events = first["Events"]!.AsArray().Concat(second["Events"]!.AsArray()).ToList();
        events.Count.ShouldBe(5);
        events.Select(e => e!["EventId"]!.GetValue<string>()).ShouldBeUnique();
        events.ShouldAllBe(e => e!["EventSource"]!.GetValue<string>() == "sts.amazonaws.com" && e["ReadOnly"]!.GetValue<string>() == "true");
        second["NextToken"].ShouldBeNull();
        JsonNode.Parse(events[0]!["CloudTrailEvent"]!.GetValue<string>())!["eventVersion"]!.GetValue<string>().ShouldBe("1.11");
        otherQuestion.ShouldBe("InvalidNextTokenException");
    }

    [Theory]
    [InlineData("""{"MaxResults":51}""", "InvalidMaxResultsException")]
    [InlineData("""{"StartTime":200,"EndTime":100}""", "InvalidTimeRangeException")]
    [InlineData("""{"NextToken":"x"}""", "InvalidNextTokenException")]
    [InlineData("""{"LookupAttributes":[{"AttributeKey":"Colour","AttributeValue":"red"}]}""", "InvalidParameterException")]
    public async Task Bad_lookup_is_refused(string body, string error)
    {
        await using var aws = await LocalAwsHost.StartAsync();

        (await ErrorAsync(aws, "LookupEvents", body)).ShouldBe(error);
    }

    private static async Task<JsonNode> CallAsync(LocalAwsHost aws, string operation, string body)
    {
        using var answer = await aws.PostJsonAsync("cloudtrail", $"com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.{operation}", body);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, $"{operation}: {text}");
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    private static async Task<string> ErrorAsync(LocalAwsHost aws, string operation, string body)
    {
        using var answer = await aws.PostJsonAsync("cloudtrail", $"com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.{operation}", body);
        ((int)answer.StatusCode).ShouldBeInRange(400, 499);
        return JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(Cancellation)).GetProperty("__type").GetString()!;
    }
}
