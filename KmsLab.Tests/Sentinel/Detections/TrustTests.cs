using System.Text.Json.Nodes;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Host;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;
using static KmsLab.Tests.Sentinel.Detections.DetectionBench;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>role-hijack about everybody whom the configuration trusts, on records shaped as IAM, STS, ECS, EC2, ECR and SSM write them.</summary>
public sealed class TrustTests(PostgresCluster cluster)
{
    public const string Batch = $"arn:aws:iam::{TestRecords.Account}:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch";
    internal const string Restore = $"arn:aws:iam::{TestRecords.Account}:role/restore";
    private const string Operator = $"arn:aws:iam::{TestRecords.Account}:user/ops/operator";
    private const string Scaling = $"arn:aws:iam::{TestRecords.Account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService";

    public static TheoryData<string, string, string?> Identities { get; } = new()
    {
        { "UpdateAssumeRolePolicy", """{"roleName":"kmslab-execution","policyDocument":"{}"}""", "kmslab-execution" },
        { "PutRolePolicy", """{"roleName":"restore","policyName":"p","policyDocument":"{}"}""", "restore" },
        { "AttachRolePolicy", """{"roleName":"deployer","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}""", "deployer" },
        { "PutRolePermissionsBoundary", """{"roleName":"RESTORE","permissionsBoundary":"x"}""", "restore" },
        { "CreateRole", """{"roleName":"ci-evil","path":"/"}""", "ci-evil" },
        { "CreateRole", """{"roleName":"other","path":"/"}""", null },
        { "CreateRole", """{"roleName":"any","path":"/pipelines/"}""", "any" },
        { "CreateRole", """{"roleName":"any","path":"/people/"}""", null },
        { "UpdateAssumeRolePolicy", """{"roleName":"ci-prod"}""", "ci-prod" },
        { "UpdateAssumeRolePolicy", """{"roleName":"any"}""", null },
        { "CreateAccessKey", """{"userName":"operator"}""", "operator" },
        { "AddUserToGroup", """{"userName":"operator","groupName":"admins"}""", "operator" },
        { "DeactivateMFADevice", """{"userName":"operator"}""", "operator" },
        { "UpdateUser", """{"userName":"nobody","newUserName":"operator"}""", "operator" },
        { "CreateAccessKey", """{"userName":"deployer"}""", null },
        { "TagRole", """{"roleName":"restore"}""", null },
        { "GetRole", """{"roleName":"restore"}""", null },
    };

    [Theory]
    [MemberData(nameof(Identities))]
    public void Change_of_whoever_is_trusted_counts(string operation, string parameters, string? target)
    {
        using var bench = Bench();
        using var other = Bench();
        JsonObject Change(string by) => Call("iam", operation, JsonNode.Parse(parameters)!.AsObject(), by);

        bench.Select(Change(Stranger))?.Group.Values.Single(member => member.Key == "target").Value.ShouldBe(target);
        (other.Select(Change(Batch)) is null).ShouldBe(target is null, "the same by a service-linked role");
        bench.Select(Change(Deployer)).ShouldBeNull();
    }

    [Fact]
    public void New_version_of_a_policy_changes_all_that_hold_it()
    {
        using var bench = Bench();
        const string policy = $"arn:aws:iam::{TestRecords.Account}:policy/shared";
        JsonObject OnPolicy(string operation, string arn = policy) => Call("iam", operation, new() { ["policyArn"] = arn, ["policyDocument"] = "{}" });
        JsonObject OfRole(string operation) => Call("iam", operation, new() { ["policyArn"] = policy, ["roleName"] = "restore" }, Deployer);

        bench.Select(OnPolicy("CreatePolicyVersion")).ShouldBeNull("nobody knows who holds it");
        bench.Select(OfRole("AttachRolePolicy"), OnPolicy("CreatePolicyVersion")).ShouldNotBeNull().Detail.ShouldBe($"CreatePolicyVersion on its policy {policy}");
        bench.Select(OnPolicy("SetDefaultPolicyVersion")).ShouldNotBeNull();
        bench.Select(OfRole("DetachRolePolicy"), OnPolicy("CreatePolicyVersion")).ShouldBeNull();
        bench.Select(OnPolicy("CreatePolicyVersion", $"arn:aws:iam::{TestRecords.Account}:policy/kmslab-execution-secrets")).ShouldNotBeNull("named after its role");
    }

    [Fact]
    public void Policy_that_is_put_again_unchanged_is_quiet()
    {
        using var bench = Bench();
        static JsonObject Trust(string document) => Call("iam", "UpdateAssumeRolePolicy", new() { ["roleName"] = "restore", ["policyDocument"] = document });

        bench.Select(Trust("""{"Statement":[]}""")).ShouldNotBeNull();
        bench.Select(Trust("""{ "Statement": [ ] }""")).ShouldBeNull();
        bench.Select(Trust("""{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole"},{"Effect":"Deny","Action":["sts:TagSession"]}]}""")).ShouldNotBeNull();
        bench.Select(Trust("""{"Statement":[{"Action":"sts:TagSession","Effect":"Deny"},{"Effect":"Allow","Action":["sts:AssumeRole"]}]}""")).ShouldBeNull("order and lists of one say nothing");
    }

    [Fact]
    public void Trust_that_a_role_was_made_with_is_no_news_when_it_is_put_again()
    {
        using var bench = Bench();
        var made = Call("iam", "CreateRole", new() { ["roleName"] = "restore", ["assumeRolePolicyDocument"] = """{"Statement":[{"Effect":"Allow"}]}""" }, Deployer);
        JsonObject Put(string document) => Call("iam", "UpdateAssumeRolePolicy", new() { ["roleName"] = "restore", ["policyDocument"] = document });

        bench.Select(made, Put("""{ "Statement": { "Effect": "Allow" } }""")).ShouldBeNull();
        bench.Select(Put("""{"Statement":[{"Effect":"Allow","Principal":"*"}]}""")).ShouldNotBeNull();
    }

    [Fact]
    public void New_version_of_a_permissions_boundary_changes_whoever_is_bound_by_it()
    {
        using var bench = Bench();
        const string policy = $"arn:aws:iam::{TestRecords.Account}:policy/limits";

        bench.Select(
            Call("iam", "PutRolePermissionsBoundary", new() { ["roleName"] = "restore", ["permissionsBoundary"] = policy }, Deployer),
            Call("iam", "CreatePolicyVersion", new() { ["policyArn"] = policy, ["policyDocument"] = "{}", ["setAsDefault"] = true })).ShouldNotBeNull();
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Holders_of_a_policy_are_known_after_a_restart(DatabaseProvider database)
    {
        const string policy = $"arn:aws:iam::{TestRecords.Account}:policy/shared";
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        bed.Options.ProtectedSets["vault"] = new() { Keys = [TestRecords.KeyArn], UnattestedPrincipals = [Restore], Deployers = [Deployer] };
        await bed.Start().TakeAsync(Call("iam", "AttachRolePolicy", new() { ["policyArn"] = policy, ["roleName"] = "restore" }, Deployer).Utf8());

        var sentinel = bed.Start();
        await sentinel.TakeAsync(Call("iam", "CreatePolicyVersion", new() { ["policyArn"] = policy, ["policyDocument"] = "{}" }).Utf8());

        (await sentinel.AlarmsAsync()).ShouldContain(alarm => alarm.Detection == "role-hijack");
    }

    [Theory]
    [InlineData("eks", "CreatePodIdentityAssociation", "roleArn")]
    [InlineData("rolesanywhere", "CreateProfile", "roleArns")]
    [InlineData("apprunner", "CreateService", "instanceRoleArn")]
    [InlineData("elasticmapreduce", "RunJobFlow", "jobFlowRole")]
    public void Role_that_is_handed_to_a_service_counts_and_its_records_are_read(string source, string operation, string member)
    {
        using var bench = Bench();
        JsonNode role = Restore;
        var parameters = new JsonObject { [member] = member.EndsWith('s') ? new JsonArray(role) : role };

        bench.Select(Call(source, operation, parameters)).ShouldNotBeNull();
        RoleHijack.Definition.EventSources.ShouldContain($"{source}.amazonaws.com");
    }

    public static TheoryData<string, string, string, bool> Handovers { get; } = new()
    {
        { "ecs", "RegisterTaskDefinition", """{"family":"x","executionRoleArn":"{execution}"}""", true },
        { "ecs", "RunTask", """{"taskDefinition":"x","overrides":{"executionRoleArn":"{execution}"}}""", true },
        { "batch", "RegisterJobDefinition", """{"containerProperties":{"jobRoleArn":"{role}"}}""", true },
        { "sagemaker", "CreateNotebookInstance", """{"roleArn":"{restore}"}""", true },
        { "glue", "CreateJob", """{"role":"kmslab-cryptoapi"}""", true },
        { "glue", "CreateJob", """{"role":"other"}""", false },
        { "cloudformation", "CreateStack", """{"stackName":"x","roleARN":"{deployer}"}""", true },
        { "ssm", "CreateActivation", """{"iamRole":"restore"}""", true },
        { "ec2", "RunInstances", """{"iamInstanceProfile":{"arn":"arn:aws:iam::000000000000:instance-profile/kmslab-cryptoapi"}}""", true },
        { "ec2", "AssociateIamInstanceProfile", """{"AssociateIamInstanceProfileRequest":{"IamInstanceProfile":{"Name":"restore"},"InstanceId":"i-1"}}""", true },
        { "ec2", "RunInstances", """{"iamInstanceProfile":{"name":"other"},"keyName":"restore"}""", false },
        { "autoscaling", "CreateLaunchConfiguration", """{"iamInstanceProfile":"restore"}""", true },
        { "states", "CreateStateMachine", """{"roleArn":"{role}"}""", true },
        { "rolesanywhere", "CreateProfile", """{"name":"x","roleArns":["{restore}"]}""", true },
        { "rolesanywhere", "CreateProfile", """{"name":"restore","roleArns":["arn:aws:iam::000000000000:role/other"]}""", false },
        { "rolesanywhere", "CreateSession", """{"roleArn":"{restore}"}""", false },
        { "lambda", "ListFunctions20150331", "{}", false },
    };

    [Theory]
    [MemberData(nameof(Handovers))]
    public void Trusted_role_that_is_handed_to_a_service_counts(string source, string operation, string parameters, bool fires)
    {
        using var bench = Bench();
        var text = parameters.Replace("{execution}", ExecutionRole, StringComparison.Ordinal).Replace("{role}", TestRecords.RoleArn, StringComparison.Ordinal)
            .Replace("{restore}", Restore, StringComparison.Ordinal).Replace("{deployer}", Deployer, StringComparison.Ordinal);
        JsonObject Hand(string by) => Call(source, operation, JsonNode.Parse(text)!.AsObject(), by);

        (bench.Select(Hand(Stranger)) is not null).ShouldBe(fires);
        (bench.Select(Hand(Batch)) is not null).ShouldBe(fires, "by a service-linked role, for somebody else");
        bench.Select(Hand(Deployer)).ShouldBeNull();
        bench.Select(Hand(Stranger).With(record => record["readOnly"] = true)).ShouldBeNull();
    }

    [Fact]
    public void Instance_profile_is_told_by_the_role_that_it_was_given()
    {
        using var bench = Bench();
        var run = Call("ec2", "RunInstances", new() { ["iamInstanceProfile"] = new JsonObject { ["name"] = "workers" } });

        bench.Select(run).ShouldBeNull();
        bench.Select(Call("iam", "AddRoleToInstanceProfile", new() { ["instanceProfileName"] = "workers", ["roleName"] = "restore" }, Deployer), run).ShouldNotBeNull();
    }

    [Fact]
    public void Role_of_the_application_is_assumed_by_its_service_alone()
    {
        using var bench = Bench();
        static JsonObject Assume(string role, string? service = null, string by = Stranger) => Call("sts", "AssumeRole", new() { ["roleArn"] = role }, by).With(record =>
        {
            if (service is not null)
                record["userIdentity"] = new JsonObject { ["type"] = "AWSService", ["invokedBy"] = service };
        });

        bench.Select(Assume(TestRecords.RoleArn)).ShouldNotBeNull().Detail.ShouldBe($"AssumeRole by {Stranger}");
        bench.Select(Assume(ExecutionRole)).ShouldNotBeNull();
        bench.Select(Assume(TestRecords.RoleArn, "ecs-tasks.amazonaws.com")).ShouldBeNull();
        bench.Select(Assume(TestRecords.RoleArn, "lambda.amazonaws.com")).ShouldNotBeNull("the set runs on ECS");
        bench.Select(Assume(Deployer)).ShouldBeNull("pipelines do that all day");
        bench.Select(Assume(Stranger)).ShouldBeNull();
        bench.Select(Call("sts", "AssumeRole", null, errorCode: "AccessDenied", errorMessage: $"is not authorized to perform: sts:AssumeRole on resource: {TestRecords.RoleArn}")).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("codepipeline", "CreatePipeline", """{"pipeline":{"stages":[{"actions":[{"configuration":{"X":"{role}"}}]}]}}""", true)]
    [InlineData("imagebuilder", "CreateImage", """{"executionRole":"{role}"}""", true)]
    [InlineData("emr-serverless", "StartJobRun", """{"executionRoleArn":"{role}"}""", true)]
    [InlineData("datapipeline", "PutPipelineDefinition", """{"pipelineObjects":[{"fields":[{"key":"x","stringValue":"{role}"}]}]}""", true)]
    [InlineData("datapipeline", "PutPipelineDefinition", """{"pipelineObjects":[{"fields":[{"key":"resourceRole","stringValue":"kmslab-cryptoapi"}]}]}""", true)]
    [InlineData("datapipeline", "PutPipelineDefinition", """{"pipelineObjects":[{"fields":[{"key":"name","stringValue":"kmslab-cryptoapi"}]}]}""", false)]
    [InlineData("bedrock", "CreateAgent", """{"agentResourceRoleArn":"{role}"}""", true)]
    [InlineData("cloudformation", "CreateStack", """{"parameters":[{"parameterKey":"X","parameterValue":"{role}"}]}""", true)]
    [InlineData("lambda", "AddPermission20150331v2", """{"principal":"{role}","action":"lambda:InvokeFunction"}""", false)]
    [InlineData("eks", "CreateAccessEntry", """{"principalArn":"{role}"}""", false)]
    [InlineData("cloudformation", "CreateStack", """{"tags":[{"key":"role","value":"kmslab-cryptoapi"}]}""", false)]
    [InlineData("ec2", "CreateTags", """{"tagSet":{"items":[{"key":"owner","value":"{role}"}]}}""", false)]
    public void Role_counts_under_whatever_name_a_request_has_it(string source, string operation, string parameters, bool fires)
    {
        using var bench = Bench();
        (bench.Select(Call(source, operation, JsonNode.Parse(parameters.Replace("{role}", TestRecords.RoleArn, StringComparison.Ordinal))!.AsObject())) is not null).ShouldBe(fires);
        RoleHijack.Definition.EventSources.ShouldContain($"{source}.amazonaws.com");
    }

    [Theory]
    [InlineData("CreatePolicyVersion", "policy arn:aws:iam::000000000000:policy/shared", true)]
    [InlineData("SetDefaultPolicyVersion", "policy arn:aws:iam::000000000000:policy/shared", true)]
    [InlineData("CreatePolicyVersion", "policy arn:aws:iam::000000000000:policy/other", false)]
    public void Refused_change_of_a_policy_is_read_from_its_message(string operation, string resource, bool fires)
    {
        using var bench = Bench();
        bench.Judge(Call("iam", "AttachRolePolicy", new() { ["policyArn"] = "arn:aws:iam::000000000000:policy/shared", ["roleName"] = "restore" }, Deployer));

        (bench.Select(Call("iam", operation, null, errorCode: "AccessDenied",
            errorMessage: $"User: {Stranger} is not authorized to perform: iam:{operation} on resource: {resource} because no identity-based policy allows it")) is not null).ShouldBe(fires);
    }

    [Fact]
    public void Ordinary_administration_is_quiet()
    {
        using var bench = Bench();
        bench.Select(Call("ecs", "RunTask", new() { ["cluster"] = "prod", ["taskDefinition"] = "nightly" }).With(record => record["userIdentity"]!["invokedBy"] = "events.amazonaws.com")).ShouldBeNull();
        static JsonObject Scale(string by) => Call("ecs", "UpdateService", new() { ["cluster"] = "prod", ["service"] = "api", ["desiredCount"] = 3 }, by);

        bench.Select(Scale(Deployer).With(record => record["userIdentity"]!["invokedBy"] = "cloudformation.amazonaws.com")).ShouldBeNull();
        bench.Select(Scale(Scaling)).ShouldBeNull();
        foreach (var (source, read) in ((string, string)[])[("iam", "GetRole"), ("iam", "ListAttachedRolePolicies"), ("ecs", "DescribeServices"), ("ecs", "DescribeTaskDefinition"), ("ecr", "BatchGetImage"), ("ssm", "GetParameter")])
        {
            bench.Select(Call(source, read, new() { ["roleName"] = "restore", ["cluster"] = "prod", ["taskDefinition"] = "cryptoapi", ["repositoryName"] = "cryptoapi" })
                .With(record => record["readOnly"] = true)).ShouldBeNull(read);
        }
    }

    /// <summary>A bench whose set trusts several roles, runs in one cluster and has one task family.</summary>
    internal static DetectionBench Bench() => new(RoleHijack.Definition, (SentinelOptions options) =>
    {
        var set = options.ProtectedSets["vault"];
        set.SecretReaders = [ExecutionRole];
        set.UnattestedPrincipals = [Restore, Operator];
        set.Deployers = [Deployer, $"arn:aws:iam::{TestRecords.Account}:role/ci-*", $"arn:aws:iam::{TestRecords.Account}:role/pipelines/*"];
        set.Clusters = ["prod"];
        set.TaskFamilies = ["cryptoapi"];
    });
}
