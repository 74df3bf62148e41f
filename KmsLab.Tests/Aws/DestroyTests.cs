namespace KmsLab.Tests.Aws;

/// <summary>destroy.sh against a stand-in of the account: what goes, in which order, and what stays.</summary>
public sealed class DestroyTests
{
    [Fact]
    public async Task Destroy_takes_the_stacks_in_reverse_and_names_what_stays()
    {
        using var account = await ScriptTests.DeployedAsync();
        account.Forget();

        var (exitCode, output) = await account.RunAsync("destroy.sh", "kmslab\n");

        exitCode.ShouldBe(0, output);
        account.Changes.Where(call => call.StartsWith("aws cloudformation delete-stack")).Select(call => ScriptTests.Option(call, "--stack-name"))
            .ShouldBe(["kmslab-alarms", "kmslab-rotation", "kmslab-sentinel", "kmslab-app", "kmslab-trail", "kmslab-secrets", "kmslab-ecr", "kmslab-vpc"]);
        string[] kept = ["kmslab-trail-bucket", "kmslab-app-key", "kmslab-secrets-key", "kmslab-trail-key", "storage-key", "kmslab-app-database", "kmslab-sentinel-database"];
        kept.ShouldAllBe(thing => output.Contains(thing));
        account.Changes.ShouldContain(call => call.StartsWith("aws rds modify-db-instance --db-instance-identifier kmslab-app-database --no-deletion-protection"));
        account.Changes.ShouldAllBe(call => !call.Contains("schedule-key-deletion") && !call.Contains("s3 "));
    }

    [Fact]
    public async Task Destroy_does_nothing_without_the_name_and_nothing_twice()
    {
        using var account = await ScriptTests.DeployedAsync();
        account.Forget();

        var (refused, _) = await account.RunAsync("destroy.sh", "yes\n");
        refused.ShouldBe(1);
        account.Changes.ShouldBeEmpty();

        await account.RunAsync("destroy.sh", "kmslab\n");
        var (exitCode, output) = await account.RunAsync("destroy.sh", "");
        exitCode.ShouldBe(0);
        output.ShouldContain("There is no stack kmslab-*");
    }

    /// <summary>What stays when a stack goes is what destroy.sh names.</summary>
    [Fact]
    public void Destroy_knows_each_resource_that_its_stack_keeps()
    {
        var kept = Deployment.Stacks.Values.SelectMany(name => Template.All[name].Resources)
            .Where(resource => resource.Value!["DeletionPolicy"]?.GetValue<string>() is "RetainExceptOnCreate" or "Snapshot")
            .Select(resource => resource.Value!["Type"]!.GetValue<string>()).Distinct();

        kept.ShouldBe(["AWS::KMS::Key", "AWS::S3::Bucket", "AWS::RDS::DBInstance"], ignoreOrder: true);
        Template.All["sentinel.yaml"].OfType("AWS::KMS::Key").Where(key => key.Resource["DeletionPolicy"]!.GetValue<string>() == "RetainExceptOnCreate")
            .Select(key => key.Id).ShouldBe(["StorageKey"]);
    }
}
