using KmsLab.ServiceDefaults.Database;
using KmsLab.Simulator;
using KmsLab.Simulator.Commands;
using KmsLab.Simulator.Live;
using KmsLab.Tests.CryptoApi;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Simulator;

/// <summary>The thief's copy of the application's database, whichever engine it has.</summary>
public sealed class StolenVaultTests(PostgresCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Thief_decrypts_what_stands_in_the_vault(DatabaseProvider provider)
    {
        await using var test = await TestDatabase.CreateAsync(provider, cluster);
        await using var aws = await LocalAwsHost.StartAsync([("LocalAws:TrustSourceIpHeader", "true")]);
        await using var api = await CryptoApiHost.StartAsync(test, aws, ("CryptoApi:KmsKeyId", "alias/kmslab"));
        var target = new LabTarget(api.Http.BaseAddress!, new Uri(aws.Url), "us-east-1") { Vault = new(test.ConnectionString, provider) };

        var simulator = new LiveSimulator(target, TimeProvider.System);
        var truth = await simulator.RunAsync("burst-exfiltration", new LiveSettings(Seed: 1, Speed: 1000), null, Cancellation);

        (truth.Calls, truth.Failed, truth.Note).ShouldBe((60, 0, null));
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Database_that_is_no_vault_is_refused_in_words(DatabaseProvider provider)
    {
        await using var test = await TestDatabase.CreateAsync(provider, cluster);
        await using (var database = test.Open())
            await database.ReadAsync(_ => Task.FromResult(0), Cancellation);

        var refused = await Should.ThrowAsync<SimulatorException>(
            () => StolenVault.ReadAsync(new(test.ConnectionString, provider), Cancellation));

        refused.Message.ShouldStartWith("The vault can't be read: ");
        refused.Message.ShouldContain("records");
    }

    [Fact]
    public async Task Vault_that_is_not_there_or_lacks_its_password_is_refused_in_words()
    {
        ReadOnlyDatabase[] vaults =
        [
            new("Data Source=/no/such/vault.db", DatabaseProvider.Sqlite),
            new("Host=127.0.0.1;Port=1;Database=vault;Username=kmslab;Password=s3cret", DatabaseProvider.PostgreSql),
            new("Host=127.0.0.1;Port=1;Database=vault;Username=kmslab", DatabaseProvider.PostgreSql, "/no/such/password"),
        ];
        foreach (var vault in vaults)
        {
            var refused = await Should.ThrowAsync<SimulatorException>(() => StolenVault.ReadAsync(vault, Cancellation));
            refused.Message.ShouldStartWith("The vault can't be read: ");
            refused.Message.ShouldNotContain("s3cret");
        }
    }

    [Fact]
    public void Vault_of_the_console_is_a_file_or_a_connection_string()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["vault.db"], "");

        VaultOption.Read(null, null).ShouldBeNull();
        VaultOption.Read(folder["vault.db"], null)
            .ShouldBe(new ReadOnlyDatabase($"Data Source={folder["vault.db"]}", DatabaseProvider.Sqlite));
        VaultOption.Read("Data Source=x.db", null).ShouldBe(new ReadOnlyDatabase("Data Source=x.db", DatabaseProvider.Sqlite));
        VaultOption.Read("Host=localhost;Database=vault", "password")
            .ShouldBe(new ReadOnlyDatabase("Host=localhost;Database=vault", DatabaseProvider.PostgreSql, "password"));
        Should.Throw<SimulatorException>(() => VaultOption.Read("no-such.db", null))
            .Message.ShouldBe("--vault: there is no file no-such.db.");
        Should.Throw<SimulatorException>(() => VaultOption.Read("Password=s3cret;Hots=x", null)).Message.ShouldNotContain("s3cret");
    }
}
