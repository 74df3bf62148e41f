using System.Text.Json;
using Amazon.S3;

namespace KmsLab.Tests.LocalAws.S3;

/// <summary>Checks that what is done with objects is on a trail only where its selectors ask for it.</summary>
public sealed class DataEventTests : IAsyncLifetime
{
    private LocalAwsHost _aws = null!;
    private AmazonS3Client _s3 = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _aws = await LocalAwsHost.StartAsync();
        _s3 = new(LocalAwsHost.Credentials, _aws.Configure(new AmazonS3Config { ForcePathStyle = true }));
        await _s3.PutBucketAsync("data-bucket", Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _s3.Dispose();
        await _aws.DisposeAsync();
    }

    [Fact]
    public async Task Nothing_is_recorded_unless_it_is_selected()
    {
        await UseObjectsAsync();

        Events().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"EventSelectors":[{"ReadWriteType":"WriteOnly","DataResources":[{"Type":"AWS::S3::Object","Values":["arn:aws:s3:::data-bucket/in/"]}]}]}""", "PutObject in/a,DeleteObject in/a")]
    [InlineData("""{"EventSelectors":[{"DataResources":[{"Type":"AWS::S3::Object","Values":["arn:aws:s3:::data-bucket/out/"]}]}]}""", "PutObject out/b")]
    [InlineData("""{"EventSelectors":[{"DataResources":[{"Type":"AWS::Lambda::Function","Values":["arn:aws:lambda"]}]}]}""", "")]
    [InlineData("""{"AdvancedEventSelectors":[{"FieldSelectors":[{"Field":"eventCategory","Equals":["Data"]},{"Field":"resources.type","Equals":["AWS::S3::Object"]},{"Field":"readOnly","Equals":["true"]}]}]}""", "GetObject in/a,ListObjects ")]
    [InlineData("""{"AdvancedEventSelectors":[{"FieldSelectors":[{"Field":"eventCategory","Equals":["Data"]},{"Field":"resources.type","Equals":["AWS::S3::Object"]},{"Field":"resources.ARN","NotStartsWith":["arn:aws:s3:::data-bucket/in/"]},{"Field":"eventName","Equals":["PutObject"]}]}]}""", "PutObject out/b")]
    [InlineData("""{"AdvancedEventSelectors":[{"FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]}]}]}""", "")]
    public async Task What_is_selected_is_recorded(string selectors, string expected)
    {
        using var put = await _aws.PostJsonAsync("cloudtrail", "CloudTrail_20131101.PutEventSelectors", "{\"TrailName\":\"kmslab\"," + selectors[1..]);
        put.EnsureSuccessStatusCode();

        await UseObjectsAsync();

        string.Join(',', Events().Select(record => $"{record.GetProperty("eventName").GetString()} {(record.GetProperty("requestParameters").TryGetProperty("key", out var key) ? key.GetString() : "")}")).ShouldBe(expected);
        (await _aws.LookupAsync("PutObject")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Record_is_that_of_a_data_event()
    {
        using var put = await _aws.PostJsonAsync("cloudtrail", "CloudTrail_20131101.PutEventSelectors", """{"TrailName":"kmslab","EventSelectors":[{"DataResources":[{"Type":"AWS::S3::Object","Values":["arn:aws:s3"]}]}]}""");
        await UseObjectsAsync();

        var record = Events().First(item => item.GetProperty("eventName").GetString() == "PutObject");
        record.GetProperty("managementEvent").GetBoolean().ShouldBeFalse();
        record.GetProperty("eventCategory").GetString().ShouldBe("Data");
        record.GetProperty("resources").EnumerateArray().Select(resource => (resource.GetProperty("type").GetString(), resource.GetProperty("ARN").GetString())).ShouldBe(
            [("AWS::S3::Object", "arn:aws:s3:::data-bucket/in/a"), ("AWS::S3::Bucket", "arn:aws:s3:::data-bucket")]);
    }

    private async Task UseObjectsAsync()
    {
        await _s3.PutObjectAsync(new() { BucketName = "data-bucket", Key = "in/a", ContentBody = "a" }, Cancel);
        await _s3.PutObjectAsync(new() { BucketName = "data-bucket", Key = "out/b", ContentBody = "b" }, Cancel);
        using (await _s3.GetObjectAsync("data-bucket", "in/a", Cancel))
            await _s3.ListObjectsV2Async(new() { BucketName = "data-bucket" }, Cancel);
        await _s3.DeleteObjectAsync("data-bucket", "in/a", Cancel);
    }

    private List<JsonElement> Events() =>
        [.. _aws.Delivered().Select(item => item.Record).Where(record => record.GetProperty("eventSource").GetString() == "s3.amazonaws.com" && !record.GetProperty("managementEvent").GetBoolean())];
}
