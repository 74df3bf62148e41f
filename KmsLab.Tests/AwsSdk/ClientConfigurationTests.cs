using System.Diagnostics;
using Amazon;
using Amazon.CloudTrail;
using Amazon.CloudWatch;
using Amazon.CloudWatchLogs;
using Amazon.CloudWatchLogs.Model;
using Amazon.Runtime;
using Amazon.SimpleNotificationService;
using KmsLab.ServiceDefaults.Aws;

namespace KmsLab.Tests.AwsSdk;

public sealed class ClientConfigurationTests
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("eu-west-3", false, false, "https://logs.eu-west-3.amazonaws.com/")]
    [InlineData("eu-west-3", true, false, "https://logs-fips.eu-west-3.amazonaws.com/")]
    [InlineData("eu-west-3", false, true, "https://logs.eu-west-3.api.aws/")]
    [InlineData("cn-north-1", false, false, "https://logs.cn-north-1.amazonaws.com.cn/")]
    [InlineData("us-gov-west-1", true, false, "https://logs.us-gov-west-1.amazonaws.com/")]
    public void Endpoint_follows_region_fips_and_dual_stack(string region, bool fips, bool dualStack, string expected)
    {
        var config = new AmazonCloudWatchLogsConfig { RegionEndpoint = RegionEndpoint.GetBySystemName(region), UseFIPSEndpoint = fips, UseDualstackEndpoint = dualStack };
        using var client = new AmazonCloudWatchLogsClient(new BasicAWSCredentials("a", "b"), config);

        new Uri(client.DetermineServiceOperationEndpoint(new FilterLogEventsRequest()).URL).ToString().ShouldBe(expected);
    }

    [Fact]
    public void Services_have_the_ids_that_the_environment_names_them_by()
    {
        AmazonCloudWatchLogsConfig.ServiceId.ShouldBe("CloudWatch Logs");
        AmazonCloudTrailConfig.ServiceId.ShouldBe("CloudTrail");
        AmazonCloudWatchConfig.ServiceId.ShouldBe("CloudWatch");
        AmazonSimpleNotificationServiceConfig.ServiceId.ShouldBe("SNS");
    }

    [Fact]
    public async Task Clients_are_created_by_the_sdks_own_registration()
    {
        await using var server = await WireServer.StartAsync("{}");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AWS:ServiceURL"] = server.Url.ToString(),
            ["AWS:Region"] = "us-east-1",
            ["AWS:AccessKeyId"] = "AKIALABSENTINEL00000",
            ["AWS:SecretAccessKey"] = "x",
        });
        builder.AddAwsClient<IAmazonCloudWatchLogs>().AddAwsClient<IAmazonCloudTrail>().AddAwsClient<IAmazonCloudWatch>().AddAwsClient<IAmazonSimpleNotificationService>();
        using var host = builder.Build();

        await host.Services.GetRequiredService<IAmazonCloudWatchLogs>().DescribeLogGroupsAsync(new(), Cancelled);
        await host.Services.GetRequiredService<IAmazonCloudTrail>().GetTrailAsync(new() { Name = "kmslab" }, Cancelled);
        await host.Services.GetRequiredService<IAmazonCloudWatch>().DescribeAlarmsAsync(new(), Cancelled);

        server.Requests.Select(r => r.Headers["Authorization"].Split(',')[0].Split('/')).ShouldAllBe(scope =>
            scope[0].EndsWith("=AKIALABSENTINEL00000") && scope[2] == "us-east-1");
        server.Requests.Select(r => r.Headers["Authorization"].Split('/')[3]).ShouldBe(["logs", "cloudtrail", "monitoring"]);
        host.Services.GetRequiredService<IAmazonSimpleNotificationService>().Config.AuthenticationRegion.ShouldBe("us-east-1");
    }

    [Theory]
    [InlineData("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "AWS_ENDPOINT_URL")]
    [InlineData("AWS_ENDPOINT_URL", "AWS_UNRELATED")]
    public async Task Endpoint_is_taken_from_the_environment(string variable, string other)
    {
        await using var server = await WireServer.StartAsync("{}");
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "KmsLab.Tests"), ["-method", $"{typeof(ClientConfigurationTests).FullName}.{nameof(Child_calls_whatever_the_environment_says)}", "-explicit", "only"])
        {
            RedirectStandardOutput = true,
            Environment =
            {
                ["AWS_REGION"] = "eu-west-3", ["AWS_ACCESS_KEY_ID"] = "AKIATEST", ["AWS_SECRET_ACCESS_KEY"] = "x", ["AWS_EC2_METADATA_DISABLED"] = "true",
                [other] = "http://127.0.0.1:1", [variable] = server.Url.ToString(),
            },
        };

        using var child = Process.Start(start)!;
        var output = await child.StandardOutput.ReadToEndAsync(Cancelled);
        await child.WaitForExitAsync(Cancelled);

        child.ExitCode.ShouldBe(0, output);
        server.Requests.ShouldHaveSingleItem().Headers["Authorization"].ShouldContain("/eu-west-3/logs/");
    }

    [Fact(Explicit = true)]
    public async Task Child_calls_whatever_the_environment_says()
    {
        using var client = new AmazonCloudWatchLogsClient();
        await client.DescribeLogGroupsAsync(new(), Cancelled);
    }
}
