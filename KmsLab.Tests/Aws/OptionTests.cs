namespace KmsLab.Tests.Aws;

/// <summary>Options that are not given keep what the stacks have; what takes something away is shown, and asked for.</summary>
public sealed class OptionTests
{
    private static readonly (string Stack, string Parameter, string Value)[] Chosen =
    [
        ("kmslab-vpc", "NatGateways", "OnePerZone"), ("kmslab-vpc", "VpcEndpoints", "true"), ("kmslab-app", "KmsEndpoint", "vpce-0a1b2c"), ("kmslab-app", "Architecture", "X86_64"),
        ("kmslab-app", "KeyPolicy", "PerRecord"), ("kmslab-app", "MultiAz", "true"), ("kmslab-app", "MinTasks", "2"), ("kmslab-sentinel", "WebhookFormat", "Slack"),
        ("kmslab-sentinel", "OperatorCidr", "203.0.113.0/24"), ("kmslab-sentinel", "AlarmEmail", "ops@example.com"), ("kmslab-sentinel", "NatAddress2", "203.0.113.2"), ("kmslab-sentinel", "Architecture", "X86_64"),
    ];

    private static readonly string[] Options =
    [
        "--nat", "per-zone", "--vpc-endpoints", "--architecture", "x64", "--per-record-keys", "--multi-az", "--webhook", "slack", "--operator-cidr", "203.0.113.0/24", "--email", "ops@example.com",
    ];

    [Fact]
    public async Task Options_that_are_not_given_keep_their_values()
    {
        using var account = await DeployedAsync();
        account.Forget();

        var (exitCode, output) = await account.RunAsync("deploy.sh", "", "--tag", "t1", "--yes");

        exitCode.ShouldBe(0, output);
        foreach (var (stack, parameter, value) in Chosen)
            account.ParameterOf(stack, parameter).ShouldBe(value, $"{stack} {parameter}");
        account.Calls.ShouldContain(call => call.Contains("-p:ContainerImageTag=t1-x64 "));
        output.ShouldNotContain("takes something away");
    }

    [Theory]
    [InlineData("--nat one", "NatGateways: One, and was OnePerZone")]
    [InlineData("--no-vpc-endpoints", "VpcEndpoints: false, and was true")]
    [InlineData("--architecture arm64", "Architecture: ARM64, and was X86_64")]
    [InlineData("--shared-key", "KeyPolicy: Shared, and was PerRecord")]
    [InlineData("--single-az", "MultiAz: false, and was true")]
    [InlineData("--webhook none", "WebhookFormat: None, and was Slack")]
    [InlineData("--operator-cidr none", "OperatorCidr: none, and was 203.0.113.0/24")]
    [InlineData("--email none", "AlarmEmail: none, and was ops@example.com")]
    [InlineData("--small", "DeletionProtection: false, and was true")]
    public async Task What_takes_something_away_is_shown_and_asked_for(string option, string shown)
    {
        using var account = await DeployedAsync();
        account.Forget();

        var (exitCode, output) = await account.RunAsync("deploy.sh", "n\n", ["--tag", "t1", .. option.Split(' ')]);

        exitCode.ShouldBe(1);
        output.ShouldContain(shown);
        output.ShouldContain("nothing was changed");
        account.Changes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Another_trail_than_before_is_shown_and_asked_for()
    {
        using var account = await DeployedAsync();
        account.Write("trails", "arn:aws:cloudtrail:eu-west-1:111122223333:trail/own\tarn:aws:logs:eu-west-1:111122223333:log-group:own-group:*\town-bucket\tNone\tarn:aws:iam::111122223333:role/own\teu-west-1\n");
        account.Forget();

        var (exitCode, output) = await account.RunAsync("deploy.sh", "n\n", "--tag", "t1", "--trail", "arn:aws:cloudtrail:eu-west-1:111122223333:trail/own");

        exitCode.ShouldBe(1);
        output.ShouldContain("and was the one of kmslab-trail");
        account.Changes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Container_insights_access_logs_and_the_budget_go_to_their_stacks_and_stay()
    {
        using var account = await ScriptTests.DeployedAsync();
        account.ParameterOf("kmslab-app", "ContainerInsights").ShouldBe("enabled");

        await ScriptTests.DeployAsync(account, "--container-insights", "enhanced", "--access-logs", "log-bucket", "--budget", "200", "--email", "ops@example.com");
        await ScriptTests.DeployAsync(account);

        account.ParameterOf("kmslab-app", "ContainerInsights").ShouldBe("enhanced");
        account.ParameterOf("kmslab-sentinel", "ContainerInsights").ShouldBe("enhanced");
        account.ParameterOf("kmslab-app", "AccessLogBucket").ShouldBe("log-bucket");
        account.ParameterOf("kmslab-alarms", "MonthlyBudget").ShouldBe("200");
        account.ParameterOf("kmslab-alarms", "BudgetEmail").ShouldBe("ops@example.com");
    }

    [Fact]
    public async Task Plan_shows_the_change_sets_takes_them_back_and_ends()
    {
        using var account = await ScriptTests.DeployedAsync();
        account.Forget();

        var (exitCode, output) = await account.RunAsync("deploy.sh", "", "--tag", "t2", "--plan");

        exitCode.ShouldBe(0, output);
        output.ShouldContain("modify  Service");
        output.ShouldContain("REPLACED");
        output.ShouldContain("Nothing was changed.");
        account.Changes.Count(call => call.Contains("--no-execute-changeset")).ShouldBe(Deployment.Stacks.Count);
        account.Changes.Count(call => call.StartsWith("aws cloudformation delete-change-set", StringComparison.Ordinal)).ShouldBe(Deployment.Stacks.Count);
        account.Changes.ShouldAllBe(call => call.Contains("--no-execute-changeset") || call.Contains("delete-change-set"));
    }

    /// <summary>A record that got a key of its own stays readable when new ones share a key again.</summary>
    [Theory]
    [InlineData("Shared")]
    [InlineData("PerRecord")]
    public void Role_may_use_keys_of_records_whatever_new_records_get(string keyPolicy)
    {
        var deployment = new Deployment(new Dictionary<string, string>(Environments.Least) { ["KeyPolicy"] = keyPolicy });

        var statement = deployment.Property("kmslab-app", "RecordKeysPolicy", "PolicyDocument")!["Statement"]![0]!;

        PolicyTests.ActionsOf(statement).ShouldBe(["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo"]);
        statement["Condition"]!.ToJsonString().ShouldBe("""{"StringEquals":{"aws:ResourceTag/kmslab:set":"cryptoapi"}}""");
        (deployment.Property("kmslab-app", "PerRecordPolicy", "PolicyDocument") is null).ShouldBe(keyPolicy == "Shared");
    }

    private static async Task<FakeAccount> DeployedAsync()
    {
        var account = new FakeAccount();
        account.Set("KMSLAB_WEBHOOK_URL", "https://hooks.example/x");
        await ScriptTests.DeployAsync(account, Options);
        return account;
    }
}
