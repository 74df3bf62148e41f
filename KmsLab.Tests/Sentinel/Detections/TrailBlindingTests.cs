using System.Text.Json.Nodes;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;
using static KmsLab.Tests.Sentinel.Detections.DetectionBench;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>trail-blinding, on records shaped as CloudTrail, Logs, S3, SNS, CloudWatch, KMS and IAM write them.</summary>
public sealed class TrailBlindingTests(PostgresCluster cluster)
{
    private const string Trail = $"arn:aws:cloudtrail:{TestRecords.Region}:{TestRecords.Account}:trail/kmslab";
    private const string Group = $"arn:aws:logs:{TestRecords.Region}:{TestRecords.Account}:log-group:kmslab-trail";
    private const string Topic = $"arn:aws:sns:{TestRecords.Region}:{TestRecords.Account}:alarms";
    private const string DeliveryRole = $"arn:aws:iam::{TestRecords.Account}:role/trail/to-logs";

    public static TheoryData<string, string, bool> Selectors => new()
    {
        { "everything", """{"eventSelectors":[{"readWriteType":"All","includeManagementEvents":true,"dataResources":[],"excludeManagementEventSources":[]}]}""", false },
        { "everything by default", """{"eventSelectors":[{}]}""", false },
        { "everything but another source", """{"eventSelectors":[{"includeManagementEvents":true,"excludeManagementEventSources":["rdsdata.amazonaws.com"]}]}""", false },
        { "everything but KMS", """{"eventSelectors":[{"readWriteType":"All","includeManagementEvents":true,"excludeManagementEventSources":["kms.amazonaws.com"]}]}""", true },
        { "writes", """{"eventSelectors":[{"readWriteType":"WriteOnly","includeManagementEvents":true}]}""", true },
        { "reads", """{"eventSelectors":[{"readWriteType":"ReadOnly","includeManagementEvents":true}]}""", true },
        { "reads and writes apart", """{"eventSelectors":[{"readWriteType":"ReadOnly"},{"readWriteType":"WriteOnly"}]}""", false },
        { "no management events", """{"eventSelectors":[{"readWriteType":"ReadOnly","includeManagementEvents":false,"dataResources":[{"type":"AWS::S3::Object","values":[]}]}]}""", true },
        { "nothing", """{"eventSelectors":[]}""", true },
        { "all management events", """{"advancedEventSelectors":[{"name":"a","fieldSelectors":[{"field":"eventCategory","equals":["Management"]}]}]}""", false },
        { "all but KMS", """{"advancedEventSelectors":[{"fieldSelectors":[{"field":"eventCategory","equals":["Management"]},{"field":"eventSource","notEquals":["kms.amazonaws.com","rdsdata.amazonaws.com"]}]}]}""", true },
        { "all but a prefix of KMS", """{"advancedEventSelectors":[{"fieldSelectors":[{"field":"eventCategory","equals":["Management"]},{"field":"eventSource","notStartsWith":["kms"]}]}]}""", true },
        { "all but another source", """{"advancedEventSelectors":[{"fieldSelectors":[{"field":"eventCategory","equals":["Management"]},{"field":"eventSource","notEquals":["rdsdata.amazonaws.com"]}]}]}""", false },
        { "advanced writes", """{"advancedEventSelectors":[{"fieldSelectors":[{"field":"eventCategory","equals":["Management"]},{"field":"readOnly","equals":["false"]}]}]}""", true },
        { "advanced reads and writes apart", """{"advancedEventSelectors":[{"fieldSelectors":[{"field":"eventCategory","equals":["Management"]},{"field":"readOnly","equals":["false"]}]},{"fieldSelectors":[{"field":"eventCategory","equals":["Management"]},{"field":"readOnly","equals":["true"]}]}]}""", false },
        { "all but Decrypt", """{"advancedEventSelectors":[{"fieldSelectors":[{"field":"eventCategory","equals":["Management"]},{"field":"eventName","notEquals":["Decrypt"]}]}]}""", true },
        { "all but one caller", """{"advancedEventSelectors":[{"fieldSelectors":[{"field":"eventCategory","equals":["Management"]},{"field":"userIdentity.arn","notStartsWith":["arn:aws:sts::000000000000:assumed-role/x"]}]}]}""", true },
        { "data events", """{"advancedEventSelectors":[{"fieldSelectors":[{"field":"eventCategory","equals":["Data"]},{"field":"resources.type","equals":["AWS::S3::Object"]}]}]}""", true },
        { "data and management events", """{"advancedEventSelectors":[{"fieldSelectors":[{"field":"eventCategory","equals":["Data"]}]},{"fieldSelectors":[{"field":"eventCategory","equals":["Management"]}]}]}""", false },
    };

    public static TheoryData<string, string, string, string?> Changes => new()
    {
        { "cloudtrail", "StopLogging", """{"name":"kmslab"}""", "the trail kmslab was told to stop logging" },
        { "cloudtrail", "DeleteTrail", $$"""{"name":"{{Trail}}"}""", "the trail kmslab was deleted" },
        { "cloudtrail", "StartLogging", """{"name":"kmslab"}""", null },
        { "cloudtrail", "PutInsightSelectors", """{"trailName":"kmslab","insightSelectors":[]}""", null },
        { "cloudtrail", "UpdateTrail", """{"name":"kmslab","isMultiRegionTrail":false}""", "the trail kmslab logs one Region only" },
        { "cloudtrail", "UpdateTrail", """{"name":"kmslab","includeGlobalServiceEvents":false,"enableLogFileValidation":false}""", "the trail kmslab leaves out global services such as IAM, makes no digests of its files" },
        { "cloudtrail", "UpdateTrail", """{"name":"kmslab","cloudWatchLogsLogGroupArn":""}""", "the trail kmslab delivers to no log group" },
        { "cloudtrail", "UpdateTrail", """{"name":"kmslab","cloudWatchLogsLogGroupArn":"arn:aws:logs:us-east-1:000000000000:log-group:other:*"}""", "the trail kmslab delivers to the log group arn:aws:logs:us-east-1:000000000000:log-group:other:*" },
        { "cloudtrail", "UpdateTrail", """{"name":"kmslab","cloudWatchLogsRoleArn":"arn:aws:iam::000000000000:role/mine"}""", "the trail kmslab delivers with the role arn:aws:iam::000000000000:role/mine" },
        { "cloudtrail", "UpdateTrail", """{"name":"kmslab","s3BucketName":"mine"}""", "the trail kmslab delivers to the bucket mine" },
        { "cloudtrail", "UpdateTrail", $$"""{"name":"kmslab","s3BucketName":"trail-bucket","isMultiRegionTrail":true,"cloudWatchLogsLogGroupArn":"{{Group}}:*","cloudWatchLogsRoleArn":"{{DeliveryRole}}"}""", null },
        { "logs", "DeleteLogGroup", """{"logGroupName":"kmslab-trail"}""", "the log group kmslab-trail was deleted" },
        { "logs", "DeleteLogGroup", """{"logGroupName":"kmslab-trail-2"}""", null },
        { "logs", "DeleteLogStream", """{"logGroupName":"kmslab-trail","logStreamName":"s"}""", "the log group kmslab-trail lost its stream s" },
        { "logs", "PutRetentionPolicy", """{"logGroupName":"kmslab-trail","retentionInDays":29}""", "the log group kmslab-trail keeps 29 days only" },
        { "logs", "PutRetentionPolicy", """{"logGroupName":"kmslab-trail","retentionInDays":30}""", null },
        { "logs", "PutDataProtectionPolicy", $$"""{"logGroupIdentifier":"{{Group}}","policyDocument":"{}"}""", "the log group kmslab-trail masks parts of its records" },
        { "logs", "PutTransformer", """{"logGroupIdentifier":"kmslab-trail"}""", "the log group kmslab-trail rewrites its records otherwise" },
        { "logs", "PutAccountPolicy", """{"policyName":"p","policyType":"DATA_PROTECTION_POLICY"}""", "all log groups of the account mask parts of their records" },
        { "logs", "PutAccountPolicy", """{"policyName":"p","policyType":"FIELD_INDEX_POLICY"}""", null },
        { "logs", "DeleteMetricFilter", """{"logGroupName":"kmslab-trail","filterName":"f"}""", "the log group kmslab-trail lost its metric filter f" },
        { "logs", "PutMetricFilter", """{"logGroupName":"kmslab-trail","filterName":"f"}""", null },
        { "logs", "DeleteSubscriptionFilter", """{"logGroupName":"kmslab-trail","filterName":"f"}""", "the log group kmslab-trail lost its subscription filter f" },
        { "logs", "CreateLogStream", """{"logGroupName":"kmslab-trail","logStreamName":"s"}""", null },
        { "monitoring", "DeleteAlarms", """{"alarmNames":["other","kmslab-lag"]}""", "the alarm kmslab-lag was deleted" },
        { "monitoring", "DisableAlarmActions", """{"alarmNames":["kmslab-lag"]}""", "the alarm kmslab-lag tells nobody" },
        { "monitoring", "SetAlarmState", """{"alarmName":"kmslab-lag","stateValue":"OK"}""", "the alarm kmslab-lag was set to OK by hand" },
        { "monitoring", "PutMetricAlarm", """{"alarmName":"kmslab-lag","actionsEnabled":true,"alarmActions":["arn"]}""", null },
        { "monitoring", "PutMetricAlarm", """{"alarmName":"kmslab-lag","actionsEnabled":false,"alarmActions":["arn"]}""", "the alarm kmslab-lag tells nobody" },
        { "monitoring", "DeleteAlarms", """{"alarmNames":["other"]}""", null },
        { "sns", "DeleteTopic", $$"""{"topicArn":"{{Topic}}"}""", $"the topic {Topic} was deleted" },
        { "sns", "Unsubscribe", $$"""{"subscriptionArn":"{{Topic}}:1"}""", $"somebody no longer hears of the topic {Topic}: {Topic}:1" },
        { "sns", "Unsubscribe", $$"""{"subscriptionArn":"{{Topic}}-2:1"}""", null },
        { "sns", "SetTopicAttributes", $$"""{"topicArn":"{{Topic}}","attributeName":"KmsMasterKeyId","attributeValue":"x"}""", $"KmsMasterKeyId of the topic {Topic} was changed" },
        { "sns", "SetTopicAttributes", $$"""{"topicArn":"{{Topic}}","attributeName":"DisplayName","attributeValue":"x"}""", null },
        { "s3", "DeleteBucketPolicy", """{"bucketName":"trail-bucket","Host":"trail-bucket.s3.amazonaws.com","policy":""}""", "the bucket trail-bucket lost the policy that lets CloudTrail write" },
        { "s3", "PutBucketPolicy", """{"bucketName":"trail-bucket","bucketPolicy":{"Statement":[]}}""", "the bucket trail-bucket has another policy" },
        { "s3", "PutBucketLifecycle", """{"bucketName":"trail-bucket","LifecycleConfiguration":{"Rule":{"Expiration":{"Days":1},"ID":"x","Status":"Enabled"}},"lifecycle":""}""", "the bucket trail-bucket soon forgets what is in it" },
        { "s3", "PutBucketLifecycle", """{"bucketName":"trail-bucket","LifecycleConfiguration":{"Rule":[{"Expiration":{"Days":3650}},{"Transition":{"Days":30}}]}}""", null },
        { "s3", "PutBucketVersioning", """{"bucketName":"trail-bucket","VersioningConfiguration":{"Status":"Suspended"}}""", "the bucket trail-bucket keeps no versions any more" },
        { "s3", "PutBucketVersioning", """{"bucketName":"trail-bucket","VersioningConfiguration":{"Status":"Enabled"}}""", null },
        { "s3", "PutBucketPublicAccessBlock", """{"bucketName":"trail-bucket","PublicAccessBlockConfiguration":{"BlockPublicAcls":true,"IgnorePublicAcls":false}}""", "the bucket trail-bucket may be made public" },
        { "s3", "PutBucketPublicAccessBlock", """{"bucketName":"trail-bucket","PublicAccessBlockConfiguration":{"BlockPublicAcls":true,"IgnorePublicAcls":true}}""", null },
        { "s3", "PutBucketNotification", """{"bucketName":"trail-bucket"}""", "the bucket trail-bucket tells others, or nobody, of new files" },
        { "s3", "DeleteBucket", """{"bucketName":"other"}""", null },
        { "iam", "DeleteRolePolicy", """{"roleName":"to-logs","policyName":"p"}""", "the role to-logs may do other things than before" },
        { "iam", "DeleteRolePolicy", """{"roleName":"other","policyName":"p"}""", null },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Change_of_the_path_is_told_of_and_any_other_is_not(string source, string operation, string parameters, string? detail)
    {
        using var bench = Bench();
        JsonObject Change(string? error = null) => Call(source, operation, JsonNode.Parse(parameters)!.AsObject(), errorCode: error);

        bench.Select(Change())?.Detail.ShouldBe(detail);
        (bench.Select(Change()) is null).ShouldBe(detail is null);
        (bench.Select(Change("AccessDenied"))?.Detail).ShouldBe(detail is null ? null : $"tried, and refused with AccessDenied: {detail}");
        bench.Select(Change("InvalidParameterException")).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Selectors))]
    public void Selectors_are_told_of_when_they_lose_KMS_in_any_form(string what, string parameters, bool fires)
    {
        using var bench = Bench();
        var selectors = JsonNode.Parse(parameters)!.AsObject();
        selectors["trailName"] = "kmslab";

        (bench.Select(Call("cloudtrail", "PutEventSelectors", selectors)) is not null).ShouldBe(fires, what);
    }

    [Fact]
    public void Second_trail_may_do_as_it_likes_once_the_first_is_named()
    {
        using var named = Bench();
        using var unnamed = new DetectionBench(TrailBlinding.Definition);
        JsonObject Exclude(string trail) => Call("cloudtrail", "PutEventSelectors", new()
        {
            ["trailName"] = trail,
            ["eventSelectors"] = new JsonArray(new JsonObject { ["excludeManagementEventSources"] = new JsonArray("kms.amazonaws.com") }),
        });

        named.Select(Exclude("second")).ShouldBeNull();
        named.Select(Exclude("kmslab").With(r => r["awsRegion"] = "eu-west-1")).ShouldBeNull("a trail of that name in another Region");
        unnamed.Select(Exclude("second")).ShouldNotBeNull();
        named.Select(Exclude("kmslab")).ShouldNotBeNull().Detail.ShouldBe("the trail kmslab no longer logs KMS reads such as Decrypt, KMS changes such as PutKeyPolicy");
    }

    [Theory]
    [InlineData("DisableKey", true)]
    [InlineData("ScheduleKeyDeletion", true)]
    [InlineData("PutKeyPolicy", true)]
    [InlineData("RevokeGrant", true)]
    [InlineData("Decrypt", false)]
    public void Key_of_the_evidence_counts(string operation, bool fires)
    {
        using var bench = Bench();
        (bench.Select(Kms(operation, key: SecretKey)) is not null).ShouldBe(fires);
        bench.Select(Kms(operation, key: TestRecords.OtherKeyArn)).ShouldBeNull();
    }

    [Fact]
    public async Task Alarm_lasts_though_the_record_comes_late_and_the_trail_is_cut_and_ends_by_Sentinels_own_clock()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        bed.Time.Advance(TimeSpan.FromMinutes(15));
        var sentinel = bed.Start();

        await sentinel.TakeAsync(Call("cloudtrail", "StopLogging", new() { ["name"] = "kmslab" }).Utf8());
        (await sentinel.AlarmAsync()).State.ShouldBe(AlarmState.Alarm);

        bed.Time.Advance(TimeSpan.FromMinutes(44));
        await sentinel.TickAsync();
        (await sentinel.AlarmAsync()).State.ShouldBe(AlarmState.Alarm);
        bed.Time.Advance(TimeSpan.FromMinutes(1));
        await sentinel.TickAsync();
        (await sentinel.AlarmAsync()).State.ShouldBe(AlarmState.Ok);
    }

    [Fact]
    public void Names_of_the_path_that_are_none_are_told_at_start()
    {
        var options = new AuditPathOptions { TrailArns = ["kmslab"], Topics = [Trail], KeyArns = ["alias/x"], Roles = ["r"], MinimumRetentionDays = -1 };
        options.Check().Count().ShouldBe(5);
    }

    private static DetectionBench Bench() => new(TrailBlinding.Definition, options =>
    {
        options.Evidence = new() { TrailArns = [Trail], Buckets = ["trail-bucket"], Topics = [Topic], Alarms = ["kmslab-*"], KeyArns = [SecretKey], Roles = [DeliveryRole] };
    });
}
