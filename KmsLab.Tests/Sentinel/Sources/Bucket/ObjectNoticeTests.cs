using System.Text.Json;
using KmsLab.Sentinel.Sources.Bucket;

namespace KmsLab.Tests.Sentinel.Sources.Bucket;

/// <summary>What messages of a queue say, each as AWS's documentation shows it.</summary>
public sealed class ObjectNoticeTests
{
    private const string Key = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/30/111122223333_CloudTrail_eu-west-1_20261130T1205Z_aB1.json.gz";

    private const string OfS3 =
        """
        {"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"eu-west-1","eventTime":"2026-11-30T12:05:00.000Z","eventName":"ObjectCreated:Put",
        "s3":{"s3SchemaVersion":"1.0","bucket":{"name":"trail","arn":"arn:aws:s3:::trail"},"object":{"key":"KEY","size":1024,"eTag":"x","sequencer":"0055"}}}]}
        """;

    private const string OfEventBridge =
        """
        {"version":"0","id":"17793124-05d4-b198-2fde-7ededc63b103","detail-type":"Object Created","source":"aws.s3","account":"111122223333","time":"2026-11-30T12:05:00Z",
        "region":"eu-west-1","resources":["arn:aws:s3:::trail"],"detail":{"version":"0","bucket":{"name":"trail"},"object":{"key":"KEY","size":5,"etag":"b1","sequencer":"00617"},
        "request-id":"N4N7GDK58NMKJ12R","requester":"cloudtrail.amazonaws.com","reason":"PutObject"}}
        """;

    private const string OfCloudTrail = """{"s3Bucket":"trail","s3ObjectKey":["KEY"]}""";

    public static TheoryData<string, string?> Notices => new()
    {
        { OfS3, "eu-west-1" }, { OfEventBridge, "eu-west-1" }, { OfCloudTrail, null },
    };

    [Theory]
    [MemberData(nameof(Notices))]
    public void Each_notice_is_read_bare_and_in_the_envelope_of_a_topic(string notice, string? region)
    {
        var body = notice.Replace("KEY", Key, StringComparison.Ordinal);
        var envelope = Envelope(body);

        foreach (var text in new[] { body, envelope, Envelope(envelope) })
            ObjectNotice.Read(text).Objects.ShouldBe([new("trail", Key, region)]);
    }

    [Fact]
    public void Keys_of_S3_are_decoded_and_those_of_EventBridge_are_not()
    {
        ObjectNotice.Read(OfS3.Replace("KEY", "my+trail/a%2Bb%3D", StringComparison.Ordinal)).Objects[0].Key.ShouldBe("my trail/a+b=");
        ObjectNotice.Read(OfEventBridge.Replace("KEY", "my+trail/a%2Bb", StringComparison.Ordinal)).Objects[0].Key.ShouldBe("my+trail/a%2Bb");
    }

    [Theory]
    [InlineData("evil.example.com#")]
    [InlineData("")]
    [InlineData("eu-west-1.example.com")]
    public void Notice_does_not_choose_the_host_that_is_asked(string region)
    {
        foreach (var notice in new[] { OfS3, OfEventBridge })
            ObjectNotice.Read(notice.Replace("eu-west-1", region, StringComparison.Ordinal)).Objects[0].Region.ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-11-30T12:05:00.000Z","Bucket":"trail","RequestId":"5582815E1AEA5ADF","HostId":"8cLeGAmw"}""")]
    [InlineData("CloudTrail validation message.")]
    [InlineData("""{"Type":"Notification","Message":"CloudTrail validation message."}""")]
    [InlineData("""{"Type":"SubscriptionConfirmation","Token":"x","Message":"You have chosen to subscribe"}""")]
    [InlineData("""{"Records":[{"eventName":"ObjectRemoved:Delete","s3":{"bucket":{"name":"trail"},"object":{"key":"k"}}}]}""")]
    [InlineData("""{"detail-type":"Object Deleted","detail":{"bucket":{"name":"trail"},"object":{"key":"k"}}}""")]
    [InlineData("""{"Records":[]}""")]
    public void What_tells_of_no_new_object_is_no_problem(string body)
    {
        var notice = ObjectNotice.Read(body);
        notice.Problem.ShouldBeNull();
        notice.Objects.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("[]")]
    [InlineData("3")]
    [InlineData("{}")]
    [InlineData("""{"Type":"Notification","Message":"hello"}""")]
    [InlineData("""{"Records":[{"s3":{"bucket":{"name":"trail"}}}]}""")]
    [InlineData("""{"Records":[{"dynamodb":{}}]}""")]
    [InlineData("""{"Records":[3]}""")]
    [InlineData("""{"s3Bucket":"trail","s3ObjectKey":[7]}""")]
    [InlineData("""{"detail-type":"Object Created","detail":{"bucket":"trail"}}""")]
    public void What_is_no_notice_is_told(string body)
    {
        var notice = ObjectNotice.Read(body);
        notice.Objects.ShouldBeEmpty();
        notice.Problem.ShouldNotBeNull();
        notice.Problem.ShouldContain("no notice of S3");
    }

    private static string Envelope(string message) => JsonSerializer.Serialize(new
    {
        Type = "Notification",
        MessageId = "22b80b92",
        TopicArn = "arn:aws:sns:eu-west-1:111122223333:trail",
        Subject = "Amazon S3 Notification",
        Message = message,
        SignatureVersion = "1",
    });
}
