using System.Globalization;
using Amazon.CloudWatchLogs;
using Amazon.CloudWatchLogs.Model;

namespace KmsLab.Tests.Sentinel.Sources;

/// <summary>Pours records into a stream of a log group by PutLogEvents, as anybody may who has the right to: calls of KMS with keys and principals of its own.</summary>
internal sealed class FloodWriter(IAmazonCloudWatchLogs logs, string group, string stream)
{
    /// <summary>What all of them do.</summary>
    public const string Operation = "GenerateDataKey";

    private const int Keys = 40;
    private const int Principals = 75;
    private const int RecordsABatch = 750;

    private static readonly string Padding = new('x', 250);

    /// <summary>How many have been accepted.</summary>
    public int Written { get; private set; }

    /// <summary>Writes so many, each batch stamped with the time at which it is written.</summary>
    public async Task WriteAsync(int records, TimeProvider time, CancellationToken cancellationToken)
    {
        await logs.CreateLogStreamAsync(new() { LogGroupName = group, LogStreamName = stream }, cancellationToken);
        while (Written < records)
        {
            var at = time.GetUtcNow();
            var count = Math.Min(RecordsABatch, records - Written);
            await PutAsync(
                new()
                {
                    LogGroupName = group,
                    LogStreamName = stream,
                    LogEvents = [.. Enumerable.Range(Written, count).Select(n => new InputLogEvent { Message = Record(n, at), Timestamp = at.UtcDateTime })],
                },
                time,
                cancellationToken);
            Written += count;
        }
    }

    private async Task PutAsync(PutLogEventsRequest request, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await logs.PutLogEventsAsync(request, cancellationToken);
                return;
            }
            catch (AmazonCloudWatchLogsException throttled) when (throttled.ErrorCode == "ThrottlingException")
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken);
            }
        }
    }

    /// <summary>One of them.</summary>
    public static string Record(int n, DateTimeOffset at)
    {
        var principal = n / Keys % Principals;
        return $$$"""
            {"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROAFLOOD{{{principal:D3}}}:s",
            "arn":"arn:aws:sts::000000000000:assumed-role/flood-{{{principal}}}/s","accountId":"000000000000","accessKeyId":"ASIAFLOOD",
            "sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAFLOOD{{{principal:D3}}}","arn":"arn:aws:iam::000000000000:role/flood-{{{principal}}}",
            "accountId":"000000000000","userName":"flood-{{{principal}}}"},"attributes":{"mfaAuthenticated":"false"} } },
            "eventTime":"{{{at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}}}","eventSource":"kms.amazonaws.com",
            "eventName":"{{{Operation}}}","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.10","userAgent":"{{{Padding}}}",
            "requestParameters":{"keySpec":"AES_256"},"responseElements":null,"requestID":"{{{Guid.NewGuid()}}}","eventID":"{{{Guid.NewGuid()}}}","readOnly":true,
            "resources":[{"accountId":"000000000000","type":"AWS::KMS::Key","ARN":"arn:aws:kms:us-east-1:000000000000:key/f100d000-0000-0000-0000-{{{n % Keys:D12}}}"}],
            "eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"000000000000","eventCategory":"Management"}
            """;
    }
}
