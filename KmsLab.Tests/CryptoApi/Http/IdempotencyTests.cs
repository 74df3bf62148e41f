using System.Text.Json.Nodes;
using KmsLab.CryptoApi.Encryption;
using KmsLab.CryptoApi.Idempotency;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.CryptoApi.Http;

/// <summary>A write that is tried again gets the answer of the first attempt; nothing else does.</summary>
public sealed class IdempotencyTests(PostgresCluster cluster, LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    private const string Body = """{"Name":"n","Text":"the text"}""";

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task A_retry_gets_the_same_key_without_another_kms_call(DatabaseProvider provider)
    {
        await using var wire = await AwsWire.StartAsync(aws.Host.Url);
        await using var database = await TestDatabase.CreateAsync(provider, cluster);
        await using var api = await StartAsync(database, wire.Url);
        var id = Guid.NewGuid().ToString();
        var encrypts = wire.CallsOf("Encrypt").Count;

        var (first, replayed) = await EncryptAsync(api, id);
        replayed.ShouldBeFalse();
        var (again, replayedAgain) = await EncryptAsync(api, $"\"{id}\""); // the draft's spelling of the same
        replayedAgain.ShouldBeTrue();

        again.ShouldBe(first);
        wire.CallsOf("Encrypt").Count.ShouldBe(encrypts + 1);
        (await api.DecryptAsync("n", first)).Body["Text"]!.GetValue<string>().ShouldBe("the text");
    }

    [Fact]
    public async Task Another_body_under_the_same_key_is_422()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await StartAsync(database, aws.Host.Url);
        var id = Guid.NewGuid().ToString();
        await EncryptAsync(api, id);

        foreach (var body in new[] { """{"Name":"n","Text":"the tex"}""", """{"Name":"other","Text":"the text"}""", """{"Name":"n","Text":"the text","Key":"k"}""" })
        {
            using var answer = await api.AskAsync(HttpMethod.Post, "/encrypt", body, ("Idempotency-Key", id));
            ((int)answer.StatusCode).ShouldBe(422);
            (await answer.JsonAsync())["field"]!.GetValue<string>().ShouldBe("Idempotency-Key");
        }
    }

    [Theory]
    [InlineData("short")]
    [InlineData("")]
    [InlineData("with a space in the middle")]
    public async Task A_key_that_can_be_guessed_or_read_in_two_ways_is_400(string id)
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await StartAsync(database, aws.Host.Url);

        using var answer = await api.AskAsync(HttpMethod.Post, "/encrypt", Body, ("Idempotency-Key", id));

        ((int)answer.StatusCode).ShouldBe(400);
        (await answer.JsonAsync())["field"]!.GetValue<string>().ShouldBe("Idempotency-Key");
    }

    [Fact]
    public async Task Two_instances_let_one_attempt_through_and_tell_the_other_to_wait()
    {
        await using var wire = await AwsWire.StartAsync(aws.Host.Url);
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql, cluster);
        await using var one = await StartAsync(database, wire.Url);
        await using var two = await StartAsync(database, wire.Url);
        var id = Guid.NewGuid().ToString();
        using var held = wire.Hold("Encrypt");
        var first = EncryptAsync(one, id);
        await held.Reached;

        using (var second = await two.AskAsync(HttpMethod.Post, "/encrypt", Body, ("Idempotency-Key", id)))
        {
            ((int)second.StatusCode).ShouldBe(409);
            second.Headers.RetryAfter.ShouldNotBeNull();
        }

        held.Release();
        var (key, _) = await first;
        (await EncryptAsync(two, id)).Key.ShouldBe(key);
    }

    [Fact]
    public async Task Of_many_retries_at_once_all_that_succeed_have_the_same_key()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql, cluster);
        await using var one = await StartAsync(database, aws.Host.Url);
        await using var two = await StartAsync(database, aws.Host.Url);
        var id = Guid.NewGuid().ToString();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? one : two).AskAsync(HttpMethod.Post, "/encrypt", Body, ("Idempotency-Key", id))));

        answers.ShouldAllBe(answer => (int)answer.StatusCode == 200 || (int)answer.StatusCode == 409);
        var keys = new HashSet<string>();
        foreach (var answer in answers.Where(answer => answer.IsSuccessStatusCode))
            keys.Add((await answer.JsonAsync())["Key"]!.GetValue<string>());
        (await one.DecryptAsync("n", keys.ShouldHaveSingleItem())).Status.ShouldBe(200);
        foreach (var answer in answers)
            answer.Dispose();
    }

    [Fact]
    public async Task An_attempt_that_failed_leaves_the_way_free()
    {
        await using var wire = await AwsWire.StartAsync(aws.Host.Url);
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await StartAsync(database, wire.Url);
        var id = Guid.NewGuid().ToString();
        wire.Fail("Encrypt", 400, "DisabledException");
        using (var failed = await api.AskAsync(HttpMethod.Post, "/encrypt", Body, ("Idempotency-Key", id)))
            ((int)failed.StatusCode).ShouldBe(503);
        wire.Mend("Encrypt");

        (await EncryptAsync(api, id)).Replayed.ShouldBeFalse();

        // Nor does a 409 stick: the name may be free when it is tried again.
        var other = Guid.NewGuid().ToString();
        var taken = """{"Name":"n","Text":"another"}""";
        using var first = await api.AskAsync(HttpMethod.Post, "/encrypt", taken, ("Idempotency-Key", other));
        ((int)first.StatusCode).ShouldBe(409);
        first.Headers.RetryAfter.ShouldBeNull();
        using var second = await api.AskAsync(HttpMethod.Post, "/encrypt", taken, ("Idempotency-Key", other));
        (await second.JsonAsync())["field"]!.GetValue<string>().ShouldBe("Name");
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task An_answer_expires_a_dead_attempt_is_taken_over_and_pruning_deletes(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider, cluster);
        await using (await StartAsync(database, aws.Host.Url))
        {
            // Only for its migrations.
        }

        await using var db = database.Open();
        var time = new FakeTimeProvider();
        var store = new IdempotencyStore(db, Options.Create(new IdempotencyOptions()), time);
        using var request = IdempotentRequest.Create("client", "0123456789abcdef", "n"u8.ToArray());
        var cancellation = TestContext.Current.CancellationToken;

        var dead = (await store.ClaimAsync(request, cancellation)).Claim.ShouldNotBeNull();
        (await store.ClaimAsync(request, cancellation)).ShouldBe(IdempotencyClaim.UnderWay);
        time.Advance(TimeSpan.FromMinutes(7));
        var claim = (await store.ClaimAsync(request, cancellation)).Claim.ShouldNotBeNull();
        await Should.ThrowAsync<IdempotencyConflictException>(() => KeepAsync(db, request, dead, [1]));
        await KeepAsync(db, request, claim, [2]);
        await store.ReleaseAsync(request, claim, cancellation); // An answer that is there stays.
        (await store.ClaimAsync(request, cancellation)).Answer.ShouldBe([2]);

        (await store.PruneAsync(cancellation)).ShouldBe(0);
        time.Advance(TimeSpan.FromHours(24));
        (await store.ClaimAsync(request, cancellation)).Claim.ShouldNotBeNull();
        time.Advance(TimeSpan.FromHours(25));
        (await store.PruneAsync(cancellation)).ShouldBe(1);
    }

    [Fact]
    public void A_kept_answer_opens_only_with_client_key_and_body()
    {
        using var token = AccessToken.Create();
        using var request = Request("client", "0123456789abcdef", "name", "text");
        var answer = request.Seal(token);

        request.Open(answer).ToText().ShouldBe(token.ToText());
        foreach (var other in new[]
        {
            Request("client2", "0123456789abcdef", "name", "text"), Request("client", "0123456789abcdeg", "name", "text"),
            Request("client", "0123456789abcdef", "name", "texu"), Request("client", "0123456789abcdef", "namet", "ext"),
        })
        {
            Should.Throw<DamagedRecordException>(() => other.Open(answer));
        }

        answer.AsSpan().IndexOf(token.Bytes).ShouldBe(-1);
        Convert.ToHexString(request.BodyHash).ShouldNotBe(Convert.ToHexString(Request("client", "another-key-of-16", "name", "text").BodyHash));
    }

    private static IdempotentRequest Request(string client, string key, string name, string text) =>
        IdempotentRequest.Create(client, key, System.Text.Encoding.UTF8.GetBytes(name), System.Text.Encoding.UTF8.GetBytes(text), null);

    private static Task<int> KeepAsync(Database db, IdempotentRequest request, byte[] claim, byte[] answer) => db.WriteAsync(
        async (connection, transaction) =>
        {
            await IdempotencyStore.KeepAsync(connection, transaction, request, claim, answer, TestContext.Current.CancellationToken);
            return 0;
        },
        TestContext.Current.CancellationToken);

    private static async Task<(string Key, bool Replayed)> EncryptAsync(CryptoApiHost api, string id)
    {
        using var answer = await api.AskAsync(HttpMethod.Post, "/encrypt", Body, ("Idempotency-Key", id));
        JsonNode body = await answer.JsonAsync();
        ((int)answer.StatusCode).ShouldBe(200, body.ToJsonString());
        return (body["Key"]!.GetValue<string>(), answer.Headers.Contains("Idempotent-Replayed"));
    }

    private static async Task<CryptoApiHost> StartAsync(TestDatabase database, string awsUrl)
    {
        var api = await CryptoApiHost.StartUnreadyAsync(database, awsUrl);
        await api.UntilReadyAsync();
        return api;
    }
}
