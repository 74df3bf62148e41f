using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace KmsLab.Tests.LocalAws;

/// <summary>Every ARN is of its Region's partition.</summary>
public sealed class PartitionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Regions => new()
    {
        { "eu-west-1", "aws" },
        { "cn-north-1", "aws-cn" },
        { "us-gov-west-1", "aws-us-gov" },
        { "us-iso-east-1", "aws-iso" },
        { "us-isob-east-1", "aws-iso-b" },
        { "eu-isoe-west-1", "aws-iso-e" },
        { "us-isof-south-1", "aws-iso-f" },
        { "eusc-de-east-1", "aws-eusc" },
    };

    [Theory]
    [MemberData(nameof(Regions))]
    public async Task Arns_of_every_service_are_of_the_regions_partition(string region, string partition)
    {
        await using var aws = await LocalAwsHost.StartAsync([("LocalAws:Region", region)]);
        var caller = new Caller(aws, region);
        var key = (await caller.JsonAsync("kms", "TrentService.CreateKey", "{}"))["KeyMetadata"]!["Arn"]!.GetValue<string>();
        await caller.JsonAsync("kms", "TrentService.CreateAlias", $$"""{"AliasName":"alias/a","TargetKeyId":"{{key}}"}""");
        await caller.JsonAsync("logs", "Logs_20140328.CreateLogGroup", """{"logGroupName":"g"}""");
        await caller.JsonAsync(
            "monitoring", "GraniteServiceVersion20100801.PutMetricAlarm",
            """{"AlarmName":"a","Namespace":"n","MetricName":"m","Statistic":"Sum","Period":60,"EvaluationPeriods":1,"Threshold":1,"ComparisonOperator":"GreaterThanThreshold"}""");

        string[] answers =
        [
            key,
            (await caller.JsonAsync("kms", "TrentService.ListAliases", "{}")).ToJsonString(),
            (await caller.JsonAsync("kms", "TrentService.GetKeyPolicy", $$"""{"KeyId":"{{key}}"}"""))["Policy"]!.GetValue<string>(),
            (await caller.JsonAsync("logs", "Logs_20140328.DescribeLogGroups", "{}")).ToJsonString(),
            (await caller.JsonAsync("monitoring", "GraniteServiceVersion20100801.DescribeAlarms", "{}")).ToJsonString(),
            (await caller.JsonAsync("cloudtrail", "CloudTrail_20131101.DescribeTrails", "{}")).ToJsonString(),
            await caller.QueryAsync("sns", "Action=CreateTopic&Name=t"),
            await caller.QueryAsync("sts", "Action=GetCallerIdentity"),
            await caller.QueryAsync("sts", $"Action=AssumeRole&RoleSessionName=s1&RoleArn=arn:{partition}:iam::000000000000:role/r"),
            (await caller.JsonAsync("cloudtrail", "CloudTrail_20131101.LookupEvents", """{"LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":"CreateKey"}]}""")).ToJsonString(),
        ];

        foreach (var answer in answers)
        {
            answer.ShouldContain($"arn:{partition}:");
            if (partition != "aws")
                answer.ShouldNotContain("arn:aws:");
        }
    }

    [Fact]
    public async Task State_of_an_older_version_gets_the_partition()
    {
        await using var aws = await LocalAwsHost.StartAsync([("LocalAws:Region", "cn-north-1")]);
        var caller = new Caller(aws, "cn-north-1");
        await caller.QueryAsync("sns", "Action=CreateTopic&Name=old");
        await caller.QueryAsync("sns", "Action=Subscribe&Protocol=sms&Endpoint=%2B15551234567&TopicArn=arn:aws-cn:sns:cn-north-1:000000000000:old");

        await aws.RestartAsync(beforeStart: () => MakeOlder(aws.DataDirectory));

        (await caller.QueryAsync("sns", "Action=ListSubscriptionsByTopic&TopicArn=arn:aws-cn:sns:cn-north-1:000000000000:old")).ShouldContain("+15551234567");
        var trail = (await caller.JsonAsync("cloudtrail", "CloudTrail_20131101.DescribeTrails", "{}"))["trailList"]![0]!;
        trail["CloudWatchLogsLogGroupArn"]!.GetValue<string>().ShouldStartWith("arn:aws-cn:logs:");
    }

    /// <summary>Makes a state file as it was before ARNs had partitions.</summary>
    private static void MakeOlder(string directory)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(directory, "localaws.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            UPDATE documents SET id = replace(id, 'arn:aws-cn:', 'arn:aws:'), body = CAST(replace(CAST(body AS TEXT), 'arn:aws-cn:', 'arn:aws:') AS BLOB);
            UPDATE schema_versions SET version = 1 WHERE name = 'documents';
            """;
        command.ExecuteNonQuery().ShouldBeGreaterThan(2);
    }

    /// <summary>Calls a LocalAws in a Region.</summary>
    private sealed class Caller(LocalAwsHost aws, string region)
    {
        public async Task<JsonNode> JsonAsync(string service, string target, string body)
        {
            var text = await SendAsync(service, target, new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-amz-json-1.1")));
            return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
        }

        public Task<string> QueryAsync(string service, string form) =>
            SendAsync(service, null, new StringContent(form, new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-www-form-urlencoded")));

        private async Task<string> SendAsync(string service, string? target, HttpContent content)
        {
            using var http = aws.Http();
            using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = content };
            if (target is not null)
                request.Headers.TryAddWithoutValidation("X-Amz-Target", target);
            request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential=AKIALAB/20260101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=00");
            using var response = await http.SendAsync(request, Cancel);
            var text = await response.Content.ReadAsStringAsync(Cancel);
            response.IsSuccessStatusCode.ShouldBeTrue(text);
            return text;
        }
    }
}
