using System.Text.Json.Nodes;

namespace KmsLab.Tests.LocalAws.Logs;

public sealed class LogGroupTests(LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    private readonly LogsCaller _logs = new(aws.Host);

    [Fact]
    public async Task Group_is_described_with_every_field_that_AWS_returns()
    {
        await _logs.CallAsync("CreateLogGroup", new() { ["logGroupName"] = "/described", ["kmsKeyId"] = "arn:aws:kms:us-east-1:000000000000:key/k", ["tags"] = new JsonObject { ["a"] = "b" } });
        await _logs.CallAsync("PutRetentionPolicy", new() { ["logGroupName"] = "/described", ["retentionInDays"] = 7 });

        var page = await _logs.CallAsync("DescribeLogGroups", new() { ["logGroupNamePrefix"] = "/described" });

        var group = page["logGroups"]!.AsArray().ShouldHaveSingleItem()!;
        group["creationTime"]!.GetValue<long>().ShouldBeGreaterThan(1_700_000_000_000);
        group.AsObject().Remove("creationTime");
        JsonNode.DeepEquals(group, JsonNode.Parse("""
            {"logGroupName":"/described","retentionInDays":7,"metricFilterCount":0,"arn":"arn:aws:logs:us-east-1:000000000000:log-group:/described:*","storedBytes":0,
             "kmsKeyId":"arn:aws:kms:us-east-1:000000000000:key/k","logGroupClass":"STANDARD","logGroupArn":"arn:aws:logs:us-east-1:000000000000:log-group:/described",
             "deletionProtectionEnabled":false}
            """)).ShouldBeTrue(group.ToJsonString());
    }

    [Fact]
    public async Task Groups_are_listed_by_name_in_pages()
    {
        foreach (var name in (string[])["page/c", "page/a", "page/B", "page/b"])
            await _logs.CreateAsync(name);

        var first = await _logs.CallAsync("DescribeLogGroups", new() { ["logGroupNamePrefix"] = "page/", ["limit"] = 3 });
        var second = await _logs.CallAsync("DescribeLogGroups", new() { ["logGroupNamePrefix"] = "page/", ["limit"] = 3, ["nextToken"] = first["nextToken"]!.GetValue<string>() });

        Names(first).ShouldBe(["page/B", "page/a", "page/b"]);
        Names(second).ShouldBe(["page/c"]);
        second.ContainsKey("nextToken").ShouldBeFalse();
        Names(await _logs.CallAsync("DescribeLogGroups", new() { ["logGroupNamePattern"] = "AGE/b" })).ShouldBe(["page/B", "page/b"]);
        Names(await _logs.CallAsync("DescribeLogGroups", new() { ["logGroupIdentifiers"] = new JsonArray("page/a", "arn:aws:logs:us-east-1:000000000000:log-group:page/c") })).ShouldBe(["page/a", "page/c"]);
        (await _logs.FailAsync("DescribeLogGroups", new() { ["logGroupNamePrefix"] = "p", ["logGroupNamePattern"] = "p" })).Type.ShouldBe("InvalidParameterException");
        (await _logs.FailAsync("DescribeLogGroups", new() { ["nextToken"] = "nonsense" })).Message.ShouldBe("The specified nextToken is invalid.");
    }

    [Fact]
    public async Task Group_that_exists_or_does_not_is_an_error()
    {
        await _logs.CreateAsync("once");

        (await _logs.FailAsync("CreateLogGroup", new() { ["logGroupName"] = "once" })).ShouldBe(("ResourceAlreadyExistsException", "The specified log group already exists"));
        await _logs.CallAsync("DeleteLogGroup", new() { ["logGroupName"] = "once" });
        foreach (var operation in (string[])["DeleteLogGroup", "DeleteRetentionPolicy", "ListTagsLogGroup", "DescribeLogStreams"])
            (await _logs.FailAsync(operation, new() { ["logGroupName"] = "once" })).ShouldBe(("ResourceNotFoundException", "The specified log group does not exist."), operation);
    }

    [Fact]
    public async Task Deleted_group_is_empty_when_it_is_created_again()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await _logs.CreateAsync("again", "s");
        await _logs.PutAsync("again", "s", (now, "before"));
        await _logs.CallAsync("DeleteLogGroup", new() { ["logGroupName"] = "again" });
        await _logs.CreateAsync("again", "s");

        LogsCaller.Messages(await _logs.CallAsync("FilterLogEvents", new() { ["logGroupName"] = "again" })).ShouldBeEmpty();
        LogsCaller.Messages(await _logs.CallAsync("GetLogEvents", new() { ["logGroupName"] = "again", ["logStreamName"] = "s" })).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("CreateLogGroup", """{}""", "Value null at 'logGroupName' failed to satisfy constraint: Member must not be null")]
    [InlineData("CreateLogGroup", """{"logGroupName":""}""", "Member must have length greater than or equal to 1")]
    [InlineData("CreateLogGroup", """{"logGroupName":"a b"}""", "Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+")]
    [InlineData("CreateLogGroup", """{"logGroupName":"aws/x"}""", "can't start with the string aws/")]
    [InlineData("CreateLogGroup", """{"logGroupName":"tagged","tags":{"aws:x":"y"}}""", "The tag key 'aws:x' is not valid")]
    [InlineData("PutRetentionPolicy", """{"logGroupName":"g","retentionInDays":2}""", "Value '2' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [1, 3, 5,")]
    [InlineData("DescribeLogGroups", """{"limit":51}""", "Member must have value less than or equal to 50")]
    [InlineData("DescribeLogStreams", """{}""", "You must specify exactly one of")]
    [InlineData("DescribeLogStreams", """{"logGroupName":"g","orderBy":"Size"}""", "Member must satisfy enum value set: [LogStreamName, LastEventTime]")]
    [InlineData("DescribeLogStreams", """{"logGroupName":"g","orderBy":"LastEventTime","logStreamNamePrefix":"x"}""", "Cannot order by LastEventTime with a logStreamNamePrefix.")]
    public async Task Invalid_request_is_refused_in_AWS_words(string operation, string request, string message)
    {
        var error = await _logs.FailAsync(operation, JsonNode.Parse(request)!.AsObject());

        error.Type.ShouldBe("InvalidParameterException");
        error.Message.ShouldContain(message);
    }

    [Fact]
    public async Task Tags_are_the_same_by_name_and_by_ARN()
    {
        await _logs.CreateAsync("tags");
        const string arn = "arn:aws:logs:us-east-1:000000000000:log-group:tags";
        await _logs.CallAsync("TagLogGroup", new() { ["logGroupName"] = "tags", ["tags"] = new JsonObject { ["a"] = "1", ["b"] = "2" } });
        await _logs.CallAsync("TagResource", new() { ["resourceArn"] = arn, ["tags"] = new JsonObject { ["b"] = "3", ["c"] = "" } });
        await _logs.CallAsync("UntagResource", new() { ["resourceArn"] = arn, ["tagKeys"] = new JsonArray("a", "never") });

        var byName = await _logs.CallAsync("ListTagsLogGroup", new() { ["logGroupName"] = "tags" });
        var byArn = await _logs.CallAsync("ListTagsForResource", new() { ["resourceArn"] = arn });

        byName.ToJsonString().ShouldBe("""{"tags":{"b":"3","c":""}}""");
        byArn.ToJsonString().ShouldBe(byName.ToJsonString());
        await _logs.CallAsync("UntagLogGroup", new() { ["logGroupName"] = "tags", ["tags"] = new JsonArray("b", "c") });
        (await _logs.CallAsync("ListTagsForResource", new() { ["resourceArn"] = arn })).ToJsonString().ShouldBe("""{"tags":{}}""");
        (await _logs.FailAsync("TagResource", new() { ["resourceArn"] = arn, ["tags"] = Many(51) })).Type.ShouldBe("InvalidParameterException");
        await _logs.CallAsync("TagResource", new() { ["resourceArn"] = arn, ["tags"] = Many(50) });
        (await _logs.FailAsync("TagResource", new() { ["resourceArn"] = arn, ["tags"] = new JsonObject { ["more"] = "" } })).Type.ShouldBe("TooManyTagsException");

        static JsonObject Many(int count) => new(Enumerable.Range(0, count).Select(i => KeyValuePair.Create($"k{i}", (JsonNode?)"")));
    }

    [Fact]
    public async Task Protected_group_is_deleted_only_after_its_protection_is_taken_off()
    {
        await _logs.CallAsync("CreateLogGroup", new() { ["logGroupName"] = "kept", ["deletionProtectionEnabled"] = true });

        (await _logs.FailAsync("DeleteLogGroup", new() { ["logGroupName"] = "kept" })).Type.ShouldBe("ValidationException");
        await _logs.CallAsync("PutLogGroupDeletionProtection", new() { ["logGroupIdentifier"] = "kept", ["deletionProtectionEnabled"] = false });
        await _logs.CallAsync("DeleteLogGroup", new() { ["logGroupName"] = "kept" });
    }

    [Theory]
    [InlineData("StartQuery", "Insights")]
    [InlineData("PutSubscriptionFilter", "subscription filters")]
    [InlineData("AssociateKmsKey", "does not encrypt")]
    public async Task Operation_that_is_not_there_says_so(string operation, string reason)
    {
        var error = await _logs.FailAsync(operation, []);

        error.Type.ShouldBe("UnsupportedOperationException");
        error.Message.ShouldContain(reason);
    }

    private static List<string> Names(JsonObject page) => [.. page["logGroups"]!.AsArray().Select(group => group!["logGroupName"]!.GetValue<string>())];
}
