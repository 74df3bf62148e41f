using System.Text.Json.Nodes;
using Amazon.KeyManagementService.Model;

namespace KmsLab.Tests.Sentinel.Sources.Bucket;

/// <summary>Sentinel on the files that a trail delivers to S3, told of by SQS: nothing else stands for them.</summary>
public sealed class TrailQueueSourceTests
{
    private const string Folder = "AWSLogs/000000000000/CloudTrail/us-east-1/2026/11/30/";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_are_counted_once_and_raise_alarms_and_messages_are_deleted()
    {
        await using var bed = await TrailBucketBed.StartAsync();
        await using var sentinel = await bed.SentinelAsync();
        using var kms = bed.Aws.Kms();
        var key = (await kms.CreateKeyAsync(new(), Cancellation)).KeyMetadata;
        for (var call = 0; call < 2; call++)
            await Should.ThrowAsync<InvalidCiphertextException>(kms.DecryptAsync(new() { CiphertextBlob = new([1, 2, 3]), KeyId = key.Arn }, Cancellation));

        await sentinel.JsonAsync("/api/alarms?state=ALARM", alarms => Detections(alarms).Contains("kms-error-burst"));

        // The same file again, as at-least-once delivery gives it.
        foreach (var file in await bed.KeysAsync("AWSLogs/000000000000/CloudTrail/", 1))
            await bed.SendAsync($$"""{"s3Bucket":"{{TrailBucketBed.Bucket}}","s3ObjectKey":["{{file}}"]}""");

        await TrailBucketBed.UntilAsync(bed.IsEmptyAsync);
        var rates = await sentinel.JsonAsync("/api/rates?operation=CreateKey");
        rates["series"]!.AsArray().Sum(series => series!["buckets"]!.AsArray().Sum(bucket => bucket!["count"]!.GetValue<long>())).ShouldBe(1);
        var source = (await sentinel.JsonAsync("/api/status", status => Source(status)?["lastCompleteRead"] is not null))["sources"]![0]!;
        source["name"]!.GetValue<string>().ShouldBe("queue:kmslab-trail");
        source["state"]!.GetValue<string>().ShouldBe("reading", StringCompareShould.IgnoreCase);
        Detections(await sentinel.JsonAsync("/api/alarms")).ShouldNotContain("trail-altered");
    }

    [Fact]
    public async Task What_can_not_be_used_is_told_and_goes_to_the_dead_letters_with_the_reason()
    {
        await using var bed = await TrailBucketBed.StartAsync();
        await using var sentinel = await bed.SentinelAsync();

        await bed.SendAsync("not a notice");
        await sentinel.JsonAsync("/api/status", status => Malformed(status, "no notice of S3"));
        var dead = await bed.DeadLetterAsync();
        dead.Body.ShouldBe("not a notice");
        dead.MessageAttributes["Reason"].StringValue.ShouldContain("no notice of S3");
        await bed.Sqs.DeleteMessageAsync(bed.DeadLetterUrl, dead.ReceiptHandle, Cancellation);

        await bed.SendAsync($$"""{"s3Bucket":"{{TrailBucketBed.Bucket}}","s3ObjectKey":["{{Folder}}000000000000_CloudTrail_us-east-1_20261130T1205Z_gone.json.gz"]}""");
        (await bed.DeadLetterAsync()).MessageAttributes["Reason"].StringValue.ShouldContain("somebody deleted it");
        await TrailBucketBed.UntilAsync(bed.IsEmptyAsync);
    }

    [Theory]
    [InlineData("000000000000_CloudTrail_us-east-1_20261130T1205Z_empty.json.gz", "{\"hello\":1}", "holds none")]
    [InlineData("000000000000_CloudTrail_us-east-1_20261130T1205Z_cut.json.gz", "{\"Records\":[{\"eventVersion\":\"1.08\",", "cut off or damaged")]
    public async Task Damaged_and_foreign_content_is_told_with_its_place(string name, string content, string problem)
    {
        await using var bed = await TrailBucketBed.StartAsync();
        await using var sentinel = await bed.SentinelAsync();

        await bed.PutAsync(Folder + name, TrailBucketBed.Gzip(content));
        await bed.PutAsync("notes.txt", "no business of Sentinel's"u8.ToArray());

        await sentinel.JsonAsync("/api/status", status => Malformed(status, problem));
        await TrailBucketBed.UntilAsync(bed.IsEmptyAsync);
    }

    [Fact]
    public async Task Queue_that_is_not_there_yet_is_waited_for()
    {
        await using var bed = await TrailBucketBed.StartAsync();
        await using var sentinel = await bed.SentinelAsync(("Sentinel:TrailQueues:0", bed.QueueUrl + "-later"));

        var waiting = await sentinel.JsonAsync("/api/status", status => Source(status)?["problem"] is not null);
        Source(waiting)!["problem"]!.GetValue<string>().ShouldContain("There is no queue");
        await bed.Sqs.CreateQueueAsync("kmslab-trail-later", Cancellation);
        await sentinel.JsonAsync("/api/status", status => string.Equals((string?)Source(status)?["state"], "reading", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Object_that_may_not_be_read_is_told_with_the_right_that_is_missing_and_read_when_it_is_there()
    {
        await using var bed = await TrailBucketBed.StartAsync();
        await FaultsAsync(bed, """[{"action":"s3:GetObject","error":"AccessDenied","status":403}]""");
        await using var sentinel = await bed.SentinelAsync();
        using var kms = bed.Aws.Kms();
        await kms.CreateKeyAsync(new(), Cancellation);

        var failing = await sentinel.JsonAsync("/api/status", status => ((string?)Source(status)?["problem"])?.Contains("s3:GetObject") == true);
        string.Equals((string?)Source(failing)!["state"], "failing", StringComparison.OrdinalIgnoreCase).ShouldBeTrue();
        (await bed.IsEmptyAsync()).ShouldBeFalse();

        await FaultsAsync(bed, "[]");
        await sentinel.JsonAsync("/api/rates?operation=CreateKey", rates => rates["series"]!.AsArray().Count > 0);
    }

    private static async Task FaultsAsync(TrailBucketBed bed, string faults)
    {
        using var http = bed.Aws.Http();
        using var content = new StringContent(faults, System.Text.Encoding.UTF8, "application/json");
        using var answer = await http.PutAsync(new Uri("/_localaws/faults", UriKind.Relative), content, Cancellation);
        answer.EnsureSuccessStatusCode();
    }

    private static JsonNode? Source(JsonNode status) => status["sources"]!.AsArray().FirstOrDefault();

    private static bool Malformed(JsonNode status, string part) => status.ToJsonString().Contains(part, StringComparison.Ordinal);

    private static List<string> Detections(JsonNode alarms) =>
        [.. alarms.AsArray().Select(alarm => alarm!["detection"]!.GetValue<string>())];
}
