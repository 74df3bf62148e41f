namespace KmsLab.Tests.Aws;

/// <summary>A deployment that failed is resumed by the same command, whatever state it left the stacks in; and one that is forgotten half-way can be destroyed.</summary>
public sealed class ResumeTests
{
    private static readonly string[] Stacks = [.. Deployment.Stacks.Keys];

    /// <summary>Each stack at its last resource; the application's at those that are protected from deletion, too.</summary>
    public static TheoryData<string, string> Resources
    {
        get
        {
            var data = new TheoryData<string, string> { { "kmslab-app", "Database" }, { "kmslab-app", "LoadBalancer" } };
            foreach (var (stack, file) in Deployment.Stacks)
                data.Add(stack, Template.All[file].Resources.Last().Key);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Resources))]
    public async Task First_deployment_that_fails_at_a_resource_is_resumed_by_running_it_again(string stack, string resource)
    {
        using var account = await ScriptTests.DeployedAsync();
        foreach (var missing in Stacks.SkipWhile(name => name != stack))
            account.Remove(missing);
        account.Fail(stack, resource);
        var (exitCode, output) = await RunAsync(account, "--plain-http", "--yes");
        exitCode.ShouldBe(1);
        output.ShouldContain($"{resource}\tCREATE_FAILED\tno luck with it");
        // Nothing is protected before everything is there, so the rollback got through.
        account.StatusOf(stack).ShouldBe("ROLLBACK_COMPLETE");
        account.Forget();

        (exitCode, output) = await RunAsync(account, "--plain-http", "--yes");

        exitCode.ShouldBe(0, output);
        output.ShouldContain($"{stack} is ROLLBACK_COMPLETE");
        Stacks.ShouldAllBe(name => account.StatusOf(name) == "CREATE_COMPLETE" || account.StatusOf(name) == "UPDATE_COMPLETE");
        account.Changes.Count(call => call.StartsWith("aws cloudformation delete-stack", StringComparison.Ordinal)).ShouldBe(1);
        account.ParameterOf("kmslab-app", "DeletionProtection").ShouldBe("true");
        account.ParameterOf("kmslab-sentinel", "DeletionProtection").ShouldBe("true");
    }

    [Theory]
    [InlineData("ROLLBACK_COMPLETE")]
    [InlineData("ROLLBACK_FAILED")]
    [InlineData("CREATE_FAILED")]
    [InlineData("DELETE_FAILED")]
    [InlineData("REVIEW_IN_PROGRESS")]
    [InlineData("UPDATE_ROLLBACK_FAILED")]
    [InlineData("UPDATE_FAILED")]
    [InlineData("UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED")]
    [InlineData("CREATE_IN_PROGRESS", "ROLLBACK_COMPLETE")]
    [InlineData("UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE")]
    public async Task Stack_in_any_state_is_brought_back_after_asking_and_says_what_it_was(string status, string? then = null)
    {
        using var account = await ScriptTests.DeployedAsync();
        // The application's; the two after it import from it, and are not there in a first deployment.
        if (status is not ("UPDATE_ROLLBACK_FAILED" or "UPDATE_FAILED" or "UPDATE_IN_PROGRESS" or "UPDATE_ROLLBACK_IN_PROGRESS"))
        {
            foreach (var later in Stacks.SkipWhile(name => name != "kmslab-app").Skip(1))
                account.Remove(later);
        }

        // Seen twice in progress: at the first look, and when it is the stack's turn.
        account.Put("kmslab-app", then is null ? [status] : [status, status, then]);
        account.Forget();

        var (exitCode, output) = await RunAsync(account, "--yes");

        exitCode.ShouldBe(0, output);
        output.ShouldContain($"kmslab-app is {status}");
        Stacks.ShouldAllBe(name => account.StatusOf(name) == "CREATE_COMPLETE" || account.StatusOf(name) == "UPDATE_COMPLETE");
    }

    [Theory]
    [InlineData("ROLLBACK_FAILED")]
    [InlineData("DELETE_FAILED")]
    [InlineData("UPDATE_ROLLBACK_FAILED")]
    public async Task Nothing_is_done_to_a_broken_stack_without_a_yes(string status)
    {
        using var account = await ScriptTests.DeployedAsync();
        account.Put("kmslab-vpc", status);
        account.Forget();

        // Yes to the deployment, no to the deletion.
        var (exitCode, output) = await account.RunAsync("deploy.sh", "y\nn\n", "--tag", "t1");

        exitCode.ShouldBe(1);
        output.ShouldContain("nothing was done to kmslab-vpc");
        account.Changes.ShouldBeEmpty();
    }

    /// <summary>A rollback that failed has left keys that nothing was ever encrypted with; what was in use before keeps its keys.</summary>
    [Theory]
    [InlineData("ROLLBACK_FAILED", true)]
    [InlineData("DELETE_FAILED", false)]
    public async Task Keys_of_a_first_attempt_go_with_it_and_keys_with_data_stay(string status, bool gone)
    {
        using var account = await ScriptTests.DeployedAsync();
        foreach (var stack in Stacks.Reverse().TakeWhile(stack => stack != "kmslab-app"))
            account.Remove(stack);
        account.Put("kmslab-app", status);
        account.Forget();

        (await RunAsync(account, "--yes")).ExitCode.ShouldBe(0);

        account.Changes.Any(call => call.StartsWith("aws kms schedule-key-deletion --key-id kmslab-app-key", StringComparison.Ordinal)).ShouldBe(gone);
        account.Changes.ShouldContain(call => call.StartsWith("aws rds modify-db-instance --db-instance-identifier kmslab-app-database --no-deletion-protection"));
    }

    [Fact]
    public async Task Rollback_that_stays_stuck_names_the_way_out()
    {
        using var account = await ScriptTests.DeployedAsync();
        account.Put("kmslab-app", "UPDATE_ROLLBACK_FAILED");
        account.Write("stuck", "");

        var (exitCode, output) = await RunAsync(account, "--yes");

        exitCode.ShouldBe(1);
        output.ShouldContain("--resources-to-skip");
    }

    [Fact]
    public async Task Update_that_fails_is_rolled_back_and_the_next_run_goes_on()
    {
        using var account = await ScriptTests.DeployedAsync();
        account.Fail("kmslab-app", "Service");
        (await RunAsync(account, "--yes")).ExitCode.ShouldBe(1);
        account.StatusOf("kmslab-app").ShouldBe("UPDATE_ROLLBACK_COMPLETE");
        account.Forget();

        (await RunAsync(account, "--yes")).ExitCode.ShouldBe(0);

        account.Changes.ShouldAllBe(call => !call.Contains("delete"));
    }

    [Theory]
    [InlineData("ROLLBACK_COMPLETE")]
    [InlineData("ROLLBACK_FAILED")]
    [InlineData("DELETE_FAILED")]
    [InlineData("REVIEW_IN_PROGRESS")]
    [InlineData("UPDATE_ROLLBACK_FAILED")]
    [InlineData("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE")]
    public async Task Destroy_takes_a_stack_in_any_state(string status, string? then = null)
    {
        using var account = await ScriptTests.DeployedAsync();
        account.Put("kmslab-app", then is null ? [status] : [status, status, then]);

        var (exitCode, output) = await account.RunAsync("destroy.sh", "kmslab\n");

        exitCode.ShouldBe(0, output);
        output.ShouldContain(status);
        Stacks.ShouldAllBe(name => account.StatusOf(name).Length == 0);
    }

    /// <summary>Somebody else's stack may import from ours: CloudFormation refuses, and the script says so.</summary>
    [Fact]
    public async Task Destroy_stops_at_an_export_that_is_in_use()
    {
        using var account = await ScriptTests.DeployedAsync();
        account.Put("somebody-elses", "CREATE_COMPLETE");
        account.Write("imports", account.Read("imports") + "kmslab-vpc somebody-elses\n");

        var (exitCode, output) = await account.RunAsync("destroy.sh", "kmslab\n");

        exitCode.ShouldBe(1);
        output.ShouldContain("in use by somebody-elses");
        account.StatusOf("kmslab-vpc").ShouldBe("CREATE_COMPLETE");
    }

    [Fact]
    public void Templates_leave_nothing_behind_that_a_failed_first_deployment_made()
    {
        foreach (var template in Template.All.Values)
            template.Resources.Where(resource => resource.Value!["DeletionPolicy"]?.GetValue<string>() == "Retain").Select(resource => resource.Key).ShouldBeEmpty(template.Name);
        foreach (var stack in new[] { "kmslab-app", "kmslab-sentinel" })
        {
            foreach (var (given, protectedNow) in new[] { ("later", "false"), ("true", "true"), ("false", "false") })
            {
                var deployment = new Deployment(new Dictionary<string, string>(Environments.Least) { ["DeletionProtection"] = given });
                deployment.Property(stack, "Database", "DeletionProtection")!.GetValue<string>().ShouldBe(protectedNow);
            }
        }
    }

    private static Task<(int ExitCode, string Output)> RunAsync(FakeAccount account, params string[] options)
    {
        ScriptTests.GiveCertificates(account);
        return account.RunAsync("deploy.sh", "", ["--tag", "t1", .. options]);
    }
}
