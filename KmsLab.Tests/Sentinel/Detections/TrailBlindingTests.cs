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
        { "s3", "PutBucketPolicy", """{"bucketName":"trail-bucket","bucketPolicy":{"Statement":[]}}""", "the bucket trail-bucket has a policy that does not let CloudTrail write" },
        { "s3", "PutBucketPolicy", """{"bucketName":"trail-bucket"}""", "the bucket trail-bucket has another policy" },
        { "s3", "PutBucketPolicy", Bucket(""), null },
        { "s3", "PutBucketPolicy", Bucket(""",{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}"""), null },
        { "s3", "PutBucketPolicy", Bucket(""",{"Effect":"Deny","Principal":"*","Action":"s3:Put*","Resource":"*"}"""), "the bucket trail-bucket has a policy that may keep CloudTrail from writing" },
        { "s3", "PutBucketPolicy", Bucket(""",{"Effect":"Deny","Principal":"*","Action":"s3:DeleteObject*","Resource":"*"}"""), null },
        { "s3", "PutBucketPolicy", Bucket(""",{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:root"},"Action":"s3:GetObject","Resource":"*"}"""), "the bucket trail-bucket has a policy that lets in arn:aws:iam::444455556666:root" },
        { "s3", "PutBucketPolicy", Bucket(""",{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:role/audit"},"Action":"s3:GetObject","Resource":"*"}"""), null },
        { "s3", "PutBucketPolicy", Bucket(""",{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:role/audit"},"Action":"s3:Delete*","Resource":"*"}"""), "the bucket trail-bucket has a policy that lets in arn:aws:iam::000000000000:role/audit" },
        { "s3", "PutObjectLockConfiguration", """{"bucketName":"trail-bucket","ObjectLockConfiguration":{"ObjectLockEnabled":"Enabled"}}""", "the bucket trail-bucket no longer locks its files by default" },
        { "s3", "PutObjectLockConfiguration", """{"bucketName":"trail-bucket","ObjectLockConfiguration":{"Rule":{"DefaultRetention":{"Days":1,"Mode":"COMPLIANCE"}}}}""", "the bucket trail-bucket locks its files for 1 days only" },
        { "s3", "PutObjectLockConfiguration", """{"bucketName":"trail-bucket","ObjectLockConfiguration":{"Rule":{"DefaultRetention":{"Years":1,"Mode":"COMPLIANCE"}}}}""", null },
        { "s3", "PutBucketVersioning", """{"bucketName":"trail-bucket","VersioningConfiguration":{"Status":"Enabled","MfaDelete":"Disabled"}}""", "the bucket trail-bucket loses its versions without a second factor" },
        { "s3", "PutBucketLifecycle", """{"bucketName":"trail-bucket","LifecycleConfiguration":{"Rule":{"Expiration":{"Days":1},"Status":"Disabled"}}}""", null },
        { "cloudtrail", "UpdateTrail", """{"name":"kmslab","cloudWatchLogsLogGroupArn":"arn:aws:logs:us-east-1:444455556666:log-group:kmslab-trail:*"}""", "the trail kmslab delivers to the log group arn:aws:logs:us-east-1:444455556666:log-group:kmslab-trail:*" },
        { "cloudtrail", "UpdateTrail", """{"name":"kmslab","cloudWatchLogsLogGroupArn":"arn:aws:logs:eu-west-1:000000000000:log-group:kmslab-trail:*"}""", "the trail kmslab delivers to the log group arn:aws:logs:eu-west-1:000000000000:log-group:kmslab-trail:*" },
        { "monitoring", "PutAlarmMuteRule", """{"name":"m","muteTargets":{"alarmNames":["kmslab-lag"]}}""", "the alarm kmslab-lag is muted by the rule m" },
        { "monitoring", "PutAlarmMuteRule", """{"name":"m","muteTargets":{"alarmNames":["other"]}}""", null },
        { "monitoring", "PutCompositeAlarm", """{"alarmName":"kmslab-all","alarmActions":["a"],"alarmRule":"ALARM(x)","actionsSuppressor":"evil"}""", "the alarm kmslab-all is silent while evil is on" },
        { "monitoring", "PutCompositeAlarm", """{"alarmName":"kmslab-all","alarmActions":["a"],"alarmRule":"FALSE"}""", "the alarm kmslab-all has the rule FALSE" },
        { "monitoring", "PutCompositeAlarm", """{"alarmName":"kmslab-all","alarmActions":["a"],"alarmRule":"ALARM(x) OR ALARM(y)"}""", null },
        { "monitoring", "PutMetricAlarm", """{"alarmName":"kmslab-lag","alarmActions":["a"],"comparisonOperator":"GreaterThanThreshold","threshold":999999.0}""", "the alarm kmslab-lag has a threshold that nothing reaches" },
        { "monitoring", "PutMetricAlarm", """{"alarmName":"kmslab-beat","alarmActions":["a"],"comparisonOperator":"LessThanThreshold","threshold":0.0}""", "the alarm kmslab-beat has a threshold that nothing reaches" },
        { "monitoring", "PutMetricAlarm", """{"alarmName":"kmslab-disk","alarmActions":["a"],"metricName":"FreeStorageSpace","comparisonOperator":"GreaterThanThreshold","threshold":2000000000.0}""", null },
        { "sns", "PutDataProtectionPolicy", $$"""{"resourceArn":"{{Topic}}","dataProtectionPolicy":"{}"}""", $"the topic {Topic} may hold back what is sent to it" },
        { "sts", "AssumeRole", $$"""{"roleArn":"{{DeliveryRole}}"}""", $"the role to-logs: AssumeRole by {Stranger}" },
        { "lambda", "CreateFunction20150331", $$"""{"role":"{{DeliveryRole}}"}""", "the role to-logs: CreateFunction20150331 hands the role to lambda" },
        { "iam", "AddRoleToInstanceProfile", """{"roleName":"to-logs","instanceProfileName":"p"}""", "the role to-logs: AddRoleToInstanceProfile on the role" },
        { "ecs", "RegisterTaskDefinition", """{"family":"kmslab-sentinel"}""", "Sentinel has a new task definition kmslab-sentinel" },
        { "ecs", "RegisterTaskDefinition", """{"family":"cryptoapi"}""", null },
        { "ecs", "UpdateService", """{"cluster":"kmslab-sentinel","service":"x","taskDefinition":"x:2"}""", "Sentinel runs otherwise: UpdateService" },
        { "ecs", "UpdateService", """{"cluster":"kmslab-sentinel","service":"x","desiredCount":0}""", "Sentinel was scaled to no task" },
        { "ecs", "UpdateService", """{"cluster":"prod","service":"sentinel","desiredCount":0}""", "Sentinel was scaled to no task" },
        { "ecs", "UpdateService", """{"cluster":"prod","service":"api","desiredCount":0}""", null },
        { "ecs", "StopTask", """{"cluster":"kmslab-sentinel","task":"abc"}""", "Sentinel runs otherwise: StopTask" },
        { "ecs", "DescribeServices", """{"cluster":"kmslab-sentinel","services":["sentinel"]}""", null },
        { "autoscaling", "RegisterScalableTarget", """{"resourceId":"service/kmslab-sentinel/sentinel","maxCapacity":0}""", "Sentinel was scaled to no task" },
        { "autoscaling", "RegisterScalableTarget", """{"resourceId":"service/kmslab-sentinel/sentinel","maxCapacity":2}""", null },
        { "secretsmanager", "PutSecretValue", """{"secretId":"kmslab/sentinel-canary"}""", "PutSecretValue on Sentinel's kmslab/sentinel-canary" },
        { "ssm", "PutParameter", """{"name":"/kmslab/sentinel/rules"}""", "PutParameter on Sentinel's /kmslab/sentinel/rules" },
        { "ssm", "PutParameter", """{"name":"/kmslab/other"}""", null },
        { "ecr", "PutImage", """{"repositoryName":"kmslab/sentinel","imageTag":"latest"}""", "Sentinel runs from the image repository kmslab/sentinel: PutImage" },
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

    private static string Bucket(string more) =>
        """{"bucketName":"trail-bucket","bucketPolicy":{"Statement":[{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":["s3:PutObject","s3:GetBucketAcl"],"Resource":"*"}""" + more + "]}}";

    [Theory]
    [MemberData(nameof(Changes))]
    public void Change_of_the_path_is_told_of_and_any_other_is_not(string source, string operation, string parameters, string? detail)
    {
        using var bench = Bench();
        JsonObject Change(string? error = null) => Call(source, operation, JsonNode.Parse(parameters)!.AsObject(), errorCode: error);

        (bench.Select(Change())?.Detail).ShouldBe(detail);
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
    public void Deployer_may_deploy_Sentinel_but_not_stop_it_or_switch_detections_off()
    {
        using var bench = Bench();
        static JsonObject Register(string mode, string by) => Call("ecs", "RegisterTaskDefinition", JsonNode.Parse(
            $$$"""{"family":"sentinel","taskRoleArn":"{{{DeliveryRole}}}","containerDefinitions":[{"environment":[{"name":"Sentinel__Detections__unattested-call__Mode","value":"{{{mode}}}"}]}]}""")!.AsObject(), by);

        bench.Select(Register("On", Deployer)).ShouldBeNull();
        bench.Select(Register("On", Stranger)).ShouldNotBeNull();
        bench.Select(Register("Off", Deployer)).ShouldNotBeNull().Detail.ShouldBe("Sentinel is to run with SENTINEL__DETECTIONS__UNATTESTED-CALL__MODE=Off");
        bench.Select(Call("ecs", "UpdateService", new() { ["cluster"] = "sentinel", ["taskDefinition"] = "sentinel:2" }, Deployer)).ShouldBeNull();
        bench.Select(Call("ecs", "UpdateService", new() { ["cluster"] = "sentinel", ["desiredCount"] = 0 }, Deployer)).ShouldNotBeNull();
        bench.Select(Call("ecs", "DeleteService", new() { ["cluster"] = "sentinel", ["service"] = "x" }, Deployer)).ShouldNotBeNull();
        bench.Select(Call("secretsmanager", "PutSecretValue", new() { ["secretId"] = "sentinel" }, Deployer)).ShouldBeNull();
        bench.Select(Call("sts", "AssumeRole", new() { ["roleArn"] = DeliveryRole }, Deployer)).ShouldBeNull();
        bench.Select(Call("sts", "AssumeRole", new() { ["roleArn"] = DeliveryRole }).With(r => r["userIdentity"] = new JsonObject { ["type"] = "AWSService", ["invokedBy"] = "cloudtrail.amazonaws.com" })).ShouldBeNull();
    }

    public static TheoryData<string, string, string, string?> Settings { get; } = new()
    {
        { "threshold", "", """{"Sentinel__Detections__kms-error-burst__Threshold":"100000"}""", "is to run with SENTINEL__DETECTIONS__KMS-ERROR-BURST__THRESHOLD=100000" },
        { "threshold that was so before", """{"Sentinel__Detections__kms-error-burst__Threshold":"10"}""", """{"Sentinel__Detections__kms-error-burst__Threshold":"10"}""", null },
        { "threshold raised", """{"Sentinel__Detections__kms-error-burst__Threshold":"10"}""", """{"Sentinel__Detections__kms-error-burst__Threshold":"11"}""", "is to run with SENTINEL__DETECTIONS__KMS-ERROR-BURST__THRESHOLD=11" },
        { "threshold lowered", """{"Sentinel__Detections__kms-error-burst__Threshold":"10"}""", """{"Sentinel__Detections__kms-error-burst__Threshold":"5"}""", null },
        { "window shorter", "", """{"Sentinel:Detections:kms-error-burst:Window":"1s"}""", "is to run with SENTINEL__DETECTIONS__KMS-ERROR-BURST__WINDOW=1s" },
        { "suppression", "", """{"Sentinel__Detections__unattested-call__Suppressions__a__Pattern":"{ $.eventName = * }"}""", "is to run with SENTINEL__DETECTIONS__UNATTESTED-CALL__SUPPRESSIONS__A__PATTERN={ $.eventName = * }" },
        { "exception", "", """{"Sentinel__Detections__unattested-call__Exceptions__a__Principal":"*"}""", "is to run with SENTINEL__DETECTIONS__UNATTESTED-CALL__EXCEPTIONS__A__PRINCIPAL=*" },
        { "dry run", "", """{"SENTINEL__DETECTIONS__ROLE-HIJACK__MODE":"DryRun"}""", "is to run with SENTINEL__DETECTIONS__ROLE-HIJACK__MODE=DryRun" },
        { "what is off anyway", "", """{"Sentinel__Detections__key-destruction__Mode":"Off"}""", null },
        { "guard", "", """{"Sentinel__Guard__Enabled":"false"}""", "is to run with SENTINEL__GUARD__ENABLED=false" },
        { "fewer services", "", """{"Sentinel__EventSources__0":"kms.amazonaws.com"}""", "is to run with SENTINEL__EVENTSOURCES__#=kms.amazonaws.com" },
        { "everybody trusted", "", """{"Sentinel__ProtectedSets__vault__UnattestedPrincipals__0":"*"}""", "is to run with SENTINEL__PROTECTEDSETS__VAULT__UNATTESTEDPRINCIPALS__#=*" },
        { "one more trusted", """{"Sentinel__ProtectedSets__vault__Tag":"a=b"}""", """{"Sentinel__ProtectedSets__vault__Tag":"a=b","Sentinel__ProtectedSets__vault__Deployers__0":"arn:aws:iam::000000000000:role/x"}""", "is to run with SENTINEL__PROTECTEDSETS__VAULT__DEPLOYERS__#=arn:aws:iam::000000000000:role/x" },
        { "a key less", """{"Sentinel__ProtectedSets__vault__Keys__0":"k0","Sentinel__ProtectedSets__vault__Keys__1":"k1"}""", """{"Sentinel__ProtectedSets__vault__Keys__0":"k1"}""", "is to run without SENTINEL__PROTECTEDSETS__VAULT__KEYS__#=k0" },
        { "a key more", """{"Sentinel__ProtectedSets__vault__Keys__0":"k0"}""", """{"Sentinel__ProtectedSets__vault__Keys__0":"k1","Sentinel__ProtectedSets__vault__Keys__1":"k0"}""", null },
        { "tells others", """{"Sentinel__Notifications__Sns":"a"}""", """{"Sentinel__Notifications__Sns":"b"}""", "is to run with SENTINEL__NOTIFICATIONS__SNS=b" },
        { "another image tag and log level", """{"Logging__LogLevel__Default":"Debug"}""", """{"Logging__LogLevel__Default":"Warning"}""", null },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void Settings_of_Sentinels_task_definition_are_compared_with_those_before(string what, string before, string after, string? detail)
    {
        using var environment = Bench();
        using var arguments = Bench();
        static JsonArray Pairs(string settings) => [.. JsonNode.Parse(settings)!.AsObject().Select(pair => new JsonObject { ["name"] = pair.Key, ["value"] = (string)pair.Value! })];
        static JsonArray Words(string settings) => [.. JsonNode.Parse(settings)!.AsObject().Select(pair => (JsonNode)$"--{pair.Key.Replace("__", ":", StringComparison.Ordinal)}={(string)pair.Value!}")];
        static JsonObject Register(string member, JsonArray settings) =>
            Call("ecs", "RegisterTaskDefinition", new() { ["family"] = "sentinel", ["containerDefinitions"] = new JsonArray(new JsonObject { [member] = settings }) }, Deployer);

        if (before.Length > 0)
        {
            environment.Judge(Register("environment", Pairs(before)));
            arguments.Judge(Register("command", Words(before)));
        }

        (environment.Select(Register("environment", Pairs(after)))?.Detail).ShouldBe(detail is null ? null : $"Sentinel {detail}", what);
        (arguments.Select(Register("command", Words(after)))?.Detail).ShouldBe(detail is null ? null : $"Sentinel {detail}", what);
        environment.Select(Register("environment", Pairs(after))).ShouldBeNull("it is deployed again as it was");
    }

    [Theory]
    [InlineData("PutBucketReplication", """{"bucketName":"trail-bucket","ReplicationConfiguration":{"Rule":{"Destination":{"Bucket":"arn:aws:s3:::x"}}}}""", Stranger, "is copied elsewhere")]
    [InlineData("PutBucketReplication", """{"bucketName":"trail-bucket","ReplicationConfiguration":{"Rule":{"Destination":{"Bucket":"arn:aws:s3:::x"}}}}""", Deployer, null)]
    [InlineData("PutBucketReplication", """{"bucketName":"trail-bucket","ReplicationConfiguration":{"Rule":{"Destination":{"Account":"444455556666"}}}}""", Deployer, "is copied elsewhere")]
    [InlineData("PutBucketReplication", """{"bucketName":"other","ReplicationConfiguration":{"Rule":{"Destination":{"Account":"444455556666"}}}}""", Stranger, null)]
    [InlineData("PutBucketInventoryConfiguration", """{"bucketName":"trail-bucket","InventoryConfiguration":{"Destination":{"S3BucketDestination":{"AccountId":"444455556666"}}}}""", Deployer, "has its list of files sent elsewhere")]
    [InlineData("CreateAccessPoint", """{"name":"p","bucket":"trail-bucket"}""", Stranger, "has another access point")]
    [InlineData("CreateAccessPoint", """{"name":"p","bucket":"trail-bucket"}""", Deployer, null)]
    public void Ways_in_which_the_evidence_leaves_its_bucket_count(string operation, string parameters, string by, string? detail)
    {
        using var bench = Bench();
        (bench.Select(Call("s3", operation, JsonNode.Parse(parameters)!.AsObject(), by))?.Detail).ShouldBe(detail is null ? null : $"the bucket trail-bucket {detail}");
    }

    [Fact]
    public void Access_point_that_lets_strangers_in_counts_by_its_name()
    {
        using var bench = Bench();
        static JsonObject Policy(string name, string account) => Call("s3", "PutAccessPointPolicy", new()
        {
            ["name"] = name,
            ["policy"] = $$$$"""{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{{{{account}}}}:root"},"Action":"s3:GetObject","Resource":"*"}]}""",
        }, Deployer);
        bench.Select(Policy("p", "444455556666")).ShouldBeNull("nobody knows the access point");

        bench.Judge(Call("s3", "CreateAccessPoint", new() { ["name"] = "p", ["bucket"] = "trail-bucket" }, Deployer));
        bench.Select(Policy("p", "444455556666")).ShouldNotBeNull().Detail.ShouldBe("the bucket trail-bucket lets in arn:aws:iam::444455556666:root through an access point");
        bench.Select(Policy("p", TestRecords.Account)).ShouldBeNull();
        bench.Select(Policy("q", "444455556666")).ShouldBeNull();
    }

    [Fact]
    public void Family_that_runs_with_Sentinels_role_is_Sentinel_under_whatever_name()
    {
        using var bench = Bench();
        var run = Call("ecs", "UpdateService", new() { ["cluster"] = "prod", ["taskDefinition"] = "watch:2" });

        bench.Select(run).ShouldBeNull();
        bench.Select(Call("ecs", "RegisterTaskDefinition", new() { ["family"] = "watch", ["taskRoleArn"] = DeliveryRole }, Deployer), run).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("""{"threshold":1.0}""", null)]
    [InlineData("""{"threshold":0.5,"alarmDescription":"other"}""", null)]
    [InlineData("""{"threshold":2.0}""", "the alarm kmslab-lag has the threshold 2 instead of 1")]
    [InlineData("""{"treatMissingData":"ignore"}""", "the alarm kmslab-lag takes missing data for ignore")]
    [InlineData("""{"metricName":"Other"}""", "the alarm kmslab-lag watches otherwise than before (metricName)")]
    [InlineData("""{"evaluationPeriods":9}""", "the alarm kmslab-lag waits longer than before (evaluationPeriods)")]
    [InlineData("""{"alarmActions":["b"]}""", "the alarm kmslab-lag tells fewer than before")]
    [InlineData("""{"comparisonOperator":"GreaterThanOrEqualToThreshold","threshold":1.0}""", "the alarm kmslab-lag watches otherwise than before (comparisonOperator)")]
    public void Alarm_is_compared_with_its_definition_before(string change, string? detail)
    {
        using var bench = Bench();
        var before = JsonNode.Parse("""
            {"alarmName":"kmslab-lag","alarmActions":["a"],"metricName":"Lag","comparisonOperator":"GreaterThanThreshold","threshold":1.0,"evaluationPeriods":1,"treatMissingData":"breaching"}
            """)!.AsObject();
        var after = (JsonObject)before.DeepClone();
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
            after[name] = value?.DeepClone();

        bench.Select(Call("monitoring", "PutMetricAlarm", before)).ShouldBeNull();
        (bench.Select(Call("monitoring", "PutMetricAlarm", after))?.Detail).ShouldBe(detail);
    }

    [Fact]
    public void Policies_put_again_unchanged_are_quiet_until_they_were_taken_away()
    {
        using var bench = Bench();
        JsonObject Put() => Call("s3", "PutBucketPolicy", JsonNode.Parse("""{"bucketName":"trail-bucket","bucketPolicy":{"Statement":[{"Effect":"Allow"}]}}""")!.AsObject());
        JsonObject Key() => Kms("PutKeyPolicy", new() { ["policyName"] = "default", ["policy"] = """{"Statement":[]}""" }, SecretKey);

        bench.Select(Put()).ShouldNotBeNull();
        bench.Select(Put()).ShouldBeNull();
        bench.Select(Call("s3", "DeleteBucketPolicy", new() { ["bucketName"] = "trail-bucket" })).ShouldNotBeNull();
        bench.Select(Put()).ShouldNotBeNull();
        bench.Select(Key()).ShouldNotBeNull();
        bench.Select(Key()).ShouldBeNull();
    }

    [Fact]
    public void Record_that_shows_no_statement_of_a_bucket_policy_tells_nothing()
    {
        using var bench = Bench();
        bench.Select(Call("s3", "PutBucketPolicy", JsonNode.Parse("""{"bucketName":"trail-bucket","bucketPolicy":{}}""")!.AsObject())).ShouldBeNull();
    }

    [Theory]
    [InlineData("cloudtrail", "StopLogging", Trail, true)]
    [InlineData("cloudtrail", "StopLogging", Trail + "2", false)]
    [InlineData("cloudtrail", "GetTrailStatus", Trail, false)]
    [InlineData("logs", "DeleteLogGroup", Group, true)]
    [InlineData("logs", "DeleteLogStream", Group + ":log-stream:s", true)]
    [InlineData("logs", "DeleteLogGroup", Group + "-2", false)]
    [InlineData("s3", "DeleteBucket", "arn:aws:s3:::trail-bucket", true)]
    [InlineData("sns", "DeleteTopic", Topic, true)]
    [InlineData("monitoring", "DeleteAlarms", "arn:aws:cloudwatch:us-east-1:000000000000:alarm:kmslab-lag", true)]
    [InlineData("monitoring", "DeleteAlarms", "arn:aws:cloudwatch:us-east-1:000000000000:alarm:other", false)]
    [InlineData("iam", "DeleteRole", DeliveryRole, true)]
    [InlineData("kms", "DisableKey", SecretKey, true)]
    [InlineData("sts", "AssumeRole", DeliveryRole, true)]
    [InlineData("secretsmanager", "DeleteSecret", "arn:aws:secretsmanager:us-east-1:000000000000:secret:sentinel-a1B2c3", true)]
    public void Refused_attempt_counts_though_its_record_has_no_parameters(string source, string operation, string resource, bool fires)
    {
        using var bench = Bench();
        var refused = Call(source, operation, null, errorCode: "AccessDenied", errorMessage: $"User: {Stranger} is not authorized to perform: {source}:{operation} on resource: {resource} because no policy allows it");

        (bench.Select(refused) is not null).ShouldBe(fires);
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
