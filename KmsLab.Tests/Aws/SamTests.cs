using System.Text.RegularExpressions;

namespace KmsLab.Tests.Aws;

/// <summary>The AWS lab's own commands: 'sam' with the base network by default, then the application's template by the lab's name for it.</summary>
public sealed partial class SamTests
{
    [Fact]
    public void Sam_takes_the_base_network_by_default_and_each_other_stack_by_its_name()
    {
        var environments = Environment.Matches(Read("samconfig.toml")).Select(match => (Name: match.Groups[1].Value, Template: match.Groups[2].Value, Stack: match.Groups[3].Value)).ToList();

        environments[0].ShouldBe(("default", "baseline-vpc.yaml", "kmslab-vpc"));
        environments.ToDictionary(environment => environment.Stack, environment => environment.Template).ShouldBe(Deployment.Stacks, ignoreOrder: true);
        environments.Skip(1).ShouldAllBe(environment => environment.Stack == "kmslab-" + environment.Name);
    }

    [Fact]
    public void Labs_template_is_the_applications() => Read("ecs-template.yml").ShouldBe(Template.All["app.yaml"].Text);

    [Theory]
    [InlineData("samconfig.toml")]
    [InlineData("ecs-deploy.toml")]
    public void Overrides_are_parameters_of_the_stacks_template(string file)
    {
        var overrides = Overrides.Matches(Read(file)).ToList();

        overrides.ShouldNotBeEmpty();
        foreach (Match match in overrides)
        {
            var template = Template.All[Deployment.Stacks[match.Groups[1].Value]];
            foreach (var pair in match.Groups[2].Value.Split(' '))
                template.Parameters.ContainsKey(pair.Split('=')[0]).ShouldBeTrue($"{template.Name} {pair}");
        }
    }

    [Fact]
    public async Task Build_container_prints_the_images_URI_and_all_that_the_template_asks_for()
    {
        using var account = new FakeAccount();
        ScriptTests.GiveCertificates(account);
        account.Put("kmslab-vpc", "CREATE_COMPLETE");

        var (exitCode, output) = await account.RunAsync("build-container.sh", "", "kmslab-vpc", "--tag", "t1", "--yes");

        exitCode.ShouldBe(0, output);
        output.ShouldContain("Image URI: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/kmslab/cryptoapi:t1-arm64\n");
        account.Calls.Count(call => call.StartsWith("dotnet publish ../KmsLab.CryptoApi ", StringComparison.Ordinal)).ShouldBe(1);
        account.StatusOf("kmslab-ecr").ShouldBe("CREATE_COMPLETE");
        account.StatusOf("kmslab-secrets").ShouldBe("CREATE_COMPLETE");
        account.Read("secrets/Attestation-AbCdEf").ShouldContain("PRIVATE KEY");
        foreach (var parameter in Template.All["app.yaml"].Parameters.Where(parameter => parameter.Value!["Default"] is null))
            output.ShouldMatch($@"\n   {parameter.Key} +\S");
    }

    [Fact]
    public async Task Build_container_wants_the_network_first()
    {
        using var account = new FakeAccount();

        var (exitCode, output) = await account.RunAsync("build-container.sh", "", "kmslab-vpc", "--tag", "t1", "--yes");

        exitCode.ShouldBe(1);
        output.ShouldContain("deploy the base network first");
        account.Changes.ShouldBeEmpty();
    }

    [Fact]
    public void Image_is_taken_by_its_URI_where_one_is_given()
    {
        var deployment = new Deployment(new Dictionary<string, string>(Environments.Least) { ["kmslab-app:ImageUri"] = "registry.example/cryptoapi@sha256:0" });

        deployment.Property("kmslab-app", "TaskDefinition", "ContainerDefinitions")![0]!["Image"]!.GetValue<string>().ShouldBe("registry.example/cryptoapi@sha256:0");
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Template.Folder, file));

    [GeneratedRegex(@"\[(\w+)\.deploy\.parameters\]\ntemplate_file = ""([^""]+)""\nstack_name = ""([^""]+)""")]
    private static partial Regex Environment { get; }

    [GeneratedRegex(@"stack_name = ""([^""]+)""(?:\n(?!\[)[^\n]*)*?\nparameter_overrides = ""([^""]+)""")]
    private static partial Regex Overrides { get; }
}
