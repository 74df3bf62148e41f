using System.Text.Json.Nodes;
using KmsLab.Sentinel.Detections;
using static KmsLab.Tests.Sentinel.Detections.DetectionBench;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>role-hijack, on records shaped as IAM and ECS write them.</summary>
public sealed class RoleHijackTests
{
    private const string Role = "kmslab-cryptoapi";

    [Theory]
    [InlineData("UpdateAssumeRolePolicy")]
    [InlineData("PutRolePolicy")]
    [InlineData("AttachRolePolicy")]
    [InlineData("DeleteRolePolicy")]
    [InlineData("DetachRolePolicy")]
    [InlineData("DeleteRolePermissionsBoundary")]
    [InlineData("AddRoleToInstanceProfile")]
    public void Change_of_the_role_counts_by_anyone_but_the_deployer(string operation)
    {
        using var bench = new DetectionBench(RoleHijack.Definition);
        JsonObject Change(string by, string role = Role, string? error = null) =>
            Call("iam", operation, new() { ["roleName"] = role, ["policyName"] = "p", ["policyDocument"] = "{}" }, by, error).With(r => r["awsRegion"] = "us-east-1");

        bench.Select(Change(Stranger)).ShouldNotBeNull().Group.Values.ShouldBe([new("set", "vault"), new("target", Role), new("principal", Stranger)]);
        bench.Select(Change(Deployer)).ShouldBeNull();
        bench.Select(Change(Stranger, "other")).ShouldBeNull();
        bench.Select(Change(Stranger, error: "AccessDenied")).ShouldNotBeNull().Detail.ShouldBe($"tried, and refused with AccessDenied: {operation} on the role");
        bench.Select(Change(Stranger, error: "NoSuchEntityException")).ShouldBeNull();
        bench.Select(Change(Stranger).With(r => r["recipientAccountId"] = "111122223333")).ShouldBeNull("another account's role of that name");
    }

    [Fact]
    public void Refused_change_counts_though_its_record_has_no_parameters()
    {
        using var bench = new DetectionBench(RoleHijack.Definition);
        var message = $"User: {Stranger} is not authorized to perform: iam:UpdateAssumeRolePolicy on resource: {TestRecords.RoleArn}";

        bench.Select(Call("iam", "UpdateAssumeRolePolicy", null, errorCode: "AccessDenied", errorMessage: message)).ShouldNotBeNull();
        bench.Select(Call("iam", "PutRolePolicy", null, errorCode: "AccessDenied", errorMessage: $"... on resource: role {Role} because no identity-based policy allows it")).ShouldNotBeNull();
        bench.Select(Call("iam", "UpdateAssumeRolePolicy", null, errorCode: "AccessDenied", errorMessage: message + "-2")).ShouldBeNull("another role");
        bench.Select(Call("iam", "UpdateAssumeRolePolicy", null, errorCode: "AccessDenied", errorMessage: "no")).ShouldBeNull();
        bench.Select(Call("iam", "GetRole", new() { ["roleName"] = Role })).ShouldBeNull();
    }

    [Fact]
    public void Role_that_is_handed_to_a_service_counts()
    {
        using var bench = new DetectionBench(RoleHijack.Definition);

        bench.Select(Call("lambda", "CreateFunction20150331", new() { ["functionName"] = "f", ["role"] = TestRecords.RoleArn })).ShouldNotBeNull()
            .Detail.ShouldBe("CreateFunction20150331 hands the role to lambda");
        bench.Select(Call("lambda", "CreateFunction20150331", new() { ["functionName"] = "kmslab-cryptoapi", ["role"] = Stranger })).ShouldBeNull("a name is no role");
        bench.Select(Call("ecs", "RegisterTaskDefinition", new() { ["family"] = "evil", ["taskRoleArn"] = TestRecords.RoleArn })).ShouldNotBeNull();
        bench.Select(Call("ecs", "RunTask", new() { ["taskDefinition"] = "x", ["overrides"] = new JsonObject { ["taskRoleArn"] = TestRecords.RoleArn } })).ShouldNotBeNull();
        bench.Select(Call("ecs", "RegisterTaskDefinition", new() { ["family"] = "vault", ["taskRoleArn"] = TestRecords.RoleArn }, Deployer)).ShouldBeNull();
        bench.Select(Call("ecs", "RegisterTaskDefinition", null, errorCode: "AccessDeniedException",
            errorMessage: $"User: {Stranger} is not authorized to perform: iam:PassRole on resource: {TestRecords.RoleArn}")).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("RunTask", "vault")]
    [InlineData("RunTask", "vault:7")]
    [InlineData("StartTask", "arn:aws:ecs:us-east-1:000000000000:task-definition/vault:7")]
    [InlineData("UpdateService", "vault:8")]
    [InlineData("CreateService", "vault")]
    public void Task_of_a_learned_family_counts(string operation, string definition)
    {
        using var bench = new DetectionBench(RoleHijack.Definition);
        var run = Call("ecs", operation, new() { ["cluster"] = "c", ["taskDefinition"] = definition });
        bench.Select(run).ShouldBeNull("nobody knows the family yet");

        bench.Select(Call("ecs", "RegisterTaskDefinition", new() { ["family"] = "vault", ["taskRoleArn"] = TestRecords.RoleArn }, Deployer), run).ShouldNotBeNull()
            .Detail.ShouldBe($"{operation} with the task definition {definition}");
        bench.Select(Call("ecs", operation, new() { ["taskDefinition"] = definition }, Deployer)).ShouldBeNull();
        bench.Select(Call("ecs", operation, new() { ["taskDefinition"] = "vault-other" })).ShouldBeNull();
        bench.Select(Call("ecs", operation, new() { ["taskDefinition"] = definition }, TrustTests.Batch)).ShouldNotBeNull("a service runs it for somebody else");
    }

    [Fact]
    public void Command_in_a_container_counts_in_the_sets_clusters_and_in_any_where_none_are_named()
    {
        using var any = new DetectionBench(RoleHijack.Definition);
        using var named = new DetectionBench(RoleHijack.Definition, options => options.ProtectedSets["vault"].Clusters = ["prod"]);
        JsonObject Exec(string? cluster, string by = Stranger) => Call("ecs", "ExecuteCommand", new()
        {
            ["cluster"] = cluster,
            ["container"] = "app",
            ["task"] = "arn:aws:ecs:us-east-1:000000000000:task/prod/abc",
            ["command"] = "HIDDEN",
            ["interactive"] = true,
        }, by);

        any.Select(Exec("test")).ShouldNotBeNull();
        named.Select(Exec("test")).ShouldBeNull();
        named.Select(Exec(null)).ShouldBeNull("the cluster default");
        named.Select(Exec("prod", Deployer)).ShouldBeNull();
        var selection = named.Select(Exec("arn:aws:ecs:us-east-1:000000000000:cluster/prod")).ShouldNotBeNull();
        selection.Group.Values.ShouldContain(new KeyValuePair<string, string>("cluster", "prod"));
        selection.Group.Values.ShouldContain(new KeyValuePair<string, string>("task", "arn:aws:ecs:us-east-1:000000000000:task/prod/abc"));
    }

    [Theory]
    [InlineData("10.0.3.4", null, false)]
    [InlineData("10.1.0.0", null, true)]
    [InlineData("10.0.255.255", null, false)]
    [InlineData("203.0.113.9", null, true)]
    [InlineData("192.0.2.7", null, false)]
    [InlineData("203.0.113.9", "vpce-1", false)]
    [InlineData("203.0.113.9", "vpce-2", true)]
    [InlineData("ecs-tasks.amazonaws.com", null, false)]
    public void Credentials_of_the_role_count_from_outside_its_addresses_and_endpoints(string address, string? endpoint, bool fires)
    {
        using var bench = new DetectionBench(RoleHijack.Definition, options =>
        {
            options.ProtectedSets["vault"].Addresses = ["10.0.0.0/16", "192.0.2.7"];
            options.ProtectedSets["vault"].VpcEndpoints = ["vpce-1"];
        });
        var call = TestRecords.Decrypt().With(r => { r["sourceIPAddress"] = address; r["vpcEndpointId"] = endpoint; });

        (bench.Select(call) is not null).ShouldBe(fires);
        bench.Select(TestRecords.Decrypt(role: Stranger).With(r => r["sourceIPAddress"] = address)).ShouldBeNull("not the role");
        bench.Select(TestRecords.Decrypt().With(r => { r["sourceIPAddress"] = address; r["userIdentity"]!["invokedBy"] = "s3.amazonaws.com"; })).ShouldBeNull("a service on its behalf");
    }

    [Fact]
    public void Credentials_are_inside_everywhere_where_nothing_is_configured()
    {
        using var bench = new DetectionBench(RoleHijack.Definition);
        bench.Select(TestRecords.Decrypt().With(r => r["sourceIPAddress"] = "203.0.113.9")).ShouldBeNull();
    }
}
