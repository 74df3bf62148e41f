namespace KmsLab.Tests.Aws;

/// <summary>The network's switches on a running system.</summary>
public sealed class NetworkTests
{
    private static readonly Dictionary<string, string>[] Networks =
    [
        With("One", "false"), With("One", "true"), With("OnePerZone", "false"), With("OnePerZone", "true"), With("None", "true"),
    ];

    /// <summary>CloudFormation refuses to change an export that another stack imports: so none depends on a switch.</summary>
    [Fact]
    public void No_switch_changes_an_export()
    {
        var exports = Template.All["baseline-vpc.yaml"].Outputs.Where(output => output.Value!["Export"] is not null).ToList();

        exports.ShouldNotBeEmpty();
        foreach (var (name, output) in exports)
        {
            output!["Condition"].ShouldBeNull(name);
            Networks.Select(network => new Deployment(network).Evaluate("kmslab-vpc", output["Value"])!.ToJsonString()).Distinct().Count().ShouldBe(1, name);
        }
    }

    [Fact]
    public void Private_subnets_have_a_way_to_AWS_with_each_choice()
    {
        foreach (var network in Networks)
        {
            var deployment = new Deployment(network);
            foreach (var zone in new[] { "1", "2" })
            {
                var nat = deployment.Property("kmslab-vpc", $"PrivateWayOut{zone}", "NatGatewayId")?.GetValue<string>();
                nat.ShouldBe(network["NatGateways"] switch { "None" => null, "One" => "kmslab-vpc-Nat1", _ => $"kmslab-vpc-Nat{zone}" });
            }

            var services = Template.All["baseline-vpc.yaml"].OfType("AWS::EC2::VPCEndpoint").Select(endpoint => deployment.Property("kmslab-vpc", endpoint.Id, "ServiceName")?.GetValue<string>().Split('.', 4)[3]).OfType<string>();
            string[] always = ["s3"], switched = ["kms", "logs", "secretsmanager", "ecr.api", "ecr.dkr"], instead = ["monitoring", "sns", "cloudtrail"];
            services.ShouldBe([.. always, .. network["VpcEndpoints"] == "true" ? switched : [], .. network["NatGateways"] == "None" ? instead : []], ignoreOrder: true);
        }
    }

    /// <summary>The key must not ask for an endpoint that is gone: what is switched on comes first in the network, what is switched off comes first in the key.</summary>
    [Fact]
    public async Task Endpoints_are_switched_on_network_first_and_off_key_first()
    {
        using var account = await ScriptTests.DeployedAsync();
        account.Forget();

        await ScriptTests.DeployAsync(account, "--vpc-endpoints");
        account.Changes.Where(call => call.Contains("VpcEndpoints=true") || call.Contains("KmsEndpoint=vpce")).Select(StackOf).ShouldBe(["kmslab-vpc", "kmslab-app", "kmslab-sentinel"]);
        account.Forget();

        await ScriptTests.DeployAsync(account, "--no-vpc-endpoints");
        var off = account.Changes.Where(call => call.StartsWith("aws cloudformation deploy", StringComparison.Ordinal)).ToList();
        StackOf(off[0]).ShouldBe("kmslab-app");
        off[0].ShouldEndWith("KmsEndpoint=");
        StackOf(off[1]).ShouldBe("kmslab-vpc");
        off[1].ShouldContain("VpcEndpoints=false");
        account.ParameterOf("kmslab-sentinel", "KmsEndpoint").ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_NAT_there_are_endpoints_and_no_webhook_and_the_script_says_what_is_lost()
    {
        using var account = new FakeAccount();

        (await account.RunAsync("deploy.sh", "", "--plain-http", "--tag", "t1", "--nat", "none", "--dry-run")).Output.ShouldContain("give --vpc-endpoints");
        (await account.RunAsync("deploy.sh", "", "--plain-http", "--tag", "t1", "--nat", "none", "--vpc-endpoints", "--webhook", "json", "--dry-run")).Output.ShouldContain("a webhook needs a way out");
        var output = await ScriptTests.DeployAsync(account, "--nat", "none", "--vpc-endpoints");

        output.ShouldContain("keys in other Regions are not surveyed");
        account.ParameterOf("kmslab-sentinel", "NatAddress1").ShouldBeEmpty();
        account.ParameterOf("kmslab-app", "KmsEndpoint").ShouldBe("vpce-0a1b2c");
    }

    /// <summary>The lab's own request, GET with a body, is ambiguous for the load balancer's guardian: its strictest mode answers 400 to it.</summary>
    [Fact]
    public void Load_balancer_lets_the_labs_GET_with_a_body_through()
    {
        var attributes = new Deployment(Environments.Least).Property("kmslab-app", "LoadBalancer", "LoadBalancerAttributes")!.AsArray();

        attributes.Single(attribute => attribute!["Key"]!.GetValue<string>() == "routing.http.desync_mitigation_mode")!["Value"]!.GetValue<string>().ShouldBe("defensive");
    }

    [Fact]
    public void Listeners_use_the_policy_that_AWS_recommends()
    {
        var policies = new[] { ("kmslab-app", "HttpsListener"), ("kmslab-sentinel", "Listener") }.Select(listener => new Deployment(Environments.Everything).Property(listener.Item1, listener.Item2, "SslPolicy")!.GetValue<string>());

        policies.ShouldAllBe(policy => policy == "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09");
    }

    /// <summary>Twice the tasks run while a deployment replaces them.</summary>
    [Fact]
    public void Connections_of_all_tasks_fit_into_the_database()
    {
        const int Micro = 112, Reserved = 10;
        foreach (var (stack, variable, most) in new[] { ("kmslab-app", "ConnectionStrings__vault", "MaxTasks"), ("kmslab-sentinel", "ConnectionStrings__sentinel", "Tasks") })
        {
            var deployment = new Deployment(Environments.Least);
            var pool = new Npgsql.NpgsqlConnectionStringBuilder(deployment.EnvironmentOf(stack)[variable]).MaxPoolSize;
            var tasks = Template.All[Deployment.Stacks[stack]].Parameters[most]!["MaxValue"] ?? Template.All[Deployment.Stacks[stack]].Parameters[most]!["Default"];
            var surge = int.Parse(deployment.Property(stack, "Service", "DeploymentConfiguration")!["MaximumPercent"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture);

            (pool * int.Parse(tasks!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture) * surge / 100).ShouldBeLessThanOrEqualTo(Micro - Reserved, stack);
        }
    }

    private static string StackOf(string call) => call.Split(' ').SkipWhile(word => word != "--stack-name").ElementAt(1);

    private static Dictionary<string, string> With(string nat, string endpoints) => new(Environments.Least) { ["NatGateways"] = nat, ["VpcEndpoints"] = endpoints };
}
