using System.Text.Json.Nodes;
using Amazon.KeyManagementService.Model;
using KmsLab.Tests.LocalAws;

namespace KmsLab.Tests.Sentinel;

/// <summary>What no record told, against LocalAws: policies that drifted, and keys that were tagged before Sentinel's first record.</summary>
public sealed class KeySurveyOnLocalAwsTests
{
    private const string OpenToAnother = """
        {"Version":"2012-10-17","Statement":[
          {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"kms:*","Resource":"*"},
          {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999999999999:root"},"Action":"kms:Decrypt","Resource":"*"}]}
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Policy_that_opens_a_protected_key_is_found_though_the_trail_records_nothing()
    {
        await using var aws = await LocalAwsHost.StartAsync([("LocalAws:Trail:Name", "")]);
        using var kms = aws.Kms();
        var key = (await kms.CreateKeyAsync(new(), Cancellation)).KeyMetadata.Arn;
        await using var sentinel = await StartAsync(aws, ("Sentinel:ProtectedSets:vault:Keys:0", key));
        await HistoryAsync(aws, "ListGrants", key);

        await kms.PutKeyPolicyAsync(new() { KeyId = key, PolicyName = "default", Policy = OpenToAnother }, Cancellation);

        var alarms = await sentinel.JsonAsync("/api/alarms", alarms => alarms.AsArray().Any(alarm => alarm!["detection"]!.GetValue<string>() == "key-exposure"));
        alarms.AsArray().First(alarm => alarm!["detection"]!.GetValue<string>() == "key-exposure")!["why"]!.GetValue<string>().ShouldContain("999999999999");
    }

    [Fact]
    public async Task Key_that_was_tagged_before_the_first_record_is_protected()
    {
        await using var aws = await LocalAwsHost.StartAsync([("LocalAws:Trail:Name", "")]);
        using var kms = aws.Kms();
        await kms.CreateKeyAsync(new(), Cancellation);
        var tagged = (await kms.CreateKeyAsync(new CreateKeyRequest { Tags = [new() { TagKey = "kmslab:set", TagValue = "vault" }] }, Cancellation)).KeyMetadata.Arn;
        await using var sentinel = await StartAsync(aws, ("Sentinel:ProtectedSets:vault:Tag", "kmslab:set=vault"));

        await sentinel.JsonAsync("/api/status", status => status["guard"]!["baseline"]!.AsArray().Any(fact => IsState(fact!, tagged)));
        (await sentinel.JsonAsync("/api/status"))["guard"]!["baseline"]!.AsArray().Count(fact => fact!["aspect"]!.GetValue<string>() == "state").ShouldBe(1);
    }

    /// <summary>Nothing was recorded of the key before: it is found where its Region is named, or as soon as any record comes from there.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Key_of_another_Region_that_was_tagged_before_the_first_record_is_protected(bool isNamed)
    {
        const string Region = "eu-west-1";
        await using var aws = await LocalAwsHost.StartAsync([]);
        using var kms = aws.Kms(region: Region);
        var tagged = (await kms.CreateKeyAsync(new CreateKeyRequest { Tags = [new() { TagKey = "kmslab:set", TagValue = "vault" }] }, Cancellation)).KeyMetadata.Arn;
        tagged.ShouldContain($":{Region}:");
        await using var sentinel = await StartAsync(
            aws, ("Sentinel:LogGroups:0", "kmslab-trail"), ("Sentinel:EventHistory", "false"), ("Sentinel:EventSources:0", "kms.amazonaws.com"), ("Sentinel:HeadWindow", "00:00:01"),
            ("Sentinel:ProtectedSets:vault:Tag", "kmslab:set=vault"), ("Sentinel:Guard:Regions:0", isNamed ? Region : LocalAwsHost.Region));
        if (!isNamed)
            await kms.ListAliasesAsync(new ListAliasesRequest(), Cancellation);
        await HistoryAsync(aws, "ListGrants", tagged, Region);

        await kms.DisableKeyAsync(new DisableKeyRequest { KeyId = tagged }, Cancellation);

        await sentinel.JsonAsync("/api/alarms", alarms => alarms.AsArray().Any(alarm => alarm!["detection"]!.GetValue<string>() == "key-tampering"));
    }

    private static bool IsState(JsonNode fact, string key) => fact["aspect"]!.GetValue<string>() == "state" && fact["resource"]!.GetValue<string>() == key;

    /// <summary>Waits until Sentinel has asked.</summary>
    private static async Task HistoryAsync(LocalAwsHost aws, string operation, string key, string region = LocalAwsHost.Region)
    {
        using var cloudTrail = new Amazon.CloudTrail.AmazonCloudTrailClient(LocalAwsHost.Credentials, aws.Configure(new Amazon.CloudTrail.AmazonCloudTrailConfig(), region));
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var page = await cloudTrail.LookupEventsAsync(
                new() { LookupAttributes = [new() { AttributeKey = Amazon.CloudTrail.LookupAttributeKey.ResourceName, AttributeValue = key }] }, Cancellation);
            if (page.Events?.Exists(item => item.EventName == operation) == true)
                return;
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(30), $"{operation} was never called");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
        }
    }

    private static Task<SentinelHost> StartAsync(LocalAwsHost aws, params (string, string?)[] settings) => SentinelHost.StartAsync(
        aws.Url,
        [
            ("Sentinel:LogGroups:0", null),
            ("Sentinel:EventHistory", "true"),
            ("Sentinel:EventSources:0", "logs.amazonaws.com"),
            ("Sentinel:Guard:Enabled", "true"),
            ("Sentinel:Guard:Interval", "00:00:00.300"),
            ("Sentinel:Guard:SurveyInterval", "00:00:01"),
            .. settings,
        ]);
}
