using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.CryptoApi;

public sealed class PerRecordKeyTests(PostgresCluster cluster, LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Each_name_has_a_kms_key_of_its_own_created_once_tagged_and_never_named_after_it(DatabaseProvider provider)
    {
        await using var wire = await AwsWire.StartAsync(aws.Host.Url);
        await using var database = await TestDatabase.CreateAsync(provider, cluster);
        await using var api = await StartAsync(database, wire, "PerRecord");
        var before = wire.CallsOf("CreateKey").Count; // the shared key's

        var first = await api.EncryptAsync("Zanzibar", "one");
        var second = await api.EncryptAsync("Quetzal", "two");
        var replaced = await api.EncryptAsync("Zanzibar", "three", first);

        (await api.DecryptAsync("Zanzibar", replaced)).Body["Text"]!.GetValue<string>().ShouldBe("three");
        (await api.DecryptAsync("Quetzal", second)).Body["Text"]!.GetValue<string>().ShouldBe("two");
        var created = wire.CallsOf("CreateKey").Skip(before).ToArray();
        created.Length.ShouldBe(2);
        created.ShouldAllBe(call => call.Request["Tags"]!.ToJsonString().Contains("cryptoapi"));
        var used = wire.CallsOf("Encrypt").TakeLast(3).Select(call => call.Request["KeyId"]!.GetValue<string>()).ToArray();
        used[2].ShouldBe(used[0]);
        used[1].ShouldNotBe(used[0]);
        foreach (var call in wire.Calls.Where(call => call.Operation is "CreateKey" or "CreateAlias"))
            call.Request.ToJsonString().ShouldNotContain("Zanzibar");
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Of_many_writers_of_a_new_name_one_creates_the_key(DatabaseProvider provider)
    {
        await using var wire = await AwsWire.StartAsync(aws.Host.Url);
        await using var database = await TestDatabase.CreateAsync(provider, cluster);
        await using var api = await StartAsync(database, wire, "PerRecord");
        var before = wire.CallsOf("CreateKey").Count;

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => api.PostAsync("/encrypt", new() { ["Name"] = "n", ["Text"] = $"{i}" })));

        answers.Select(answer => answer.Status).Order().ShouldBe([200, 409, 409, 409, 409]);
        wire.CallsOf("CreateKey").Count.ShouldBe(before + 1);
    }

    [Fact]
    public async Task A_key_that_could_not_be_created_is_created_by_the_next_write()
    {
        await using var wire = await AwsWire.StartAsync(aws.Host.Url);
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql, cluster);
        await using var api = await StartAsync(database, wire, "PerRecord");

        wire.Fail("CreateKey", 400, "AccessDeniedException");
        (await api.PostAsync("/encrypt", new() { ["Name"] = "n", ["Text"] = "t" })).Status.ShouldBe(503);
        wire.Mend("CreateKey");

        await api.EncryptAsync("n", "t");
    }

    [Fact]
    public async Task An_alias_whose_answer_was_lost_is_taken_for_made_when_the_sdk_tries_again()
    {
        await using var wire = await AwsWire.StartAsync(aws.Host.Url);
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await StartAsync(database, wire, "PerRecord");

        wire.LoseAnswer("CreateAlias");

        await api.EncryptAsync("n", "t");
        wire.CallsOf("CreateAlias")[^1].Error.ShouldBe("AlreadyExistsException");
    }

    [Fact]
    public async Task Rotate_moves_a_record_from_the_shared_key_to_its_own_but_not_for_a_guess()
    {
        await using var wire = await AwsWire.StartAsync(aws.Host.Url);
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        string key;
        await using (var shared = await StartAsync(database, wire, "Shared"))
            key = await shared.EncryptAsync("n", "text");
        await using var api = await StartAsync(database, wire, "PerRecord");
        var before = wire.CallsOf("CreateKey").Count;

        (await api.PostAsync("/rotate", new() { ["Name"] = "n", ["Key"] = "guess" })).Status.ShouldBe(400);
        (await api.PostAsync("/rotate", new() { ["Name"] = "nowhere", ["Key"] = key })).Status.ShouldBe(400);
        wire.CallsOf("CreateKey").Count.ShouldBe(before);

        (await api.PostAsync("/rotate", new() { ["Name"] = "n", ["Key"] = key })).Status.ShouldBe(200);
        wire.CallsOf("CreateKey").Count.ShouldBe(before + 1);
        (await api.DecryptAsync("n", key)).Body["Text"]!.GetValue<string>().ShouldBe("text");
    }

    private static async Task<CryptoApiHost> StartAsync(TestDatabase database, AwsWire wire, string policy)
    {
        var api = await CryptoApiHost.StartUnreadyAsync(database, wire.Url, ("CryptoApi:KeyPolicy", policy));
        await api.UntilReadyAsync();
        return api;
    }
}
