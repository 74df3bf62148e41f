using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.CloudWatchLogs;
using Amazon.CloudWatchLogs.Model;
using Amazon.KeyManagementService.Model;

namespace KmsLab.Tests.LocalAws;

/// <summary>LocalAws in front of another endpoint; here the other endpoint is a second LocalAws without a trail of its own.</summary>
public sealed class UpstreamTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_are_served_by_the_upstream_and_recorded_into_its_log_group()
    {
        await using var upstream = await LocalAwsHost.StartAsync([("LocalAws:Trail:Name", "")]);
        await using var front = await LocalAwsHost.StartAsync([("LocalAws:Upstream", upstream.Url)]);
        using var kms = front.Kms();

        var key = await kms.CreateKeyAsync(new CreateKeyRequest(), Cancellation);
        await kms.CreateAliasAsync(new CreateAliasRequest { AliasName = "alias/a", TargetKeyId = key.KeyMetadata.KeyId }, Cancellation);
        var encrypted = await kms.EncryptAsync(new EncryptRequest { KeyId = "alias/a", Plaintext = new([1, 2, 3]), EncryptionContext = new() { ["r"] = "1" } }, Cancellation);
        await Should.ThrowAsync<InvalidCiphertextException>(() => kms.DecryptAsync(
            new DecryptRequest { KeyId = "alias/a", CiphertextBlob = encrypted.CiphertextBlob, EncryptionContext = new() { ["r"] = "2" } }, Cancellation));

        using var direct = upstream.Kms();
        (await direct.ListKeysAsync(new ListKeysRequest(), Cancellation)).Keys.ShouldHaveSingleItem().KeyArn.ShouldBe(key.KeyMetadata.Arn);
        var records = await RecordsAsync(upstream, 4);
        records.Select(r => r["eventName"]!.GetValue<string>()).ShouldBe(["CreateKey", "CreateAlias", "Encrypt", "Decrypt"], ignoreOrder: true);
        var encrypt = records.Single(r => r["eventName"]!.GetValue<string>() == "Encrypt");
        encrypt["requestID"]!.GetValue<string>().ShouldBe(encrypted.ResponseMetadata.RequestId);
        encrypt["resources"]![0]!["ARN"]!.GetValue<string>().ShouldBe(key.KeyMetadata.Arn);
        encrypt["requestParameters"]!["encryptionContext"]!["r"]!.GetValue<string>().ShouldBe("1");
        var refused = records.Single(r => r["eventName"]!.GetValue<string>() == "Decrypt");
        refused["errorCode"]!.GetValue<string>().ShouldBe("InvalidCiphertextException");
        refused["resources"]![0]!["ARN"]!.GetValue<string>().ShouldBe(key.KeyMetadata.Arn);
    }

    [Fact]
    public async Task Log_events_pass_through_without_a_record()
    {
        await using var upstream = await LocalAwsHost.StartAsync([("LocalAws:Trail:Name", "")]);
        await using var front = await LocalAwsHost.StartAsync([("LocalAws:Upstream", upstream.Url)]);
        using var logs = Logs(front);
        await logs.CreateLogGroupAsync(new CreateLogGroupRequest { LogGroupName = "g" }, Cancellation);
        await logs.CreateLogStreamAsync(new CreateLogStreamRequest { LogGroupName = "g", LogStreamName = "s" }, Cancellation);

        await logs.PutLogEventsAsync(new PutLogEventsRequest { LogGroupName = "g", LogStreamName = "s", LogEvents = [new() { Message = "hello", Timestamp = TimeProvider.System.GetUtcNow().UtcDateTime }] }, Cancellation);

        using var direct = Logs(upstream);
        (await direct.FilterLogEventsAsync(new FilterLogEventsRequest { LogGroupName = "g" }, Cancellation)).Events.ShouldHaveSingleItem().Message.ShouldBe("hello");
        (await RecordsAsync(upstream, 2)).Select(r => r["eventName"]!.GetValue<string>()).ShouldBe(["CreateLogGroup", "CreateLogStream"], ignoreOrder: true);
    }

    [Fact]
    public async Task Upstream_down_is_a_502_in_AWSs_form_and_what_was_recorded_is_delivered_when_it_is_back()
    {
        var upstream = await LocalAwsHost.StartAsync([("LocalAws:Trail:Name", "")]);
        var url = upstream.Url;
        await using var front = await LocalAwsHost.StartAsync([("LocalAws:Upstream", url)]);
        // Recorded, but held back until the upstream is away.
        await PutDeliveryAsync(front, """{"stopped":true}""");
        using (var kms = front.Kms())
            await kms.CreateKeyAsync(new CreateKeyRequest(), Cancellation);
        await upstream.DisposeAsync();

        using var answer = await front.PostJsonAsync("kms", "TrentService.ListKeys", "{}");
        var error = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(Cancellation));
        await PutDeliveryAsync(front, "{}");
        await using var back = await LocalAwsHost.StartAsync([("LocalAws:Trail:Name", ""), ("LocalAws:Url", url)]);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        error.GetProperty("__type").GetString().ShouldBe("ServiceUnavailableException");
        (await RecordsAsync(back, 1)).ShouldHaveSingleItem()["eventName"]!.GetValue<string>().ShouldBe("CreateKey");
    }

    [Fact]
    public async Task Body_over_the_limit_is_a_413_in_AWSs_form()
    {
        await using var upstream = await LocalAwsHost.StartAsync();
        await using var front = await LocalAwsHost.StartAsync([("LocalAws:Upstream", upstream.Url), ("LocalAws:MaxRequestBody", "2048")]);

        using var answer = await front.PostJsonAsync("kms", "TrentService.CreateKey", $$"""{"Description":"{{new string('x', 4096)}}"}""");

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    private static async Task PutDeliveryAsync(LocalAwsHost aws, string settings)
    {
        using var http = aws.Http();
        using var answer = await http.PutAsync(new Uri("/_localaws/delivery", UriKind.Relative), new StringContent(settings, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")), Cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>The records in the upstream's group, once there are as many as expected.</summary>
    private static async Task<List<JsonNode>> RecordsAsync(LocalAwsHost upstream, int expected)
    {
        using var logs = Logs(upstream);
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var records = await ReadAsync(logs);
            if (records.Count >= expected || TimeProvider.System.GetElapsedTime(start) > Patience)
                return records;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        }
    }

    private static async Task<List<JsonNode>> ReadAsync(IAmazonCloudWatchLogs logs)
    {
        try
        {
            var page = await logs.FilterLogEventsAsync(new FilterLogEventsRequest { LogGroupName = "kmslab-trail" }, Cancellation);
            return [.. (page.Events ?? []).Select(e => JsonNode.Parse(e.Message)!)];
        }
        catch (ResourceNotFoundException)
        {
            return [];
        }
    }

    private static AmazonCloudWatchLogsClient Logs(LocalAwsHost aws) => new(LocalAwsHost.Credentials, aws.Configure(new AmazonCloudWatchLogsConfig()));
}
