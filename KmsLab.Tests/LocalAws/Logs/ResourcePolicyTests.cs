using System.Globalization;

namespace KmsLab.Tests.LocalAws.Logs;

/// <summary>Resource policies, and the listing of groups that has no fields but names.</summary>
public sealed class ResourcePolicyTests
{
    private const string Document = """{"Version":"2012-10-17","Statement":[]}""";

    [Fact]
    public async Task Policy_is_kept_over_a_restart_changed_and_deleted()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        await new LogsCaller(aws).CallAsync("PutResourcePolicy", new() { ["policyName"] = "p", ["policyDocument"] = Document });
        await aws.RestartAsync();
        var logs = new LogsCaller(aws);

        var kept = (await logs.CallAsync("DescribeResourcePolicies", []))["resourcePolicies"]!.AsArray().ShouldHaveSingleItem()!;
        await logs.CallAsync("PutResourcePolicy", new() { ["policyName"] = "p", ["policyDocument"] = "{}" });
        var changed = (await logs.CallAsync("DescribeResourcePolicies", []))["resourcePolicies"]!.AsArray().ShouldHaveSingleItem()!;
        await logs.CallAsync("DeleteResourcePolicy", new() { ["policyName"] = "p" });

        (kept["policyName"]!.GetValue<string>(), kept["policyDocument"]!.GetValue<string>()).ShouldBe(("p", Document));
        changed["policyDocument"]!.GetValue<string>().ShouldBe("{}");
        (await logs.CallAsync("DescribeResourcePolicies", []))["resourcePolicies"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Eleventh_policy_is_refused()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        var logs = new LogsCaller(aws);
        for (var i = 0; i < 10; i++)
            await logs.CallAsync("PutResourcePolicy", new() { ["policyName"] = i.ToString(CultureInfo.InvariantCulture), ["policyDocument"] = Document });

        (await logs.FailAsync("PutResourcePolicy", new() { ["policyName"] = "more", ["policyDocument"] = Document })).Type.ShouldBe("LimitExceededException");
    }

    [Theory]
    [InlineData("^app", "app/a,app/b")]
    [InlineData("p/b|^db/", "app/b,db/x")]
    [InlineData("APP", "")]
    public async Task Groups_are_listed_by_patterns(string pattern, string names)
    {
        await using var aws = await LocalAwsHost.StartAsync([("LocalAws:Trail:Name", "")]);
        var logs = new LogsCaller(aws);
        foreach (var name in (string[])["app/a", "app/b", "db/x"])
            await logs.CreateAsync(name);

        var found = (await logs.CallAsync("ListLogGroups", new() { ["logGroupNamePattern"] = pattern }))["logGroups"]!.AsArray();

        string.Join(',', found.Select(group => group!["logGroupName"]!.GetValue<string>())).ShouldBe(names);
    }

    [Fact]
    public async Task Groups_are_listed_in_pages()
    {
        await using var aws = await LocalAwsHost.StartAsync([("LocalAws:Trail:Name", "")]);
        var logs = new LogsCaller(aws);
        foreach (var name in (string[])["a", "b", "c"])
            await logs.CreateAsync(name);

        var first = await logs.CallAsync("ListLogGroups", new() { ["limit"] = 2 });
        var second = await logs.CallAsync("ListLogGroups", new() { ["nextToken"] = first["nextToken"]!.GetValue<string>() });

        first["logGroups"]!.AsArray().Count.ShouldBe(2);
        second["logGroups"]!.AsArray().ShouldHaveSingleItem()!["logGroupName"]!.GetValue<string>().ShouldBe("c");
        second.ContainsKey("nextToken").ShouldBeFalse();
    }
}
