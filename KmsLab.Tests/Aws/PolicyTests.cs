using System.Text.Json.Nodes;

namespace KmsLab.Tests.Aws;

/// <summary>What a security team reads first: who may do what, who reaches what, what is encrypted with which key.</summary>
/// <remarks>
/// A statement with <c>*</c> in its actions or resources needs a reason: <c>Metadata: KmsLab: Wildcards: {Sid}: why</c> on its resource. dev.yaml, a
/// developer's own, keeps to KMS's defaults and is looked at for encryption only.
/// </remarks>
public sealed class PolicyTests
{
    private static readonly string[] Forbidden = ["kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:PutKeyPolicy", "kms:CreateGrant", "secretsmanager:GetSecretValue", "ssm:GetParameter", "iam:PassRole"];

    public static TheoryData<string> Deployed => [.. Deployment.Stacks.Values];

    [Theory]
    [MemberData(nameof(Deployed))]
    public void Wildcards_have_a_written_reason_and_reasons_have_a_wildcard(string name)
    {
        var template = Template.All[name];
        foreach (var (id, resource) in template.Resources)
        {
            var reasons = (resource!["Metadata"]?["KmsLab"]?["Wildcards"] as JsonObject ?? []).ToDictionary(reason => reason.Key, reason => reason.Value!.GetValue<string>());
            var wild = StatementsOf(resource).Where(HasWildcard).Select(statement => statement["Sid"]?.GetValue<string>() ?? "(no Sid)").ToList();

            wild.Except(reasons.Keys).ShouldBeEmpty($"{name} {id}: statements with * and no reason");
            reasons.Keys.Except(wild).ShouldBeEmpty($"{name} {id}: reasons for statements without *");
            reasons.Values.ShouldAllBe(reason => reason.Length > 20);
        }
    }

    [Theory]
    [MemberData(nameof(Deployed))]
    public void Everybody_is_allowed_nothing(string name)
    {
        var open = Template.All[name].Resources.SelectMany(resource => StatementsOf(resource.Value!)).Where(statement =>
            statement["Effect"]!.GetValue<string>() == "Allow" && Template.Walk(statement["Principal"]).Any(found => found.Node is JsonValue text && text.GetValue<string>() == "*"));

        open.Select(statement => statement.ToJsonString()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("app.yaml")]
    [InlineData("sentinel.yaml")]
    public void Task_role_can_read_no_secret_and_can_neither_hand_on_nor_take_away_a_key(string name)
    {
        var allowed = TaskRoleStatements(Template.All[name]).SelectMany(ActionsOf).ToList();

        allowed.ShouldNotBeEmpty();
        allowed.ShouldAllBe(action => !action.Contains('*'));
        allowed.Intersect(Forbidden).ShouldBeEmpty();
    }

    [Fact]
    public void Key_denies_use_to_all_but_the_task_role_and_deletion_to_all_but_administrators()
    {
        var policy = Template.All["app.yaml"].Property("Key", "KeyPolicy")!["Statement"]!.AsArray().Select(statement => statement!["Fn::If"]?[1] ?? statement!).ToList();
        string[] describing = ["kms:DescribeKey", "kms:CreateKey", "kms:CreateAlias", "kms:TagResource"];
        var used = TaskRoleStatements(Template.All["app.yaml"]).SelectMany(ActionsOf).Except(describing).ToList();

        var wall = policy.Single(statement => statement["Sid"]!.GetValue<string>() == "OnlyTheApplicationUsesIt");
        wall["Effect"]!.GetValue<string>().ShouldBe("Deny");
        ActionsOf(wall).ShouldBe(["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:CreateGrant"], ignoreOrder: true);
        used.ShouldNotBeEmpty();
        used.ShouldAllBe(action => ActionsOf(wall).Any(denied => action == denied || denied.EndsWith('*') && action.StartsWith(denied.TrimEnd('*'), StringComparison.Ordinal)));
        wall["Condition"]!.ToJsonString().ShouldBe("""{"ArnNotEquals":{"aws:PrincipalArn":{"Fn::GetAtt":["TaskRole","Arn"]}}}""");

        var deletion = policy.Single(statement => ActionsOf(statement).SequenceEqual(["kms:ScheduleKeyDeletion"]));
        deletion["Condition"]!.ToJsonString().ShouldBe("""{"ArnNotEquals":{"aws:PrincipalArn":{"Ref":"KeyAdministrators"}}}""");

        // Whoever may put a policy can mend one: nobody is locked out for good.
        var administration = policy.Single(statement => statement["Effect"]!.GetValue<string>() == "Allow");
        ActionsOf(administration).ShouldContain("kms:PutKeyPolicy");
        ActionsOf(administration).ShouldNotContain("kms:CreateGrant");
        policy.Where(statement => statement["Effect"]!.GetValue<string>() == "Deny").SelectMany(ActionsOf).ShouldNotContain("kms:PutKeyPolicy");
    }

    [Fact]
    public void Nothing_but_the_load_balancer_is_open_to_the_internet()
    {
        foreach (var template in Template.All.Values)
        {
            foreach (var (id, group) in template.OfType("AWS::EC2::SecurityGroup"))
            {
                var open = Template.Walk(group["Properties"]!["SecurityGroupIngress"]).Where(found => found.Path.EndsWith("/CidrIp", StringComparison.Ordinal) || found.Path.EndsWith("/CidrIpv6", StringComparison.Ordinal))
                    .Where(found => Sources(template, found.Node).Contains("0.0.0.0/0"));
                if (id != "LoadBalancerSecurityGroup")
                    open.ShouldBeEmpty($"{template.Name} {id}");
            }

            foreach (var (id, ingress) in template.OfType("AWS::EC2::SecurityGroupIngress"))
                Sources(template, ingress["Properties"]!["CidrIp"]).ShouldNotContain("0.0.0.0/0", $"{template.Name} {id}");
            foreach (var (_, balancer) in template.OfType("AWS::ElasticLoadBalancingV2::LoadBalancer"))
                balancer["Properties"]!["SecurityGroups"]!.ToJsonString().ShouldBe("""[{"Ref":"LoadBalancerSecurityGroup"}]""");
            foreach (var (_, service) in template.OfType("AWS::ECS::Service"))
                service["Properties"]!["NetworkConfiguration"]!["AwsvpcConfiguration"]!["AssignPublicIp"]!.GetValue<string>().ShouldBe("DISABLED");
            foreach (var (_, database) in template.OfType("AWS::RDS::DBInstance"))
                database["Properties"]!["PubliclyAccessible"]!.GetValue<string>().ShouldBe("false");
        }
    }

    [Fact]
    public void Everything_that_keeps_data_is_encrypted()
    {
        foreach (var template in Template.All.Values)
        {
            foreach (var (id, resource) in template.Resources)
            {
                var properties = resource!["Properties"] ?? new JsonObject();
                var (encrypted, kept) = resource["Type"]!.GetValue<string>() switch
                {
                    "AWS::RDS::DBInstance" => (properties["StorageEncrypted"]?.GetValue<string>() == "true" && properties["KmsKeyId"] is not null && properties["MasterUserSecret"]?["KmsKeyId"] is not null, true),
                    "AWS::S3::Bucket" => (properties["BucketEncryption"]?["ServerSideEncryptionConfiguration"] is JsonArray { Count: > 0 }, true),
                    "AWS::Logs::LogGroup" => (properties["KmsKeyId"] is not null || resource["Metadata"]?["KmsLab"]?["EncryptedByDefault"] is not null || template.Name == "dev.yaml", true),
                    "AWS::SNS::Topic" => (properties["KmsMasterKeyId"] is JsonObject, false),
                    "AWS::SQS::Queue" => (properties["KmsMasterKeyId"] is not null, true),
                    "AWS::SecretsManager::Secret" => (properties["KmsKeyId"] is not null, true),
                    "AWS::CloudTrail::Trail" => (properties["KMSKeyId"] is not null || template.Name == "dev.yaml", false),
                    "AWS::ECR::Repository" => (properties["EncryptionConfiguration"] is not null, true),
                    "AWS::KMS::Key" => (properties["EnableKeyRotation"]?.GetValue<string>() == "true", true),
                    _ => (true, false),
                };
                encrypted.ShouldBeTrue($"{template.Name} {id} is not encrypted");
                if (kept)
                    resource["DeletionPolicy"]?.GetValue<string>().ShouldNotBeNullOrEmpty($"{template.Name} {id}: say what becomes of it when the stack goes");
            }
        }
    }

    [Fact]
    public void Database_takes_TLS_only_and_clients_check_its_name()
    {
        foreach (var (stack, variable) in new[] { ("kmslab-app", "ConnectionStrings__vault"), ("kmslab-sentinel", "ConnectionStrings__sentinel") })
        {
            var deployment = new Deployment(Environments.Everything);
            deployment.Property(stack, "DatabaseParameters", "Parameters")!["rds.force_ssl"]!.GetValue<string>().ShouldBe("1");
            var connection = new Npgsql.NpgsqlConnectionStringBuilder(deployment.EnvironmentOf(stack)[variable]);
            connection.SslMode.ShouldBe(Npgsql.SslMode.VerifyFull);
            connection.Database.ShouldBe(deployment.Property(stack, "Database", "DBName")!.GetValue<string>());
            connection.Password.ShouldBeNullOrEmpty();
        }
    }

    [Fact]
    public void Containers_run_without_root_rights_and_without_a_writable_file_system()
    {
        foreach (var stack in new[] { "kmslab-app", "kmslab-sentinel" })
        {
            var container = new Deployment(Environments.Everything).Property(stack, "TaskDefinition", "ContainerDefinitions")![0]!;
            container["ReadonlyRootFilesystem"]!.GetValue<string>().ShouldBe("true");
            container["User"]!.GetValue<string>().ShouldNotBe("0");
            container["LinuxParameters"]!["Capabilities"]!.ToJsonString().ShouldBe("""{"Drop":["ALL"]}""");
            container["MountPoints"].ShouldBeNull();
        }
    }

    /// <summary>What the task role of a stack is allowed, its conditional statements too.</summary>
    internal static IEnumerable<JsonNode> TaskRoleStatements(Template template) =>
        template.OfType("AWS::IAM::RolePolicy").Where(policy => policy.Resource["Properties"]!["RoleName"]!["Ref"]!.GetValue<string>() == "TaskRole")
            .SelectMany(policy => StatementsOf(policy.Resource)).Concat(StatementsOf(template.Resources["TaskRole"]!["Properties"]!["Policies"] ?? new JsonArray()));

    internal static IEnumerable<string> ActionsOf(JsonNode statement) => Texts(statement["Action"]);

    private static IEnumerable<JsonNode> StatementsOf(JsonNode resource) =>
        Template.Walk(resource).Select(found => found.Node).OfType<JsonObject>().Where(map => map.ContainsKey("Effect"));

    private static bool HasWildcard(JsonNode statement) =>
        ActionsOf(statement).Any(action => action.Contains('*')) || Template.Walk(statement["Resource"]).Any(found => found.Node is JsonValue value && IsWild(value.GetValue<string>()));

    /// <summary>All of something, in one account or everywhere; not the objects of one bucket or the streams of one group.</summary>
    private static bool IsWild(string resource) => resource == "*" || resource.EndsWith(":*", StringComparison.Ordinal) && !resource.Contains("log-stream", StringComparison.Ordinal)
        || resource.EndsWith(":key/*", StringComparison.Ordinal) || resource.Contains(":alias/", StringComparison.Ordinal) && resource.EndsWith('*');

    private static IEnumerable<string> Sources(Template template, JsonNode? cidr) => cidr switch
    {
        JsonValue text => [text.GetValue<string>()],
        JsonObject map when map["Ref"] is { } parameter => [template.Parameters[parameter.GetValue<string>()]?["Default"]?.GetValue<string>() ?? ""],
        _ => [],
    };

    private static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonArray list => list.Select(item => item!.GetValue<string>()),
        null => [],
        _ => [node.GetValue<string>()],
    };
}
