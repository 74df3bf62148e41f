using System.Text.Json;
using Amazon.KeyManagementService.Model;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.LocalAws;

public sealed class TrailDeliveryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Record_arrives_in_the_log_group_of_the_provisioned_trail()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        using var kms = aws.Kms();

        var answer = await kms.ListKeysAsync(new ListKeysRequest(), Cancel);

        var delivered = (await aws.DeliveredAsync(records => records.Count >= 1)).Single();
        delivered.Stream.ShouldBe("000000000000_CloudTrail_us-east-1");
        delivered.Record.GetProperty("requestID").GetString().ShouldBe(answer.ResponseMetadata.RequestId);
    }

    [Fact]
    public async Task Each_record_arrives_once_and_what_was_pending_arrives_after_a_restart()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await CallAsync(aws, 20);
        await aws.DeliveredAsync(records => records.Count >= 20);
        await PutAsync(aws, """{"stopped":true,"delay":"00:00:00.001"}""");
        await CallAsync(aws, 5);

        await aws.RestartAsync();
        await CallAsync(aws, 1);

        var delivered = await aws.DeliveredAsync(records => records.Count >= 26);
        delivered.Count.ShouldBe(26);
        delivered.Select(item => Id(item.Record)).Distinct().Count().ShouldBe(26);
    }

    [Fact]
    public async Task Delayed_records_arrive_when_due_and_not_before()
    {
        var time = new FakeTimeProvider(new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
        await using var aws = await LocalAwsHost.StartAsync([("LocalAws:Delivery:Delay", "00:05:00"), ("LocalAws:Delivery:MaxDelay", "00:10:00"), ("LocalAws:Delivery:Seed", "7")], time);
        await CallAsync(aws, 10);

        time.Advance(TimeSpan.FromMinutes(4));
        aws.Delivered().ShouldBeEmpty();
        time.Advance(TimeSpan.FromMinutes(6));

        var delivered = await aws.DeliveredAsync(records => records.Count >= 10);
        delivered.Count.ShouldBe(10);
    }

    [Fact]
    public async Task Restart_in_the_midst_of_a_delay_neither_loses_nor_repeats()
    {
        var time = new FakeTimeProvider(new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
        await using var aws = await LocalAwsHost.StartAsync([("LocalAws:Delivery:Delay", "00:00:00"), ("LocalAws:Delivery:MaxDelay", "00:10:00"), ("LocalAws:Delivery:Seed", "7")], time);
        await CallAsync(aws, 40);
        time.Advance(TimeSpan.FromMinutes(5));
        var before = await aws.DeliveredAsync(records => records.Count >= 5);

        await aws.RestartAsync();
        time.Advance(TimeSpan.FromMinutes(20));

        var after = await aws.DeliveredAsync(records => records.Count >= 40);
        before.Count.ShouldBeLessThan(40);
        after.Count.ShouldBe(40);
        after.Select(item => Id(item.Record)).Distinct().Count().ShouldBe(40);
    }

    [Fact]
    public async Task Duplicates_disorder_and_streams_come_as_asked()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await PutAsync(aws, """{"stopped":true,"duplicatePercent":100,"shuffle":true,"streams":3,"seed":1}""");
        await CallAsync(aws, 30);
        await PutAsync(aws, """{"duplicatePercent":100,"shuffle":true,"streams":3,"seed":1}""");

        var delivered = await aws.DeliveredAsync(records => records.Count >= 60);

        delivered.Count.ShouldBe(60);
        delivered.GroupBy(item => Id(item.Record)).ShouldAllBe(group => group.Count() == 2);
        delivered.Select(item => item.Stream).Distinct().Count().ShouldBe(3);
        var names = delivered.DistinctBy(item => Id(item.Record)).Select(item => item.Record.GetProperty("requestParameters").GetProperty("limit").GetInt32()).ToList();
        names.ShouldNotBe(names.Order().ToList());
    }

    [Theory]
    [InlineData("""{"streams":0}""", "Streams")]
    [InlineData("""{"duplicatePercent":101}""", "DuplicatePercent")]
    [InlineData("""{"delay":"x"}""", "$")]
    [InlineData("nonsense", "$")]
    public async Task Wrong_delivery_options_are_refused_by_name(string body, string named)
    {
        await using var aws = await LocalAwsHost.StartAsync();
        using var http = aws.Http();

        using var response = await http.PutAsync("/_localaws/delivery", new StringContent(body), Cancel);

        ((int)response.StatusCode).ShouldBe(400);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain(named);
    }

    [Fact]
    public async Task Stopped_trail_records_its_own_stop_and_nothing_after_until_it_is_started_again()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await CloudTrailAsync(aws, "StopLogging", """{"Name":"kmslab"}""");
        await CallAsync(aws, 3);
        (await CloudTrailAsync(aws, "GetTrailStatus", """{"Name":"kmslab"}""")).GetProperty("IsLogging").GetBoolean().ShouldBeFalse();
        await CloudTrailAsync(aws, "StartLogging", """{"Name":"kmslab"}""");
        await CallAsync(aws, 1);

        var delivered = await aws.DeliveredAsync(records => records.Exists(item => Name(item.Record) == "ListKeys"));

        delivered.Select(item => Name(item.Record)).ShouldBe(["StopLogging", "StartLogging", "ListKeys"]);
        (await aws.LookupAsync("ListKeys")).Count.ShouldBe(4);
    }

    [Fact]
    public async Task Excluded_source_is_not_delivered_but_stands_in_the_history()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await CloudTrailAsync(aws, "PutEventSelectors", """{"TrailName":"kmslab","EventSelectors":[{"ExcludeManagementEventSources":["kms.amazonaws.com"]}]}""");
        await CallAsync(aws, 2);
        await CloudTrailAsync(aws, "ListTrails", "{}");

        var delivered = await aws.DeliveredAsync(records => records.Exists(item => Name(item.Record) == "ListTrails"));

        delivered.Select(item => Name(item.Record)).ShouldBe(["PutEventSelectors", "ListTrails"]);
        (await aws.LookupAsync("ListKeys")).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("""[{"FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]},{"Field":"eventSource","NotEquals":["kms.amazonaws.com"]}]}]""", false)]
    [InlineData("""[{"FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]},{"Field":"readOnly","Equals":["false"]}]}]""", false)]
    [InlineData("""[{"FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]},{"Field":"eventName","StartsWith":["List"]}]}]""", true)]
    public async Task Advanced_selectors_are_obeyed(string selectors, bool isDelivered)
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await CloudTrailAsync(aws, "PutEventSelectors", $$"""{"TrailName":"kmslab","AdvancedEventSelectors":{{selectors}}}""");
        await CallAsync(aws, 1);
        await CloudTrailAsync(aws, "PutEventSelectors", """{"TrailName":"kmslab","EventSelectors":[{"ReadWriteType":"All"}]}""");

        var delivered = await aws.DeliveredAsync(records => records.Count(item => Name(item.Record) == "PutEventSelectors") == 2);

        delivered.Exists(item => Name(item.Record) == "ListKeys").ShouldBe(isDelivered);
    }

    private static async Task CallAsync(LocalAwsHost aws, int count)
    {
        using var kms = aws.Kms();
        for (var i = 0; i < count; i++)
            await kms.ListKeysAsync(new ListKeysRequest { Limit = i + 1 }, Cancel);
    }

    private static async Task PutAsync(LocalAwsHost aws, string body)
    {
        using var http = aws.Http();
        (await http.PutAsync("/_localaws/delivery", new StringContent(body), Cancel)).EnsureSuccessStatusCode();
    }

    private static async Task<JsonElement> CloudTrailAsync(LocalAwsHost aws, string operation, string body)
    {
        using var response = await aws.PostJsonAsync("cloudtrail", $"com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.{operation}", body);
        var json = await TrailReader.ReadAsync(response);
        response.IsSuccessStatusCode.ShouldBeTrue(json.GetRawText());
        return json;
    }

    private static string Id(JsonElement record) => record.GetProperty("eventID").GetString()!;

    private static string Name(JsonElement record) => record.GetProperty("eventName").GetString()!;
}
