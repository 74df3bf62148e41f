using System.Text.Json.Nodes;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Tests.Aws;

/// <summary>
/// Services log in to their databases as users of their own, whom a task with the master's password makes before the service runs (docs/adr/0011-database-users.md).
/// What the task does in a database, DatabaseUserTests show on a real one.
/// </summary>
public sealed class MigrationTests
{
    private static readonly (string Stack, string Connection, string User, string Master, string Secret)[] Services =
    [
        ("kmslab-app", "vault", "cryptoapi_service", "cryptoapi", "CryptoApiUser"), ("kmslab-sentinel", "sentinel", "sentinel_service", "sentinel", "SentinelUser"),
    ];

    public static TheoryData<string> Stacks => [.. Services.Select(service => service.Stack)];

    [Fact]
    public void Service_logs_in_as_a_user_of_its_own_and_never_gets_the_masters_password()
    {
        var deployment = new Deployment(Environments.Everything);
        foreach (var (stack, connection, user, master, secret) in Services)
        {
            var told = deployment.EnvironmentOf(stack);
            var masters = $"arn:aws:secretsmanager:us-east-1:000000000000:secret:rds!db-{stack}-Database";

            new Npgsql.NpgsqlConnectionStringBuilder(told[$"ConnectionStrings__{connection}"]).Username.ShouldBe(user);
            told["PGPASSWORD"].ShouldBe($"arn:aws:secretsmanager:us-east-1:000000000000:secret:kmslab-secrets-{secret}-AbCdEf:password::");
            deployment.Property(stack, "Database", "MasterUsername")!.GetValue<string>().ShouldBe(master);
            deployment.Property("kmslab-secrets", secret, "GenerateSecretString")!["SecretStringTemplate"]!.GetValue<string>().ShouldContain($"\"{user}\"");
            SecretsOf(deployment, stack, "ExecutionRole").ShouldNotContain(masters);
            SecretsOf(deployment, stack, "MigrateExecutionRole").ShouldBe([told["PGPASSWORD"].Replace(":password::", "", StringComparison.Ordinal), masters], ignoreOrder: true);
        }
    }

    [Fact]
    public void Migrate_task_runs_the_command_that_the_program_has_on_the_same_image_as_the_master()
    {
        var deployment = new Deployment(Environments.Everything);
        foreach (var (stack, connection, user, master, _) in Services)
        {
            var container = deployment.Property(stack, "MigrateTask", "ContainerDefinitions")![0]!;
            var told = deployment.EnvironmentOf(stack, "MigrateTask");

            container["Command"]!.ToJsonString().ShouldBe($"""["{MigrateCommand.Name}","{MigrateCommand.UserOption}","{user}"]""");
            container["Image"]!.GetValue<string>().ShouldBe(deployment.Property(stack, "TaskDefinition", "ContainerDefinitions")![0]!["Image"]!.GetValue<string>());
            new Npgsql.NpgsqlConnectionStringBuilder(told[$"ConnectionStrings__{connection}"]).Username.ShouldBe(master);
            told["PGPASSWORD"].ShouldContain("rds!db-");
            told[MigrateCommand.PasswordVariable].ShouldBe(deployment.EnvironmentOf(stack)["PGPASSWORD"]);
            container["ReadonlyRootFilesystem"]!.GetValue<string>().ShouldBe("true");
            deployment.Property(stack, "MigrateTask", "TaskRoleArn").ShouldBeNull();
            deployment.Property(stack, "MigrateTask", "RuntimePlatform")!.ToJsonString().ShouldBe(deployment.Property(stack, "TaskDefinition", "RuntimePlatform")!.ToJsonString());
        }
    }

    [Theory]
    [MemberData(nameof(Stacks))]
    public void Service_is_not_there_before_and_stays_as_it_is_while_the_database_is_migrated(string stack)
    {
        const string Before = "arn:aws:ecs:us-east-1:000000000000:task-definition/before:7";

        With("none").Property(stack, "Service", "TaskDefinition").ShouldBeNull();
        With(Before).Property(stack, "Service", "TaskDefinition")!.GetValue<string>().ShouldBe(Before);
        With("new").Property(stack, "Service", "TaskDefinition")!.GetValue<string>().ShouldBe($"{stack}-TaskDefinition");
        // What a rollback goes back to must still be there.
        Template.All[Deployment.Stacks[stack]].Resources["TaskDefinition"]!["UpdateReplacePolicy"]!.GetValue<string>().ShouldBe("Retain");
        // A stack from before there were users: its tasks go on as the master until they are replaced.
        var masters = $"arn:aws:secretsmanager:us-east-1:000000000000:secret:rds!db-{stack}-Database";
        SecretsOf(With(Before, asMaster: true), stack, "ExecutionRole").ShouldContain(masters);
        With(Before, asMaster: true).Property(stack, "MasterRotated", "EventPattern")!.ToJsonString().ShouldContain(masters);
        With(Before).Property(stack, "MasterRotated", "EventPattern").ShouldBeNull();
    }

    /// <summary>The state machine's input, and what the events say that it waits for, are made of other stacks' names.</summary>
    [Fact]
    public void Rotation_changes_the_secret_runs_the_migrate_task_and_starts_new_tasks_when_that_ended_well()
    {
        var deployment = new Deployment(Environments.Least);
        var states = deployment.Property("kmslab-rotation", "Rotate", "Definition")!["States"]!;
        states["NewPassword"]!["Resource"]!.GetValue<string>().ShouldEndWith("secretsmanager:getRandomPassword");
        states["IntoTheSecret"]!["Resource"]!.GetValue<string>().ShouldEndWith("secretsmanager:putSecretValue");
        states["IntoTheDatabase"]!["Resource"]!.GetValue<string>().ShouldEndWith(":ecs:runTask");
        states["IntoTheDatabase"]!["Parameters"]!["NetworkConfiguration"]!["AwsvpcConfiguration"]!["Subnets"]!.AsArray().Count.ShouldBe(2);
        // What passes through is kept nowhere: no log, and nothing of it in the output.
        deployment.Property("kmslab-rotation", "Rotate", "StateMachineType")!.GetValue<string>().ShouldBe("EXPRESS");
        deployment.Property("kmslab-rotation", "Rotate", "LoggingConfiguration").ShouldBeNull();
        states["IntoTheDatabase"]!["OutputPath"]!.GetValue<string>().ShouldBe("$.username");

        foreach (var (prefix, stack, user, secret) in new[] { ("CryptoApi", "kmslab-app", "cryptoapi_service", "CryptoApiUser"), ("Sentinel", "kmslab-sentinel", "sentinel_service", "SentinelUser") })
        {
            var input = JsonNode.Parse(deployment.Property("kmslab-rotation", $"{prefix}Time", "Targets")![0]!["Input"]!.GetValue<string>())!;
            input["username"]!.GetValue<string>().ShouldBe(user);
            input["secret"]!.GetValue<string>().ShouldBe($"arn:aws:secretsmanager:us-east-1:000000000000:secret:kmslab-secrets-{secret}-AbCdEf");
            input["cluster"]!.GetValue<string>().ShouldBe(stack);
            input["task"]!.GetValue<string>().ShouldBe(deployment.Property(stack, "MigrateTask", "Family")!.GetValue<string>());
            input["securityGroup"]!.GetValue<string>().ShouldBe($"{stack}-TaskSecurityGroup");

            var ended = deployment.Property("kmslab-rotation", $"{prefix}PasswordSet", "EventPattern")!["detail"]!;
            ended["group"]![0]!.GetValue<string>().ShouldBe($"family:{input["task"]!.GetValue<string>()}");
            ended["startedBy"]![0]!.GetValue<string>().ShouldBe(states["IntoTheDatabase"]!["Parameters"]!["StartedBy"]!.GetValue<string>());
            ended["containers"]!["exitCode"]![0]!.GetValue<string>().ShouldBe("0");
            deployment.Property("kmslab-rotation", $"{prefix}PasswordSet", "Targets")![0]!["Arn"]!.GetValue<string>().ShouldBe($"{stack}-Redeploy");
        }
    }

    /// <summary>Sentinel would raise an alarm at what the rotation does to tasks.</summary>
    [Fact]
    public void Sentinel_knows_who_rotates()
    {
        var told = new Deployment(Environments.Everything).EnvironmentOf("kmslab-sentinel");

        told.Where(variable => variable.Key.Contains("cryptoapi__Deployers")).Select(variable => variable.Value)
            .ShouldBe(["arn:aws:iam::000000000000:role/kmslab-app-RedeployRole", "arn:aws:iam::000000000000:role/kmslab-app-RotateRole", "arn:aws:iam::000000000000:role/deployer"], ignoreOrder: true);
        told.Where(variable => variable.Key.Contains("Evidence__Deployers")).Select(variable => variable.Value)
            .ShouldBe(["arn:aws:iam::000000000000:role/kmslab-sentinel-RedeployRole", "arn:aws:iam::000000000000:role/kmslab-app-RotateRole", "arn:aws:iam::000000000000:role/deployer"], ignoreOrder: true);
        told.Values.ShouldContain("kmslab-app-migrate");
        told.Values.ShouldContain("kmslab-sentinel-migrate");
    }

    [Theory]
    [MemberData(nameof(Stacks))]
    public async Task First_deployment_migrates_before_the_service_is_there(string stack)
    {
        using var account = new FakeAccount();
        await ScriptTests.DeployAsync(account);

        Steps(account, stack).ShouldBe(["ServiceTask=none", "run-task", "ServiceTask=new"]);
        var run = account.Calls.Single(call => call.StartsWith("aws ecs run-task", StringComparison.Ordinal) && call.Contains(stack));
        run.ShouldContain($"--cluster {stack} --task-definition arn:aws:ecs:eu-west-1:111122223333:task-definition/{stack}-migrate:8 --launch-type FARGATE");
        run.ShouldContain($"awsvpcConfiguration={{subnets=[subnet-1,subnet-2],securityGroups=[sg-{stack[7..]}],assignPublicIp=DISABLED}}");
        account.ParameterOf(stack, "MasterLogin").ShouldBe("false");
    }

    [Theory]
    [MemberData(nameof(Stacks))]
    public async Task Deployment_again_migrates_again_while_the_service_goes_on(string stack)
    {
        using var account = await ScriptTests.DeployedAsync();
        account.Forget();

        var output = await ScriptTests.DeployAsync(account);

        Steps(account, stack).ShouldBe([$"ServiceTask=arn:aws:ecs:eu-west-1:111122223333:task-definition/{stack}-running:7", "run-task", "ServiceTask=new"]);
        output.ShouldContain("The database is at the schema of this version.");
    }

    /// <summary>Its service logs in as the master, and must go on so until it is replaced.</summary>
    [Theory]
    [MemberData(nameof(Stacks))]
    public async Task Stack_from_before_there_were_users_moves_over(string stack)
    {
        using var account = await ScriptTests.DeployedAsync();
        account.Unset(stack, "ServiceTask");
        account.Unset(stack, "MasterLogin");
        account.Write("migration", "failed");
        account.Forget();
        await FailAsync(account);
        account.ParameterOf(stack, "MasterLogin").ShouldBe(stack == "kmslab-app" ? "true" : null);

        // The service of a stack is as it was, and its task may still read the master's secret; the next run goes on from there.
        account.Write("migration", "");
        account.Forget();
        await ScriptTests.DeployAsync(account);

        Deployments(account, stack)[0].ShouldContain("MasterLogin=true");
        Deployments(account, stack)[1].ShouldContain("ServiceTask=new MasterLogin=false");
        account.ParameterOf(stack, "MasterLogin").ShouldBe("false");
    }

    /// <summary>The network's switch changes the application's stack before its turn: the service is held there as well.</summary>
    [Fact]
    public async Task Stack_from_before_there_were_users_keeps_its_service_when_endpoints_go_first()
    {
        using var account = await ScriptTests.DeployedAsync();
        await ScriptTests.DeployAsync(account, "--vpc-endpoints");
        account.Unset("kmslab-app", "ServiceTask");
        account.Forget();

        await ScriptTests.DeployAsync(account, "--no-vpc-endpoints");

        Deployments(account, "kmslab-app")[0].ShouldContain("ServiceTask=arn:aws:ecs:eu-west-1:111122223333:task-definition/kmslab-app-running:7 MasterLogin=true");
        Deployments(account, "kmslab-app")[1].ShouldContain("MasterLogin=true");
    }

    [Theory]
    [InlineData("refused", "TaskDefinition is inactive", "ECS did not take the task")]
    [InlineData("none", "no room in the subnet", "ECS started no task")]
    [InlineData("stuck", "Max attempts exceeded", "has not ended within 10 minutes")]
    [InlineData("untold", "Rate exceeded", "can't be told how the task")]
    [InlineData("failed", "CryptoApi migrate: the script 0099 failed", "did not end well")]
    [InlineData("unstarted", "CannotPullContainerError: no such image", "did not end well")]
    public async Task Migration_that_fails_stops_the_deployment_and_says_why(string how, string why, string what)
    {
        using var account = await ScriptTests.DeployedAsync();
        account.Write("migration", how);
        account.Forget();

        var output = await FailAsync(account);

        output.ShouldContain(why);
        output.ShouldContain(what);
        output.ShouldContain("Its service goes on as before.");
        Steps(account, "kmslab-app")[^1].ShouldBe("run-task");
        Deployments(account, "kmslab-sentinel").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Migration_that_failed_is_repeated_by_the_next_deployment(bool isFirst)
    {
        using var account = isFirst ? new FakeAccount() : await ScriptTests.DeployedAsync();
        account.Write("migration", "failed");
        (await FailAsync(account)).ShouldContain(isFirst ? "Its service is not there yet." : "Its service goes on as before.");
        account.Write("migration", "");
        account.Forget();

        await ScriptTests.DeployAsync(account);

        Steps(account, "kmslab-app")[0].ShouldBe(isFirst ? "ServiceTask=none" : "ServiceTask=arn:aws:ecs:eu-west-1:111122223333:task-definition/kmslab-app-running:7");
        account.ParameterOf("kmslab-app", "ServiceTask").ShouldBe("new");
        account.ParameterOf("kmslab-sentinel", "ServiceTask").ShouldBe("new");
    }

    /// <summary>The database stays when the first service does not come up: it took the longest, and it was migrated.</summary>
    [Fact]
    public async Task Service_that_does_not_come_up_after_the_migration_is_tried_again()
    {
        using var account = new FakeAccount();
        account.Fail("kmslab-app", "Service", after: 1);
        await FailAsync(account);
        account.StatusOf("kmslab-app").ShouldBe("UPDATE_ROLLBACK_COMPLETE");
        account.ParameterOf("kmslab-app", "ServiceTask").ShouldBe("none");
        account.Forget();

        await ScriptTests.DeployAsync(account);

        account.Changes.ShouldAllBe(call => !call.Contains("delete-stack"));
        account.ParameterOf("kmslab-app", "ServiceTask").ShouldBe("new");
    }

    [Fact]
    public async Task Service_that_ECS_does_not_tell_of_is_not_taken_for_none()
    {
        using var account = await ScriptTests.DeployedAsync();
        account.Write("broken", "ecs describe-services\n");
        account.Forget();

        (await FailAsync(account)).ShouldContain("can't be told what the service of kmslab-app runs");

        Deployments(account, "kmslab-app").ShouldBeEmpty();
    }

    [Fact]
    public async Task Dry_run_says_that_it_would_migrate()
    {
        using var account = await ScriptTests.DeployedAsync();
        account.Forget();

        var (exitCode, output) = await account.RunAsync("deploy.sh", "", "--tag", "t1", "--dry-run");

        exitCode.ShouldBe(0, output);
        account.Changes.ShouldBeEmpty();
        output.ShouldContain("would run: aws ecs run-task --cluster kmslab-app");
    }

    /// <summary>The path of the AWS lab: sam deploys, and migrate.sh is its last step.</summary>
    [Fact]
    public async Task Migrate_script_migrates_what_sam_deployed_and_lets_the_service_start()
    {
        using var account = new FakeAccount();
        account.Put("kmslab-vpc", "CREATE_COMPLETE");
        account.Put("kmslab-app", "CREATE_COMPLETE");
        account.Write("stacks/kmslab-app/parameters", "ServiceTask=none\n");

        var (exitCode, output) = await account.RunAsync("migrate.sh", "", "kmslab-app");

        exitCode.ShouldBe(0, output);
        Steps(account, "kmslab-app").ShouldBe(["run-task", "ServiceTask=new"]);
        account.Forget();

        // Again: nothing is to be started, and tasks that run may have an old password.
        (exitCode, output) = await account.RunAsync("migrate.sh", "", "kmslab-app");
        exitCode.ShouldBe(0, output);
        Steps(account, "kmslab-app").ShouldBe(["run-task"]);
        output.ShouldContain("--force-new-deployment");
    }

    [Theory]
    [InlineData("kmslab-vpc", "which stack?")]
    [InlineData("", "which stack?")]
    [InlineData("other-app", "there is no stack other-vpc")]
    [InlineData("kmslab-sentinel", "there is no stack kmslab-sentinel")]
    [InlineData("kmslab-app", "run deploy.sh, which moves it over")]
    [InlineData("kmslab-app --yes", "unknown option --yes")]
    public async Task Migrate_script_says_what_it_needs(string arguments, string message)
    {
        using var account = new FakeAccount();
        account.Put("kmslab-vpc", "CREATE_COMPLETE");
        account.Put("kmslab-app", "CREATE_COMPLETE");

        var (exitCode, output) = await account.RunAsync("migrate.sh", "", arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        exitCode.ShouldBe(1);
        output.ShouldContain(message);
        account.Changes.ShouldBeEmpty();
    }

    private static Deployment With(string serviceTask, bool asMaster = false) =>
        new(new Dictionary<string, string>(Environments.Least) { ["ServiceTask"] = serviceTask, ["MasterLogin"] = asMaster ? "true" : "false" });

    private static IEnumerable<string> SecretsOf(Deployment deployment, string stack, string role) =>
        deployment.Property(stack, role, "Policies")![0]!["PolicyDocument"]!["Statement"]!.AsArray()
            .Single(statement => statement!["Sid"]!.GetValue<string>() == "ReadTheSecrets")!["Resource"]!.AsArray().Select(secret => secret!.GetValue<string>());

    private static async Task<string> FailAsync(FakeAccount account)
    {
        ScriptTests.GiveCertificates(account);
        var (exitCode, output) = await account.RunAsync("deploy.sh", "", "--plain-http", "--tag", "t1", "--yes");
        exitCode.ShouldBe(1, output);
        return output;
    }

    private static IReadOnlyList<string> Deployments(FakeAccount account, string stack) =>
        [.. account.Calls.Where(call => call.StartsWith($"aws cloudformation deploy --stack-name {stack} ", StringComparison.Ordinal))];

    /// <summary>What became of a stack's service and database, in order; deletion protection comes after.</summary>
    private static IReadOnlyList<string> Steps(FakeAccount account, string stack) =>
    [
        .. account.Calls.Select(call => call.StartsWith($"aws ecs run-task --cluster {stack} ", StringComparison.Ordinal) ? "run-task"
            : call.StartsWith($"aws cloudformation deploy --stack-name {stack} ", StringComparison.Ordinal) ? call.Split(' ').FirstOrDefault(word => word.StartsWith("ServiceTask=", StringComparison.Ordinal))
            : null).OfType<string>(),
    ];
}
