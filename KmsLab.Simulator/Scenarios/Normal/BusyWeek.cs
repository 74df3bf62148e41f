using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Scenarios.Normal;

/// <summary><c>busy-week</c>: what administrators and AWS's own services do to an account in a week of work. Nothing in it is an attack.</summary>
/// <remarks>Each kind of it has raised a false alarm somewhere: in this project's history, or in public bug reports of similar tools.</remarks>
internal sealed class BusyWeek
{
    private const string Iam = "iam.amazonaws.com";
    private const string Ecs = "ecs.amazonaws.com";
    private const string Kms = "kms.amazonaws.com";
    private const string S3 = "s3.amazonaws.com";

    /// <summary>The account of the landing zone, whose central key encrypts everybody's archived logs.</summary>
    private const string LogArchiveAccount = "888877776666";

    private static readonly string[] Keys = [World.Vault, World.Payments, World.Exports, World.DataLake];

    private readonly World _world;
    private readonly Draws _draws;
    private readonly List<Step> _steps = [];
    private readonly DateTimeOffset _monday;
    private readonly TimeSpan _hour;
    private DateTimeOffset _at;

    private BusyWeek(World world, DateTimeOffset monday, TimeSpan length)
    {
        (_world, _monday, _hour) = (world, monday, length / (7 * 24));
        _draws = new(world.Seed, FormattableString.Invariant($"busy week {monday.UtcTicks}"));
    }

    /// <summary>Plans it.</summary>
    /// <param name="world">The account.</param>
    /// <param name="monday">Its first midnight.</param>
    /// <param name="length">A week, or less for one in time lapse.</param>
    public static Plan Plan(World world, DateTimeOffset monday, TimeSpan length)
    {
        var week = new BusyWeek(world, monday, length);
        for (var day = 0; day < 7; day++)
            week.Archive(day);
        for (var day = 0; day < 5; day++)
        {
            week.TerraformPlan(day);
            week.Scale(day);
        }

        week.TerraformApply(0);
        week.Deploy(1);
        week.Errors(2);
        week.Backups(3);
        week.Browse(4);
        week.ClearUp(4);
        week.Deploy(4);
        return new([.. week._steps.OrderBy(step => step.At)], []);
    }

    /// <summary>The landing zone's archive, every day, under its own central key.</summary>
    private void Archive(int day)
    {
        Begin(day, 3);
        var key = $"arn:aws:kms:{_world.Region}:{LogArchiveAccount}:key/{_world.KeyId("central")}";
        for (var files = 0; files < 4; files++)
        {
            Do(Cast.ArchiverThroughS3, Of(Kms, "GenerateDataKey", $$$"""{"keySpec":"AES_256","keyId":"{{{key}}}","encryptionContext":{"aws:s3:arn":"arn:aws:s3:::central-log-archive/{{{_world.Account}}}/{{{day}}}-{{{files}}}"}}""") with { Keys = [key] });
        }
    }

    /// <summary>Reads everything that Terraform knows of, secrets included; what is not there yet is refused.</summary>
    private void TerraformPlan(int day)
    {
        Begin(day, 8);
        foreach (var key in Keys)
        {
            foreach (var operation in new[] { "DescribeKey", "GetKeyPolicy", "GetKeyRotationStatus", "ListResourceTags", "ListGrants" })
                Do(Cast.Administrator, new OnKey(operation, key));
        }

        Do(Cast.Administrator, new ListKeys("ListAliases"));
        foreach (var role in new[] { _world.ApplicationRole, _world.ExecutionRole, "payments-api" })
        {
            Do(Cast.Administrator, Of(Iam, "GetRole", $$"""{"roleName":"{{role}}"}"""));
            Do(Cast.Administrator, Of(Iam, "GetRolePolicy", $$"""{"roleName":"{{role}}","policyName":"inline"}""") with { Error = ("NoSuchEntityException", "The role policy with name inline cannot be found.") });
        }

        Do(Cast.Administrator, Of("secretsmanager.amazonaws.com", "GetSecretValue", $$"""{"secretId":"arn:aws:secretsmanager:{{_world.Region}}:{{_world.Account}}:secret:payments-db-a1B2c3"}"""));
        Do(Cast.Administrator, Of("secretsmanager.amazonaws.com", "DescribeSecret", $$"""{"secretId":"{{_world.AttestationSecretArn}}"}"""));
        Do(Cast.Administrator, Of("cloudtrail.amazonaws.com", "GetTrail", $$"""{"name":"{{_world.TrailName}}"}"""));
        Do(Cast.Administrator, Of("cloudtrail.amazonaws.com", "GetEventSelectors", $$"""{"trailName":"{{_world.TrailName}}"}"""));
        Do(Cast.Administrator, Of("logs.amazonaws.com", "DescribeLogGroups", """{"logGroupNamePrefix":"kmslab"}"""));
        Do(Cast.Administrator, Of(Ecs, "DescribeTaskDefinition", """{"taskDefinition":"kmslab-cryptoapi"}"""));
        Do(Cast.Administrator, Of(S3, "GetBucketPolicy", """{"bucketName":"datalake"}""") with { Error = ("NoSuchBucketPolicy", "The bucket policy does not exist") });
    }

    /// <summary>Puts what has not changed, tags for cost, and things that are nobody's business here.</summary>
    private void TerraformApply(int day)
    {
        Begin(day, 10);
        Do(Cast.Deployer, new ChangePolicy(World.Vault, null));
        Do(Cast.Deployer, new ChangePolicy(World.Vault, null));
        var vault = _world.KeyArn(World.Vault);
        Do(Cast.Administrator, Of(Kms, "TagResource", $$"""{"keyId":"{{vault}}","tags":[{"tagKey":"cost-center","tagValue":"4711"}]}""") with { Keys = [vault] });
        Do(Cast.Deployer, Of(Kms, "EnableKeyRotation", $$"""{"keyId":"{{vault}}"}""") with { Keys = [vault] });
        Do(Cast.Administrator, Of(Iam, "PutRolePolicy", """{"roleName":"reporting","policyName":"read","policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::reports/*\"}]}"}"""));
        Do(Cast.Administrator, Of(Iam, "AttachRolePolicy", """{"roleName":"reporting","policyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"}"""));
        Do(Cast.Administrator, Of("logs.amazonaws.com", "PutRetentionPolicy", """{"logGroupName":"/ecs/payments-api","retentionInDays":14}"""));
        Do(Cast.Administrator, Of("monitoring.amazonaws.com", "PutMetricAlarm", """{"alarmName":"payments-latency","metricName":"Latency","namespace":"Payments","statistic":"Average","period":60,"evaluationPeriods":5,"threshold":2.0,"comparisonOperator":"GreaterThanThreshold"}"""));
        Do(Cast.Administrator, Of("cloudtrail.amazonaws.com", "PutEventSelectors", """{"trailName":"second-trail","eventSelectors":[{"readWriteType":"All","includeManagementEvents":true,"dataResources":[],"excludeManagementEventSources":["kms.amazonaws.com"]}]}"""));
        Do(Cast.Administrator, Of(S3, "PutBucketPolicy", """{"bucketName":"reports","bucketPolicy":{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::reports/*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}}"""));
    }

    /// <summary>The pipeline deploys the application with its roles.</summary>
    private void Deploy(int day)
    {
        Begin(day, 14);
        var definition = $$"""
            "family":"kmslab-cryptoapi","taskRoleArn":"{{_world.RoleArn(_world.ApplicationRole)}}","executionRoleArn":"{{_world.RoleArn(_world.ExecutionRole)}}","containerDefinitions":[{"name":"api","image":"{{_world.Account}}.dkr.ecr.{{_world.Region}}.amazonaws.com/kmslab-cryptoapi:{{day}}"}]
            """;
        var revision = 100 + day;
        Do(Cast.Deployer, new BecomeRole(Cast.Deployer.Role));
        Do(Cast.Deployer, Of("ecr.amazonaws.com", "PutImage", $$"""{"repositoryName":"kmslab-cryptoapi","imageTag":"{{day}}"}"""));
        Do(Cast.Deployer, Of(Ecs, "RegisterTaskDefinition", $"{{{definition}}}") with
        {
            Response = $$$"""{"taskDefinition":{"taskDefinitionArn":"arn:aws:ecs:{{{_world.Region}}}:{{{_world.Account}}}:task-definition/kmslab-cryptoapi:{{{revision}}}","revision":{{{revision}}},"status":"ACTIVE",{{{definition}}}}}""",
        });
        Do(Cast.Deployer, Of(Ecs, "UpdateService", $$"""{"cluster":"kmslab","service":"kmslab-cryptoapi","taskDefinition":"kmslab-cryptoapi:{{revision}}"}"""));
    }

    /// <summary>Application Auto Scaling, by day and back at night.</summary>
    private void Scale(int day)
    {
        foreach (var (hour, count) in new[] { (7, 4), (19, 2) })
        {
            Begin(day, hour);
            Do(Cast.AutoScaling, Of(Ecs, "UpdateService", $$"""{"cluster":"kmslab","service":"kmslab-cryptoapi","desiredCount":{{count}}}"""));
        }
    }

    /// <summary>Throttling, what is absent, what exists already, and AWS Config, which is refused everywhere.</summary>
    private void Errors(int day)
    {
        Begin(day, 11);
        var payments = _world.KeyArn(World.Payments);
        for (var calls = 0; calls < 30; calls++)
        {
            Do(Cast.PaymentsService, Of(Kms, "GenerateDataKey", $$"""{"keyId":"{{payments}}","keySpec":"AES_256"}""") with { Keys = [payments], Error = ("ThrottlingException", "You have exceeded the rate at which you may call KMS.") });
        }

        for (var calls = 0; calls < 6; calls++)
            Do(Cast.Administrator, Of(Kms, "DescribeKey", $$"""{"keyId":"alias/new-{{calls}}"}""") with { Error = ("NotFoundException", $"Alias alias/new-{calls} is not found.") });
        Do(Cast.Administrator, Of(Kms, "CreateAlias", $$"""{"aliasName":"alias/reports","targetKeyId":"{{_world.KeyId(World.Exports)}}"}""") with { Error = ("AlreadyExistsException", "An alias with the name alias/reports already exists") });
        for (var calls = 0; calls < 5; calls++)
        {
            foreach (var key in Keys)
                Do(Cast.Config, Of(Kms, "GetKeyPolicy", $$"""{"keyId":"{{_world.KeyId(key)}}","policyName":"default"}""") with { Error = ("AccessDenied", $"User is not authorized to perform: kms:GetKeyPolicy on resource {_world.KeyArn(key)}") });
        }
    }

    /// <summary>AWS Backup makes a grant for each disk, and retires it.</summary>
    private void Backups(int day)
    {
        Begin(day, 2);
        var key = _world.KeyArn(World.Databases);
        for (var disk = 0; disk < 20; disk++)
        {
            var grant = Convert.ToHexStringLower(Draws.Bytes(_world.Seed, FormattableString.Invariant($"backup {_monday.UtcTicks} {disk}")));
            Do(Cast.Backup, Of(Kms, "CreateGrant", $$"""{"keyId":"{{key}}","granteePrincipal":"{{_world.RoleArn("aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup")}}","operations":["CreateGrant","Decrypt","DescribeKey","GenerateDataKeyWithoutPlaintext","ReEncryptFrom","ReEncryptTo"]}""") with
            {
                Keys = [key],
                Response = $$"""{"grantId":"{{grant}}","keyId":"{{key}}"}""",
            });
        }
    }

    /// <summary>Somebody who may only look opens the console, which asks for more than that.</summary>
    private void Browse(int day)
    {
        Begin(day, 9);
        Do(Cast.Browser, new ListKeys("ListKeys"));
        Do(Cast.Browser, new ListKeys("ListAliases"));
        foreach (var key in Keys)
        {
            Do(Cast.Browser, new OnKey("DescribeKey", key));
            Do(Cast.Browser, new OnKey("GetKeyPolicy", key));
        }

        Do(Cast.Browser, Of("cloudtrail.amazonaws.com", "DescribeTrails"));
        Do(Cast.Browser, Of("cloudtrail.amazonaws.com", "ListEventDataStores") with { Error = ("AccessDenied", "User is not authorized to perform: cloudtrail:ListEventDataStores") });
        Do(Cast.Browser, Of(Kms, "ListCustomKeyStores") with { Error = ("AccessDenied", "User is not authorized to perform: kms:DescribeCustomKeyStores") });
    }

    /// <summary>A new team's key, and an old one that nobody uses any more.</summary>
    private void ClearUp(int day)
    {
        Begin(day, 15);
        Do(Cast.Administrator, new MakeKey(FormattableString.Invariant($"reports-{_monday.UtcTicks}")));
        var old = _world.KeyArn("retired");
        Do(Cast.Administrator, Of(Kms, "DisableKey", $$"""{"keyId":"{{old}}"}""") with { Keys = [old] });
        Do(Cast.Administrator, Of(Kms, "ScheduleKeyDeletion", $$"""{"keyId":"{{old}}","pendingWindowInDays":30}""") with { Keys = [old] });
        Do(Cast.Administrator, Of("secretsmanager.amazonaws.com", "RotateSecret", """{"secretId":"payments-db"}"""));
        Do(Cast.Administrator, Of(Iam, "CreateRole", """{"roleName":"reports-ci","assumeRolePolicyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"codebuild.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}"}"""));
    }

    private void Begin(int day, int hour) => _at = _monday + (_hour * ((day * 24) + hour)) + _draws.Within(_hour);

    private void Do(RoleSession who, Act act)
    {
        _steps.Add(new(_at, who, act));
        _at += _draws.Exponential(TimeSpan.FromSeconds(2)) * (_hour / TimeSpan.FromHours(1));
    }

    private static AccountCall Of(string source, string name, string? parameters = null) => new(source, name, parameters);
}
