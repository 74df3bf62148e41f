using System.Text.Json.Nodes;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.CryptoApi;

/// <summary>Encrypt and decrypt through real HTTP, with the real KMS client against LocalAws.</summary>
public sealed class RoundTripTests(PostgresCluster cluster, LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    private const string WrongKey = "Data decryption failed, make sure you have the correct key";

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task The_labs_walk_works_word_for_word(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider, cluster);
        await using var api = await CryptoApiHost.StartAsync(database, aws.Host);

        var (_, stored) = await api.SendAsync(HttpMethod.Post, "/encrypt", """{"Name":"Andy Jassy","Text":"Welcome to ReInvent 2020!"}""");
        stored["Message"]!.GetValue<string>().ShouldBe("Data encrypted and stored, keep your key save");
        var key = stored["Key"]!.GetValue<string>();

        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post })
        {
            using var answer = await api.RequestAsync(method, "/decrypt", System.Text.Encoding.UTF8.GetBytes($$"""{"Name":"Andy Jassy","Key":"{{key}}"}"""));
            ((int)answer.StatusCode).ShouldBe(200);
            answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
            (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("""{"Text":"Welcome to ReInvent 2020!"}""");
        }

        var (status, refused) = await api.DecryptAsync("Andy Jassy", "wrong");
        status.ShouldBe(400);
        refused["Message"]!.GetValue<string>().ShouldBe(WrongKey);

        using var home = await api.Http.GetAsync("/", TestContext.Current.CancellationToken);
        ((int)home.StatusCode).ShouldBe(200);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(4097)] // more than KMS itself would encrypt
    [InlineData(1024 * 1024)]
    public async Task A_text_of_any_size_comes_back(int size)
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql, cluster);
        await using var api = await CryptoApiHost.StartAsync(database, aws.Host);
        var text = new string('x', size);

        var key = await api.EncryptAsync("sized", text);

        (await TextAsync(api, "sized", key)).ShouldBe(text);
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Any_unicode_comes_back_in_name_and_text(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider, cluster);
        await using var api = await CryptoApiHost.StartAsync(database, aws.Host);
        string[] samples = ["\0", "a\0b", "\"\\/\b\f\n\r\t", "<script>&'+", "ñ é ß 漢字 العربية", "\U0001F512\U0010FFFF", "\uFEFFbom", "e\u0301", "\uFFFD", "\u2028\u2029"];

        foreach (var sample in samples)
        {
            var key = await api.EncryptAsync(sample, sample);
            (await TextAsync(api, sample, key)).ShouldBe(sample);
        }

        // The same text as escapes only: six bytes for one, the largest body there is.
        var largest = string.Concat(Enumerable.Repeat("\\u0000", 1024 * 1024));
        var (status, stored) = await api.SendAsync(HttpMethod.Post, "/encrypt", $$"""{"Name":"escaped","Text":"{{largest}}"}""");
        status.ShouldBe(200);
        (await TextAsync(api, "escaped", stored["Key"]!.GetValue<string>())).ShouldBe(new string('\0', 1024 * 1024));
    }

    [Fact]
    public async Task Wrong_key_and_unknown_name_are_one_answer_and_kms_refuses_both()
    {
        await using var wire = await AwsWire.StartAsync(aws.Host.Url);
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql, cluster);
        await using var api = await CryptoApiHost.StartUnreadyAsync(database, wire.Url);
        await api.UntilReadyAsync();
        await api.EncryptAsync("here", "text");
        var otherKey = await api.EncryptAsync("elsewhere", "other");

        var answers = new List<string>();
        foreach (var (name, key) in new[] { ("here", otherKey), ("here", "not a token at all"), ("nowhere", otherKey), ("nowhere", "x"), ("HERE", otherKey) })
            answers.Add(await WholeAnswerAsync(api, name, key));

        answers.Distinct().ShouldHaveSingleItem();
        var refusals = wire.CallsOf("Decrypt");
        refusals.Count.ShouldBe(5);
        refusals.ShouldAllBe(call => call.Error == "InvalidCiphertextException");
        var keyArn = refusals[0].Request["KeyId"]!.GetValue<string>();
        keyArn.ShouldStartWith("arn:aws:kms:us-east-1:000000000000:key/");
        refusals.ShouldAllBe(call => call.Request["KeyId"]!.GetValue<string>() == keyArn);
        // A stable identity of what was guessed at: both guesses at "here" show its record, those at names that aren't there show the decoy.
        refusals.Select(RecordOf).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task Each_write_is_one_encrypt_and_each_read_one_decrypt()
    {
        await using var wire = await AwsWire.StartAsync(aws.Host.Url);
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await CryptoApiHost.StartUnreadyAsync(database, wire.Url);
        await api.UntilReadyAsync();
        var before = wire.CallsOf("Encrypt").Count; // the decoy's

        var key = await api.EncryptAsync("n", "text");
        for (var read = 0; read < 5; read++)
            await TextAsync(api, "n", key);

        wire.CallsOf("Encrypt").Count.ShouldBe(before + 1);
        wire.CallsOf("Decrypt").Count.ShouldBe(5);
        wire.CallsOf("Decrypt").Select(RecordOf).Distinct().ShouldBe([RecordOf(wire.CallsOf("Encrypt")[^1])]);
    }

    [Fact]
    public async Task A_name_that_exists_is_409_unless_its_current_key_comes_along()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql, cluster);
        await using var api = await CryptoApiHost.StartAsync(database, aws.Host);
        var first = await api.EncryptAsync("n", "first");

        var (without, problem) = await api.PostAsync("/encrypt", new() { ["Name"] = "n", ["Text"] = "second" });
        without.ShouldBe(409);
        problem["Message"]!.GetValue<string>().ShouldNotBeEmpty();
        (await api.PostAsync("/encrypt", new() { ["Name"] = "n", ["Text"] = "second", ["Key"] = "wrong" })).Status.ShouldBe(409);
        (await TextAsync(api, "n", first)).ShouldBe("first");

        var second = await api.EncryptAsync("n", "second", first);
        second.ShouldNotBe(first);
        (await TextAsync(api, "n", second)).ShouldBe("second");
        (await api.DecryptAsync("n", first)).Status.ShouldBe(400);
        (await api.PostAsync("/encrypt", new() { ["Name"] = "n", ["Text"] = "third", ["Key"] = first })).Status.ShouldBe(409);
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Of_many_writers_of_a_new_name_one_gets_200_and_the_others_409(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider, cluster);
        await using var api = await CryptoApiHost.StartAsync(database, aws.Host);

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => api.PostAsync("/encrypt", new() { ["Name"] = "n", ["Text"] = $"text {i}" })));

        answers.Select(answer => answer.Status).Order().ShouldBe([200, 409, 409, 409, 409, 409]);
        var won = Array.FindIndex(answers, answer => answer.Status == 200);
        (await TextAsync(api, "n", answers[won].Body["Key"]!.GetValue<string>())).ShouldBe($"text {won}");
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task What_one_instance_stored_another_reads_with_the_same_key_and_decoy(DatabaseProvider provider)
    {
        await using var wire = await AwsWire.StartAsync(aws.Host.Url);
        await using var database = await TestDatabase.CreateAsync(provider, cluster);
        string key;
        await using (var first = await CryptoApiHost.StartUnreadyAsync(database, wire.Url))
        {
            await first.UntilReadyAsync();
            key = await first.EncryptAsync("n", "kept");
            await first.DecryptAsync("nowhere", "x");
        }

        await using var second = await CryptoApiHost.StartUnreadyAsync(database, wire.Url);
        await second.UntilReadyAsync();
        (await TextAsync(second, "n", key)).ShouldBe("kept");
        await second.DecryptAsync("nowhere", "x");

        wire.CallsOf("Decrypt").Where(call => call.Error is not null).Select(RecordOf).Distinct().ShouldHaveSingleItem();
        wire.CallsOf("Encrypt").Count.ShouldBe(2); // the decoy once, and the record
    }

    private static string RecordOf(WireCall call) => call.Request["EncryptionContext"]!["r"]!.GetValue<string>();

    private static async Task<string> TextAsync(CryptoApiHost api, string name, string key)
    {
        var (status, body) = await api.DecryptAsync(name, key);
        status.ShouldBe(200, body.ToJsonString());
        return body["Text"]!.GetValue<string>();
    }

    /// <summary>Status, headers but the date, and body.</summary>
    private static async Task<string> WholeAnswerAsync(CryptoApiHost api, string name, string key)
    {
        var body = System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["Name"] = name, ["Key"] = key }.ToJsonString());
        using var answer = await api.RequestAsync(HttpMethod.Post, "/decrypt", body);
        var headers = answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key != "Date").Select(header => $"{header.Key}: {string.Join(',', header.Value)}").Order();
        return $"{answer.StatusCode}\n{string.Join('\n', headers)}\n{await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}";
    }
}
