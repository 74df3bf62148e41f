using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Amazon.CloudWatchLogs;
using Amazon.CloudWatchLogs.Model;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;

namespace KmsLab.Tests.EndToEnd;

/// <summary>LocalAws killed with -9 under load: what it acknowledged is there after a restart, and the trail's books balance.</summary>
public sealed class LocalAwsKillTests
{
    private const int Kills = 4;
    private const int Workers = 8;
    private const string LogGroup = "kill-test";

    private readonly ConcurrentQueue<Acknowledged> _acknowledged = new();

    [Fact]
    public async Task Nothing_acknowledged_is_lost_and_each_call_has_exactly_one_record()
    {
        using var folder = new TempFolder();
        for (var kill = 0; kill < Kills; kill++)
        {
            var address = new Uri($"http://127.0.0.1:{LabProcess.FreePort()}");
            using var server = await StartAsync(folder, address);
            await LoadUntilKilledAsync(server, address, afterCalls: 150 + (kill * 137));
        }

        var last = new Uri($"http://127.0.0.1:{LabProcess.FreePort()}");
        using var survivor = await StartAsync(folder, last);
        using var kms = Kms(last);
        using var logs = Logs(last);
        _acknowledged.Count.ShouldBeGreaterThan(Kills * 150);
        await EveryCiphertextIsReadableAsync(kms);
        await EveryLogEventIsThereAsync(logs);
        await EveryCallHasOneRecordAsync(logs);
    }

    private static async Task<LabProcess> StartAsync(TempFolder folder, Uri address)
    {
        var server = LabProcess.Start([$"--LocalAws:Url={address}", $"--LocalAws:DataDirectory={folder.Path}"], program: "KmsLab.LocalAws");
        await server.WaitForAsync(address);
        return server;
    }

    private async Task LoadUntilKilledAsync(LabProcess server, Uri address, int afterCalls)
    {
        var target = _acknowledged.Count + afterCalls;
        using var logs = Logs(address);
        await CreateLogStreamAsync(logs);
        var workers = Enumerable.Range(0, Workers).Select(worker => Task.Run(() => CallUntilRefusedAsync(address, logs, worker))).ToList();
        while (_acknowledged.Count < target)
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        server.Kill();
        await Task.WhenAll(workers);
    }

    private static async Task CreateLogStreamAsync(IAmazonCloudWatchLogs logs)
    {
        try
        {
            await logs.CreateLogGroupAsync(new CreateLogGroupRequest { LogGroupName = LogGroup });
            await logs.CreateLogStreamAsync(new CreateLogStreamRequest { LogGroupName = LogGroup, LogStreamName = "s" });
        }
        catch (ResourceAlreadyExistsException)
        {
            // From the life before the last kill: just what this test is about.
        }
    }

    /// <summary>Creates a key, an alias, a ciphertext and a log event, over and over, and notes down each only once it was acknowledged.</summary>
    private async Task CallUntilRefusedAsync(Uri address, IAmazonCloudWatchLogs logs, int worker)
    {
        using var kms = Kms(address);
        try
        {
            while (true)
            {
                var id = $"{worker}-{Guid.NewGuid():N}";
                var key = await kms.CreateKeyAsync(new CreateKeyRequest { Description = id });
                _acknowledged.Enqueue(new(key.ResponseMetadata.RequestId));
                var alias = await kms.CreateAliasAsync(new CreateAliasRequest { AliasName = $"alias/{id}", TargetKeyId = key.KeyMetadata.KeyId });
                _acknowledged.Enqueue(new(alias.ResponseMetadata.RequestId));
                var encrypted = await kms.EncryptAsync(new EncryptRequest { KeyId = $"alias/{id}", Plaintext = new(Encoding.UTF8.GetBytes(id)) });
                _acknowledged.Enqueue(new(encrypted.ResponseMetadata.RequestId) { Ciphertext = encrypted.CiphertextBlob.ToArray(), Text = id });
                await logs.PutLogEventsAsync(new PutLogEventsRequest
                {
                    LogGroupName = LogGroup,
                    LogStreamName = "s",
                    LogEvents = [new InputLogEvent { Message = id, Timestamp = TimeProvider.System.GetUtcNow().UtcDateTime }],
                });
                _acknowledged.Enqueue(new(RequestId: null) { LogEvent = id });
            }
        }
        catch (Exception error) when (error is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            // The server is gone: what was under way was not acknowledged, and may or may not be there.
        }
    }

    private async Task EveryCiphertextIsReadableAsync(IAmazonKeyManagementService kms)
    {
        foreach (var call in _acknowledged.Where(call => call.Ciphertext is not null))
        {
            var answer = await kms.DecryptAsync(new DecryptRequest { CiphertextBlob = new(call.Ciphertext!), KeyId = $"alias/{call.Text}" }, TestContext.Current.CancellationToken);
            Encoding.UTF8.GetString(answer.Plaintext.ToArray()).ShouldBe(call.Text);
        }
    }

    private async Task EveryLogEventIsThereAsync(IAmazonCloudWatchLogs logs)
    {
        var messages = (await ReadAsync(logs, LogGroup)).ToHashSet();
        _acknowledged.Where(call => call.LogEvent is not null).ShouldAllBe(call => messages.Contains(call.LogEvent!));
    }

    private async Task EveryCallHasOneRecordAsync(IAmazonCloudWatchLogs logs)
    {
        var recorded = (await ReadAsync(logs, "kmslab-trail")).Select(message => JsonNode.Parse(message)!).ToList();
        var records = recorded.Where(r => r["requestID"] is not null).GroupBy(r => r["requestID"]!.GetValue<string>()).ToDictionary(group => group.Key, group => group.Count());
        _acknowledged.Where(call => call.RequestId is not null).ShouldAllBe(call => records.GetValueOrDefault(call.RequestId!) == 1);
        recorded.Select(r => r["eventID"]!.GetValue<string>()).ShouldBeUnique();
    }

    private static async Task<List<string>> ReadAsync(IAmazonCloudWatchLogs logs, string group)
    {
        List<string> messages = [];
        var request = new FilterLogEventsRequest { LogGroupName = group };
        do
        {
            var page = await logs.FilterLogEventsAsync(request, TestContext.Current.CancellationToken);
            messages.AddRange((page.Events ?? []).Select(e => e.Message));
            request.NextToken = page.NextToken;
        }
        while (request.NextToken is not null);

        return messages;
    }

    private static AmazonKeyManagementServiceClient Kms(Uri address) => new(
        new BasicAWSCredentials("AKIAKILLTEST", "x"), new AmazonKeyManagementServiceConfig { ServiceURL = address.ToString(), AuthenticationRegion = "us-east-1", MaxErrorRetry = 0 });

    private static AmazonCloudWatchLogsClient Logs(Uri address) => new(
        new BasicAWSCredentials("AKIAKILLTEST", "x"), new AmazonCloudWatchLogsConfig { ServiceURL = address.ToString(), AuthenticationRegion = "us-east-1", MaxErrorRetry = 0 });

    /// <summary>A call that LocalAws answered with success.</summary>
    private sealed record Acknowledged(string? RequestId)
    {
        public byte[]? Ciphertext { get; init; }

        public string? Text { get; init; }

        public string? LogEvent { get; init; }
    }
}
