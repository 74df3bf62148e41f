using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KmsLab.Tests.EndToEnd;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;
using Npgsql;

namespace KmsLab.Tests.CryptoApi.Records;

/// <summary>The database as RDS has it: TLS with a verified certificate, and a password that changes while the service runs.</summary>
public sealed class PostgresAccessTests(LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    private const string Secret = """{"username":"rotating","password":"PASSWORD","engine":"postgres"}""";

    [Theory]
    [InlineData("PASSWORD\n")]
    [InlineData(Secret)]
    public async Task A_rotated_password_is_used_without_a_restart(string file)
    {
        using var folder = new TempFolder();
        await using var server = await PostgresCluster.StartServerAsync();
        var admin = await server.CreateDatabaseAsync();
        await ExecuteAsync(admin, $"CREATE ROLE rotating LOGIN PASSWORD 'first'; ALTER DATABASE {new NpgsqlConnectionStringBuilder(admin).Database} OWNER TO rotating; ALTER SCHEMA public OWNER TO rotating");
        await File.WriteAllTextAsync(
            Path.Combine(new NpgsqlConnectionStringBuilder(admin).Host!, "pg_hba.conf"), "local all rotating scram-sha-256\nlocal all all trust\n", TestContext.Current.CancellationToken);
        await ExecuteAsync(admin, "SELECT pg_reload_conf()");
        await File.WriteAllTextAsync(folder["password"], file.Replace("PASSWORD", "first", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await using var database = TestDatabase.On(new NpgsqlConnectionStringBuilder(admin) { Username = "rotating" }.ToString());
        await using var api = await CryptoApiHost.StartAsync(database, aws.Host, ("ConnectionStrings:vault:PasswordFile", folder["password"]));
        var key = await api.EncryptAsync("n", "text");

        // The old password and the connections made with it are gone; the file still has the old one.
        await ExecuteAsync(admin, "ALTER ROLE rotating PASSWORD 'second'; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'rotating'");
        (await api.DecryptAsync("n", key)).Status.ShouldBe(503);
        await File.WriteAllTextAsync(folder["password"], file.Replace("PASSWORD", "second", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        (await api.DecryptAsync("n", key)).Status.ShouldBe(200);
        await api.EncryptAsync("m", "text");
    }

    [Fact]
    public async Task Tls_is_verified_against_the_root_certificate_and_the_hosts_name()
    {
        using var folder = new TempFolder();
        await using var server = await PostgresCluster.StartServerAsync();
        var admin = new NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync());
        var (certificate, key) = SelfSigned("localhost");
        await File.WriteAllTextAsync(folder["root.pem"], certificate, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder["other.pem"], SelfSigned("localhost").Certificate, TestContext.Current.CancellationToken);
        await WriteAsServerAsync(admin, "server.crt", certificate);
        await WriteAsServerAsync(admin, "server.key", key);
        var port = LabProcess.FreePort();
        await server.KillAsync();
        await server.StartAsync("listen_addresses=127.0.0.1", $"port={port}", "ssl=on");

        string Tls(string host, string root) => new NpgsqlConnectionStringBuilder
        {
            Host = host,
            Port = port,
            Username = admin.Username,
            Database = admin.Database,
            SslMode = SslMode.VerifyFull,
            RootCertificate = folder[root],
        }.ToString();
        await using var database = TestDatabase.On(Tls("localhost", "root.pem"));
        await using var api = await CryptoApiHost.StartAsync(database, aws.Host);

        var token = await api.EncryptAsync("n", "text");
        (await api.DecryptAsync("n", token)).Status.ShouldBe(200);
        (await ScalarAsync(database.ConnectionString, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")).ShouldBe(true);
        await Should.ThrowAsync<NpgsqlException>(() => ExecuteAsync(Tls("localhost", "other.pem"), "SELECT 1"));
        await Should.ThrowAsync<NpgsqlException>(() => ExecuteAsync(Tls("127.0.0.1", "root.pem"), "SELECT 1"));
    }

    /// <summary>A server accepts its key only from its own user and closed to others: it writes the file itself.</summary>
    private static async Task WriteAsServerAsync(NpgsqlConnectionStringBuilder admin, string file, string pem) =>
        await ExecuteAsync(admin.ToString(), $"COPY (SELECT unnest(string_to_array('{pem.TrimEnd()}', E'\\n'))) TO PROGRAM 'umask 077; cat > {admin.Host}/{file}'");

    private static (string Certificate, string Key) SelfSigned(string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private static Task ExecuteAsync(string connectionString, string sql) => ScalarAsync(connectionString, sql);

    private static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ToString());
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
