using Dapper;
using KmsLab.CryptoApi;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.CryptoApi;
using KmsLab.Tests.EndToEnd;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;
using KmsLab.Tests.Sentinel;
using Npgsql;

namespace KmsLab.Tests.ServiceDefaults;

/// <summary>
/// The command <c>migrate</c> on a PostgreSQL that asks for passwords and whose master is no superuser, as RDS's: it makes the services' users, and these read
/// and write rows only.
/// </summary>
public sealed class DatabaseUserTests : IAsyncLifetime
{
    private const string MasterPassword = "the-masters-password";
    private const string FirstPassword = "first-password-of-a-service";
    private const string SecondPassword = "second-password-of-a-service";

    private PostgresServer _server = null!;
    private NpgsqlConnectionStringBuilder _vault = null!;
    private NpgsqlConnectionStringBuilder _sentinel = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresCluster.StartServerAsync();
        var superuser = await _server.CreateDatabaseAsync();
        var hba = await ScalarAsync<string>(superuser, "SHOW hba_file");
        await ExecuteAsync(
            superuser,
            $"""
            CREATE ROLE master LOGIN CREATEROLE CREATEDB PASSWORD '{MasterPassword}';
            COPY (VALUES ('local all kmslab trust'), ('local all all scram-sha-256')) TO '{hba}';
            SELECT pg_reload_conf();
            """);
        await ExecuteAsync(superuser, "CREATE DATABASE vault OWNER master");
        _vault = new(superuser) { Database = "vault", Username = "master", Password = MasterPassword, Pooling = false };
        // Not there: the command makes it.
        _sentinel = new(_vault.ToString()) { Database = "sentinel" };
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Services_run_as_their_users_who_reach_neither_the_others_tables_nor_the_schema()
    {
        (await MigrateAsync("CryptoApi", "vault", _vault, "cryptoapi_service")).ShouldContain("ran KmsLab.CryptoApi.Records.Migrations.0001_records.sql");
        (await MigrateAsync("Sentinel", "sentinel", _sentinel, "sentinel_service")).ShouldContain("made the database sentinel");
        var (vault, sentinel) = (As(_vault, "cryptoapi_service", FirstPassword), As(_sentinel, "sentinel_service", FirstPassword));

        await using (var aws = await LocalAwsHost.StartAsync())
        {
            await using var api = await CryptoApiHost.StartAsync(TestDatabase.On(vault), aws);
            var key = await api.EncryptAsync("Andy Jassy", "Welcome to ReInvent 2020!");
            (await api.DecryptAsync("Andy Jassy", key)).Status.ShouldBe(200);
            (await api.PostAsync("/rotate", new() { ["Name"] = "Andy Jassy", ["Key"] = key })).Status.ShouldBe(200);
            (await api.PostAsync("/delete", new() { ["Name"] = "Andy Jassy", ["Key"] = key })).Status.ShouldBe(200);

            await using var watcher = await SentinelHost.StartAsync(aws.Url, ("Sentinel:Database", "PostgreSql"), ("ConnectionStrings:sentinel", sentinel));
            await UntilAsync(async () => await ScalarAsync<long>(sentinel, "SELECT count(*) FROM series") > 0);
        }

        await RefusedAsync(vault, "CREATE TABLE mine (a BIGINT)");
        await RefusedAsync(vault, "CREATE TEMPORARY TABLE mine (a BIGINT)");
        await RefusedAsync(vault, "ALTER TABLE records ADD COLUMN mine BIGINT");
        await RefusedAsync(vault, "DROP TABLE records");
        await RefusedAsync(vault, "TRUNCATE records");
        await RefusedAsync(vault, "DELETE FROM schemaversions");
        await RefusedAsync(vault, "CREATE ROLE mine");
        await RefusedAsync(vault, "SET ROLE master");
        // The other's database is closed, whoever's password is known.
        await RefusedAsync(As(_sentinel, "cryptoapi_service", FirstPassword), "SELECT 1");
        await RefusedAsync(As(_vault, "sentinel_service", FirstPassword), "SELECT 1");
    }

    [Fact]
    public async Task Rotated_password_is_picked_up_without_a_restart_where_a_file_has_it_and_the_old_one_is_refused()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["password"], FirstPassword, Cancelled);
        await MigrateAsync("CryptoApi", "vault", _vault, "cryptoapi_service");
        await using var aws = await LocalAwsHost.StartAsync();
        var connection = new NpgsqlConnectionStringBuilder(As(_vault, "cryptoapi_service", FirstPassword)) { Password = null, Pooling = true };
        await using var api = await CryptoApiHost.StartAsync(TestDatabase.On(connection.ToString()), aws, ("ConnectionStrings:vault:PasswordFile", folder["password"]));
        var key = await api.EncryptAsync("Andy Jassy", "Welcome to ReInvent 2020!");

        // As the rotation does it: first where the service reads it, then in the database.
        await File.WriteAllTextAsync(folder["password"], $$"""{"username": "cryptoapi_service", "password": "{{SecondPassword}}"}""", Cancelled);
        var output = await MigrateAsync("CryptoApi", "vault", _vault, "cryptoapi_service", SecondPassword);
        output.ShouldContain("at this version's schema already");
        output.ShouldNotContain(SecondPassword);
        await EndConnectionsAsync();

        (await api.DecryptAsync("Andy Jassy", key)).Status.ShouldBe(200);
        await RefusedAsync(As(_vault, "cryptoapi_service", FirstPassword), "SELECT 1");
    }

    /// <summary>As it was before: the service logged in as the master, and made the tables itself.</summary>
    [Fact]
    public async Task Database_whose_service_was_the_master_moves_over_with_its_records()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        string key;
        await using (var before = await CryptoApiHost.StartAsync(TestDatabase.On(_vault.ToString()), aws))
            key = await before.EncryptAsync("Andy Jassy", "Welcome to ReInvent 2020!");

        await MigrateAsync("CryptoApi", "vault", _vault, "cryptoapi_service");

        await using var after = await CryptoApiHost.StartAsync(TestDatabase.On(As(_vault, "cryptoapi_service", FirstPassword)), aws);
        (await after.DecryptAsync("Andy Jassy", key)).Status.ShouldBe(200);
    }

    /// <summary>Elsewhere the service's user may have owned its tables: they become the master's.</summary>
    [Fact]
    public async Task Tables_that_the_services_user_owned_become_the_masters()
    {
        await ExecuteAsync(_vault.ToString(), $"CREATE ROLE cryptoapi_service LOGIN PASSWORD '{FirstPassword}'; GRANT CREATE ON SCHEMA public TO cryptoapi_service");
        var own = As(_vault, "cryptoapi_service", FirstPassword);
        await Migrator(own).StartingAsync(Cancelled);

        await MigrateAsync("CryptoApi", "vault", _vault, "cryptoapi_service");

        (await ScalarAsync<long>(own, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner <> 'master'")).ShouldBe(0);
        await ExecuteAsync(own, "DELETE FROM records");
        await RefusedAsync(own, "CREATE TABLE mine (a BIGINT)");
        (await ScalarAsync<bool>(own, "SELECT pg_has_role('master', 'cryptoapi_service', 'USAGE') AND pg_has_role('cryptoapi_service', 'master', 'MEMBER')")).ShouldBeFalse();
    }

    [Fact]
    public async Task Start_as_a_user_without_rights_says_what_to_do_when_the_schema_is_behind()
    {
        await MigrateAsync("CryptoApi", "vault", _vault, "cryptoapi_service");
        var own = As(_vault, "cryptoapi_service", FirstPassword);
        await Migrator(own).StartingAsync(Cancelled);
        // A version before this one: its last migration was not there yet.
        await ExecuteAsync(_vault.ToString(), "DELETE FROM schemaversions WHERE scriptname LIKE '%0021%'");

        var problem = await Should.ThrowAsync<InvalidOperationException>(() => Migrator(own).StartingAsync(Cancelled));
        problem.Message.ShouldContain("lacks 1 of this version's migrations");
        problem.Message.ShouldContain("0021_kms_calls_request_id.sql");
        problem.Message.ShouldContain("cryptoapi_service may not change its tables. Run 'KmsLab.CryptoApi migrate'");

        // With the right to create tables in the schema, but not to change these.
        await ExecuteAsync(_vault.ToString(), "GRANT CREATE ON SCHEMA public TO cryptoapi_service");
        problem = await Should.ThrowAsync<InvalidOperationException>(() => Migrator(own).StartingAsync(Cancelled));
        problem.Message.ShouldContain("Run 'KmsLab.CryptoApi migrate'");

        (await MigrateAsync("CryptoApi", "vault", _vault, "cryptoapi_service")).ShouldContain("ran KmsLab.CryptoApi.Records.Migrations.0021_kms_calls_request_id.sql");
        await Migrator(own).StartingAsync(Cancelled);
        await RefusedAsync(own, "CREATE TABLE mine (a BIGINT)");
    }

    [Fact]
    public async Task Start_on_a_database_that_was_never_migrated_says_what_to_do()
    {
        await ExecuteAsync(_vault.ToString(), $"CREATE ROLE cryptoapi_service LOGIN PASSWORD '{FirstPassword}'; REVOKE CREATE ON SCHEMA public FROM PUBLIC");

        var problem = await Should.ThrowAsync<InvalidOperationException>(() => Migrator(As(_vault, "cryptoapi_service", FirstPassword)).StartingAsync(Cancelled));

        problem.Message.ShouldContain("Run 'KmsLab.CryptoApi migrate'");
    }

    [Fact]
    public async Task Migrations_side_by_side_end_well()
    {
        var output = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => MigrateAsync("CryptoApi", "vault", _vault, "cryptoapi_service")));

        output.Count(text => text.Contains("0001_records.sql", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Database_with_another_services_tables_is_refused()
    {
        await MigrateAsync("CryptoApi", "vault", _vault, "cryptoapi_service");

        var (exitCode, output) = await RunAsync("Sentinel", "sentinel", _vault.ToString(), FirstPassword, "--user", "sentinel_service");

        exitCode.ShouldBe(1, output);
        output.ShouldContain("another service's as well");
        (await ScalarAsync<bool>(_vault.ToString(), "SELECT to_regclass('alarm') IS NULL")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("master", "owns the tables: the service's user is another one")]
    [InlineData("mighty", "may do more than a service should")]
    [InlineData("Robert'); DROP TABLE records;--", "is no name for a user here")]
    public async Task User_that_can_not_be_a_services_is_refused(string user, string why)
    {
        await ExecuteAsync(_vault.ToString(), "CREATE ROLE mighty LOGIN CREATEROLE");

        var (exitCode, output) = await RunAsync("CryptoApi", "vault", _vault.ToString(), FirstPassword, "--user", user);

        exitCode.ShouldBe(1, output);
        output.ShouldNotContain('\n');
        output.ShouldContain(why);
    }

    [Theory]
    [InlineData("--user cryptoapi_service", "", "has no password: set MIGRATE_USER_PASSWORD")]
    [InlineData("--user cryptoapi_service", "short", "is shorter than 16 characters")]
    [InlineData("--password-file /no/such/file", "", "--password-file is of the user that --user names")]
    [InlineData("--user cryptoapi_service --password-file /no/such/file", "", "/no/such/file")]
    [InlineData("--config /no/such.json", "", "there is no such file")]
    public async Task Command_that_lacks_something_says_what(string arguments, string password, string why)
    {
        var (exitCode, output) = await RunAsync("CryptoApi", "vault", _vault.ToString(), password, arguments.Split(' '));

        exitCode.ShouldBe(1, output);
        output.ShouldNotContain('\n');
        output.ShouldContain(why);
        output.ShouldNotContain(MasterPassword);
    }

    [Fact]
    public async Task Command_without_a_user_only_migrates_on_either_engine_and_says_so_of_SQLite()
    {
        using var folder = new TempFolder();
        var (exitCode, output) = await RunAsync("CryptoApi", "vault", _vault.ToString(), "");
        exitCode.ShouldBe(0, output);
        output.ShouldNotContain("The user");

        var environment = new Dictionary<string, string> { ["ConnectionStrings__vault"] = $"Data Source={folder["vault.db"]}", ["CryptoApi__Database"] = "Sqlite", [MigrateCommand.PasswordVariable] = FirstPassword };
        (exitCode, output) = await RunAsync("CryptoApi", environment);
        exitCode.ShouldBe(0, output);
        File.Exists(folder["vault.db"]).ShouldBeTrue();
        (exitCode, output) = await RunAsync("CryptoApi", environment, "--user", "cryptoapi_service");
        exitCode.ShouldBe(1);
        output.ShouldContain("Sqlite has no users");
    }

    private static DatabaseMigrator Migrator(string connectionString) =>
        new("vault", connectionString, DatabaseProvider.PostgreSql, typeof(CryptoApiExtensions).Assembly);

    private static string As(NpgsqlConnectionStringBuilder master, string user, string password) =>
        new NpgsqlConnectionStringBuilder(master.ToString()) { Username = user, Password = password }.ToString();

    /// <summary>Runs the command as the migrate task does.</summary>
    private static async Task<string> MigrateAsync(
        string service, string connection, NpgsqlConnectionStringBuilder master, string user, string password = FirstPassword)
    {
        var (exitCode, output) = await RunAsync(service, connection, master.ToString(), password, MigrateCommand.UserOption, user);
        exitCode.ShouldBe(0, output);
        return output;
    }

    private static Task<(int ExitCode, string Output)> RunAsync(
        string service, string connection, string connectionString, string password, params string[] arguments)
    {
        var master = new NpgsqlConnectionStringBuilder(connectionString);
        Dictionary<string, string> environment = new() { ["PGPASSWORD"] = master.Password!, [MigrateCommand.PasswordVariable] = password };
        master.Password = null;
        environment[$"ConnectionStrings__{connection}"] = master.ToString();
        return RunAsync(service, environment, arguments);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(
        string service, Dictionary<string, string> environment, params string[] arguments)
    {
        using var process = LabProcess.Start([MigrateCommand.Name, .. arguments], environment, $"KmsLab.{service}");
        return (await process.WaitForExitAsync(), process.Output);
    }

    private static async Task RefusedAsync(string connectionString, string sql)
    {
        var refused = await Should.ThrowAsync<PostgresException>(() => ExecuteAsync(connectionString, sql));
        refused.SqlState.ShouldBeOneOf(PostgresErrorCodes.InsufficientPrivilege, PostgresErrorCodes.InvalidPassword);
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.ExecuteAsync(sql);
    }

    private static async Task<T> ScalarAsync<T>(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        return (await connection.ExecuteScalarAsync<T>(sql))!;
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(60));
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancelled);
        }
    }

    /// <summary>Ends all connections of the service, as a failover does.</summary>
    private async Task EndConnectionsAsync()
    {
        var superuser = new NpgsqlConnectionStringBuilder(_vault.ToString()) { Username = "kmslab", Password = null };
        await ExecuteAsync(superuser.ToString(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'cryptoapi_service'");
    }
}
