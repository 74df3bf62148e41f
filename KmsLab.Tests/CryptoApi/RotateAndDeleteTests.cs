using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.CryptoApi;

public sealed class RotateAndDeleteTests(PostgresCluster cluster, LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Rotate_moves_a_record_to_the_current_kms_key_and_its_key_still_opens_it(DatabaseProvider provider)
    {
        await using var wire = await AwsWire.StartAsync(aws.Host.Url);
        await using var database = await TestDatabase.CreateAsync(provider, cluster);
        string key;
        await using (var old = await StartAsync(database, wire, $"alias/old-{provider}"))
            key = await old.EncryptAsync("n", "text");
        await using var api = await StartAsync(database, wire, $"alias/new-{provider}");

        (await api.PostAsync("/rotate", new() { ["Name"] = "n", ["Key"] = key })).Status.ShouldBe(200);
        (await api.DecryptAsync("n", key)).Body["Text"]!.GetValue<string>().ShouldBe("text");

        var rotated = wire.CallsOf("ReEncrypt").ShouldHaveSingleItem();
        var (from, to) = (rotated.Request["SourceKeyId"]!.GetValue<string>(), rotated.Request["DestinationKeyId"]!.GetValue<string>());
        from.ShouldNotBe(to);
        wire.CallsOf("Decrypt").ShouldHaveSingleItem().Request["KeyId"]!.GetValue<string>().ShouldBe(to);
        rotated.Request["SourceEncryptionContext"]!.ToJsonString().ShouldBe(rotated.Request["DestinationEncryptionContext"]!.ToJsonString());
    }

    [Fact]
    public async Task Rotate_is_refused_by_kms_for_a_wrong_key_and_an_unknown_name()
    {
        await using var wire = await AwsWire.StartAsync(aws.Host.Url);
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await StartAsync(database, wire, "alias/kmslab");
        var key = await api.EncryptAsync("n", "text");

        var wrong = await api.PostAsync("/rotate", new() { ["Name"] = "n", ["Key"] = "wrong" });
        var unknown = await api.PostAsync("/rotate", new() { ["Name"] = "nowhere", ["Key"] = key });

        wrong.Status.ShouldBe(400);
        unknown.Status.ShouldBe(400);
        unknown.Body.ToJsonString().ShouldBe(wrong.Body.ToJsonString());
        wire.CallsOf("ReEncrypt").Select(call => call.Error).ShouldBe(["InvalidCiphertextException", "InvalidCiphertextException"]);
        (await api.DecryptAsync("n", key)).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Delete_takes_the_current_key_and_frees_the_name(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider, cluster);
        await using var api = await CryptoApiHost.StartAsync(database, aws.Host);
        var key = await api.EncryptAsync("n", "text");

        var wrong = await api.PostAsync("/delete", new() { ["Name"] = "n", ["Key"] = "wrong" });
        var unknown = await api.PostAsync("/delete", new() { ["Name"] = "nowhere", ["Key"] = key });
        wrong.Status.ShouldBe(400);
        unknown.Body.ToJsonString().ShouldBe(wrong.Body.ToJsonString());
        (await api.DecryptAsync("n", key)).Status.ShouldBe(200);

        (await api.PostAsync("/delete", new() { ["Name"] = "n", ["Key"] = key })).Status.ShouldBe(200);
        (await api.DecryptAsync("n", key)).Status.ShouldBe(400);
        (await api.PostAsync("/delete", new() { ["Name"] = "n", ["Key"] = key })).Status.ShouldBe(400);
        await api.EncryptAsync("n", "another");
    }

    private static async Task<CryptoApiHost> StartAsync(TestDatabase database, AwsWire wire, string keyId)
    {
        var api = await CryptoApiHost.StartUnreadyAsync(database, wire.Url, ("CryptoApi:KmsKeyId", keyId));
        await api.UntilReadyAsync();
        return api;
    }
}
