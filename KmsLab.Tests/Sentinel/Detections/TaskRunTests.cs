using System.Text.Json.Nodes;
using static KmsLab.Tests.Sentinel.Detections.DetectionBench;
using static KmsLab.Tests.Sentinel.Detections.TrustTests;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>role-hijack about the application's tasks: commands, images, task definitions and clusters.</summary>
public sealed class TaskRunTests
{
    [Fact]
    public void Session_in_a_task_counts_as_a_command_does()
    {
        using var bench = Bench();
        static JsonObject Start(string target) => Call("ssm", "StartSession", new() { ["target"] = target });

        bench.Select(Start("ecs:prod_abc_def-123")).ShouldNotBeNull();
        bench.Select(Start("ecs:test_abc_def-123")).ShouldBeNull();
        bench.Select(Start("i-0123456789")).ShouldBeNull();
    }

    [Theory]
    [InlineData("cluster/prod", true)]
    [InlineData("task/prod/abc", true)]
    [InlineData("task/test/abc", false)]
    public void Refused_command_counts_though_its_record_has_no_parameters(string resource, bool fires)
    {
        using var bench = Bench();
        var refused = Call("ecs", "ExecuteCommand", null, errorCode: "AccessDeniedException",
            errorMessage: $"User is not authorized to perform: ecs:ExecuteCommand on resource: arn:aws:ecs:us-east-1:000000000000:{resource} because no identity-based policy allows it");

        (bench.Select(refused) is not null).ShouldBe(fires);
    }

    [Fact]
    public void Image_that_is_pushed_over_the_applications_counts()
    {
        using var bench = Bench();
        static JsonObject Push(string repository, string by = Stranger) => Call("ecr", "PutImage", new() { ["repositoryName"] = repository, ["imageTag"] = "latest" }, by);
        static JsonObject Register(string image) => Call("ecs", "RegisterTaskDefinition", new()
        {
            ["family"] = "cryptoapi",
            ["taskRoleArn"] = TestRecords.RoleArn,
            ["containerDefinitions"] = new JsonArray(new JsonObject { ["image"] = image }),
        }, Deployer);

        bench.Select(Push("apps/api")).ShouldBeNull();
        bench.Select(Register("000000000000.dkr.ecr.us-east-1.amazonaws.com/apps/pinned@sha256:0123"), Push("apps/pinned")).ShouldBeNull("what is pinned stays");
        bench.Select(Register("000000000000.dkr.ecr.us-east-1.amazonaws.com/apps/api:latest"), Push("apps/api")).ShouldNotBeNull()
            .Detail.ShouldBe("an image was pushed to apps/api:latest, which the application runs");
        bench.Select(Push("apps/api", Deployer)).ShouldBeNull();
        bench.Select(Push("apps/cryptoapi")).ShouldNotBeNull("named after the family");
        bench.Select(Call("ecr", "PutImageTagMutability", new() { ["repositoryName"] = "apps/api", ["imageTagMutability"] = "MUTABLE" })).ShouldNotBeNull();
    }

    [Fact]
    public void Task_of_the_application_that_another_service_is_to_run_counts()
    {
        using var bench = Bench();
        static JsonObject Target(string family) => Call("events", "PutTargets", JsonNode.Parse(
            $$$"""{"rule":"r","targets":[{"arn":"c","ecsParameters":{"taskDefinitionArn":"arn:aws:ecs:us-east-1:000000000000:task-definition/{{{family}}}:3"}}]}""")!.AsObject());

        bench.Select(Target("cryptoapi")).ShouldNotBeNull();
        bench.Select(Target("other")).ShouldBeNull();
    }

    [Theory]
    [InlineData("UpdateService", """{"cluster":"prod","service":"api","taskDefinition":"evil:1"}""", true)]
    [InlineData("UpdateService", """{"cluster":"shared","service":"cryptoapi","taskDefinition":"evil:1"}""", true)]
    [InlineData("UpdateService", """{"cluster":"shared","service":"other","taskDefinition":"other:2"}""", false)]
    [InlineData("CreateTaskSet", """{"cluster":"prod","service":"api","taskDefinition":"evil:1"}""", true)]
    [InlineData("UpdateServicePrimaryTaskSet", """{"cluster":"prod","service":"api","primaryTaskSet":"ecs-svc/1"}""", true)]
    [InlineData("RunTask", """{"cluster":"prod","taskDefinition":"evil:1"}""", true)]
    [InlineData("StartTask", """{"cluster":"arn:aws:ecs:us-east-1:000000000000:cluster/prod","taskDefinition":"evil:1"}""", true)]
    [InlineData("CreateService", """{"cluster":"prod","serviceName":"x","taskDefinition":"evil:1"}""", true)]
    [InlineData("RunTask", """{"cluster":"shared","taskDefinition":"other:1"}""", false)]
    [InlineData("DescribeTasks", """{"cluster":"prod"}""", false)]
    public void Other_task_definition_in_the_applications_place_counts(string operation, string parameters, bool fires)
    {
        using var bench = Bench();
        JsonObject By(string role) => Call("ecs", operation, JsonNode.Parse(parameters)!.AsObject(), role);

        (bench.Select(By(Stranger)) is not null).ShouldBe(fires);
        bench.Select(By(Deployer)).ShouldBeNull();
    }

    [Fact]
    public void Service_is_the_applications_once_it_ran_its_tasks_under_whatever_name()
    {
        using var bench = Bench();
        static JsonObject Update(string definition, string by) => Call("ecs", "UpdateService", new() { ["cluster"] = "shared", ["service"] = "blue", ["taskDefinition"] = definition }, by);

        bench.Select(Update("other:1", Stranger)).ShouldBeNull();
        bench.Select(Update("cryptoapi:7", Deployer), Update("other:1", Stranger)).ShouldNotBeNull().Detail.ShouldBe("the service blue is to run other:1");
    }

    [Theory]
    [InlineData("events", "PutTargets", """{"targets":[{"arn":"arn:aws:ecs:us-east-1:000000000000:cluster/prod","ecsParameters":{"taskDefinitionArn":"arn:aws:ecs:us-east-1:000000000000:task-definition/evil"}}]}""", true)]
    [InlineData("scheduler", "CreateSchedule", """{"target":{"arn":"arn:aws:ecs:us-east-1:000000000000:cluster/prod"}}""", true)]
    [InlineData("scheduler", "CreateSchedule", """{"target":{"arn":"arn:aws:ecs:us-east-1:000000000000:cluster/other"}}""", false)]
    [InlineData("pipes", "CreatePipe", """{"targetParameters":{"ecsTaskParameters":{"taskDefinitionArn":"arn:aws:ecs:us-east-1:000000000000:task-definition/cryptoapi:2"}}}""", true)]
    public void Task_that_another_service_is_to_run_beside_the_application_counts(string source, string operation, string parameters, bool fires)
    {
        using var bench = Bench();
        (bench.Select(Call(source, operation, JsonNode.Parse(parameters)!.AsObject())) is not null).ShouldBe(fires);
    }
}
