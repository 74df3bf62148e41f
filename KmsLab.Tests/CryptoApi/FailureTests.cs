using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.CryptoApi;

/// <summary>What callers are told when KMS or the database fails: a status, a sentence, no internals; and that nothing was lost.</summary>
public sealed class FailureTests(PostgresCluster cluster, LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    [Theory]
    [InlineData(400, "ThrottlingException", true)]
    [InlineData(400, "DisabledException", false)]
    [InlineData(400, "KMSInvalidStateException", false)]
    [InlineData(400, "NotFoundException", false)]
    [InlineData(400, "AccessDeniedException", false)]
    [InlineData(500, "KMSInternalException", true)]
    [InlineData(500, "KeyUnavailableException", true)]
    [InlineData(500, "DependencyTimeoutException", true)]
    [InlineData(503, "SomethingNewException", true)]
    public async Task Kms_errors_are_503_with_a_hint_where_trying_again_may_help(int status, string error, bool retry)
    {
        await using var test = await StartAsync();
        var key = await test.Api.EncryptAsync("n", "text");
        test.Wire.Fail("Decrypt", status, error);
        test.Wire.Fail("Encrypt", status, error);

        await ShouldFailAsync(test.Api, "/decrypt", $$"""{"Name":"n","Key":"{{key}}"}""", retry);
        await ShouldFailAsync(test.Api, "/encrypt", """{"Name":"new","Text":"t"}""", retry);

        test.Wire.Mend("Decrypt");
        test.Wire.Mend("Encrypt");
        (await test.Api.DecryptAsync("n", key)).Status.ShouldBe(200);
        await test.Api.EncryptAsync("new", "t"); // Nothing was stored under it.
    }

    [Fact]
    public async Task A_kms_that_hangs_or_breaks_connections_is_503()
    {
        await using var test = await StartAsync(("CryptoApi:KmsTimeout", "00:00:00.500"));
        var key = await test.Api.EncryptAsync("n", "text");

        test.Wire.Hang("Decrypt");
        await ShouldFailAsync(test.Api, "/decrypt", $$"""{"Name":"n","Key":"{{key}}"}""", retry: true);
        test.Wire.Break("Decrypt");
        await ShouldFailAsync(test.Api, "/decrypt", $$"""{"Name":"n","Key":"{{key}}"}""", retry: true);
    }

    [Fact]
    public async Task A_database_that_is_down_is_503_and_keeps_what_it_acknowledged()
    {
        await using var server = await PostgresCluster.StartServerAsync();
        await using var database = TestDatabase.On(await server.CreateDatabaseAsync());
        await using var api = await CryptoApiHost.StartAsync(database, aws.Host);
        var key = await api.EncryptAsync("n", "text");

        await server.KillAsync();
        await ShouldFailAsync(api, "/decrypt", $$"""{"Name":"n","Key":"{{key}}"}""", retry: true);
        await ShouldFailAsync(api, "/encrypt", """{"Name":"new","Text":"t"}""", retry: true);
        await server.StartAsync();

        (await api.DecryptAsync("n", key)).Status.ShouldBe(200);
        await api.EncryptAsync("new", "t");
    }

    [Fact]
    public async Task A_record_that_was_altered_in_the_store_is_500_and_never_a_wrong_text()
    {
        await using var test = await StartAsync();
        var key = await test.Api.EncryptAsync("n", "text");
        var db = test.Api.Services.GetRequiredService<Database>();
        await db.WriteAsync((c, t) => Dapper.SqlMapper.ExecuteAsync(c, "UPDATE records SET body = @body", new { body = new byte[20] }, t), TestContext.Current.CancellationToken);

        var (status, problem) = await test.Api.DecryptAsync("n", key);

        status.ShouldBe(500);
        problem["Message"]!.GetValue<string>().ShouldContain("damaged");
    }

    [Fact]
    public async Task A_first_start_creates_its_key_without_leaving_an_error_on_the_trail()
    {
        await using var empty = await LocalAwsHost.StartAsync();
        await using var wire = await AwsWire.StartAsync(empty.Url);
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await CryptoApiHost.StartUnreadyAsync(database, wire.Url);
        await api.UntilReadyAsync();

        wire.CallsOf("CreateKey").ShouldHaveSingleItem();
        wire.Calls.ShouldAllBe(call => call.Error == null);
    }

    [Fact]
    public async Task A_key_that_does_not_exist_stops_the_service_with_a_clear_line()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await using var api = await CryptoApiHost.StartUnreadyAsync(database, aws.Host.Url, ("CryptoApi:CreateKey", "false"), ("CryptoApi:KmsKeyId", "alias/missing"));
        var exitCode = Environment.ExitCode;

        var stopping = new TaskCompletionSource();
        await using var registration = api.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
        await stopping.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Environment.ExitCode.ShouldBe(1);
        Environment.ExitCode = exitCode;
        api.Logs.GetSnapshot().ShouldContain(line => line.Level == LogLevel.Critical && line.Message.Contains("CryptoApi:KmsKeyId alias/missing", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("CryptoApi:KmsKeyId", "", "CryptoApi:KmsKeyId")]
    [InlineData("CryptoApi:KmsTimeout", "00:00:00", "CryptoApi:KmsTimeout")]
    [InlineData("CryptoApi:Database", "Oracle", "CryptoApi:Database")]
    [InlineData("ConnectionStrings:vault", "", "ConnectionStrings:vault")]
    [InlineData("ConnectionStrings:vault", "Data Source=/no/such/folder/vault.db", "ConnectionStrings:vault")]
    public async Task A_wrong_option_stops_the_start_by_its_name(string option, string value, string named)
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);

        var problem = await Should.ThrowAsync<Exception>(() => CryptoApiHost.StartUnreadyAsync(database, aws.Host.Url, (option, value)));

        problem.Message.ShouldContain(named);
    }

    private static async Task ShouldFailAsync(CryptoApiHost api, string path, string body, bool retry)
    {
        using var answer = await api.RequestAsync(HttpMethod.Post, path, System.Text.Encoding.UTF8.GetBytes(body));
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        ((int)answer.StatusCode).ShouldBe(503, $"{text}\n{api.Logs.GetSnapshot().LastOrDefault(line => line.Exception is not null)?.Exception}");
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        (answer.Headers.RetryAfter is not null).ShouldBe(retry);
        text.ShouldNotContain("internal detail");
        text.ShouldNotContain("Exception");
    }

    private async Task<Running> StartAsync(params (string Key, string Value)[] settings)
    {
        var wire = await AwsWire.StartAsync(aws.Host.Url);
        var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var api = await CryptoApiHost.StartUnreadyAsync(database, wire.Url, settings);
        await api.UntilReadyAsync();
        return new(wire, database, api);
    }

    private sealed record Running(AwsWire Wire, TestDatabase Database, CryptoApiHost Api) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Api.DisposeAsync();
            await Wire.DisposeAsync();
            await Database.DisposeAsync();
        }
    }
}
