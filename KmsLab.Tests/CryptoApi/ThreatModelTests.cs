using System.Text;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using KmsLab.CryptoApi.Encryption;
using KmsLab.CryptoApi.Records;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.CryptoApi;

/// <summary>What thefts together open, tried: docs/cryptoapi.md, "Who can read what".</summary>
public sealed class ThreatModelTests(PostgresCluster cluster, LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    private const string Text = "Xylophone-Krakatoa";

    private static readonly byte[] Name = Encoding.UTF8.GetBytes("Zanzibar-Quetzal");

    [Fact]
    public async Task Dump_and_kms_credentials_do_not_unwrap_a_data_key()
    {
        await using var stolen = await StealAsync();
        using var guessed = AccessToken.Create();

        foreach (var context in new[] { [], new() { ["r"] = stolen.Record.Id.ToString() }, RecordContext.Create(stolen.Record.Id, guessed, Name) })
            await Should.ThrowAsync<InvalidCiphertextException>(() => stolen.UnwrapAsync(context));
    }

    [Fact]
    public async Task Dump_kms_credentials_and_trail_unwrap_the_data_key_but_not_the_text()
    {
        await using var stolen = await StealAsync();

        var dataKey = await stolen.UnwrapAsync(stolen.ContextOnTheTrail);

        dataKey.Length.ShouldBe(RecordCipher.DataKeySize);
        using var guessed = AccessToken.Create();
        Should.Throw<DamagedRecordException>(() => RecordCipher.Open(RecordHeader.Read(stolen.Record.Header), dataKey, guessed, stolen.Body));
    }

    [Fact]
    public async Task Dump_kms_credentials_and_token_open_the_text_of_that_token()
    {
        await using var stolen = await StealAsync();
        using var token = AccessToken.Read(Encoding.UTF8.GetBytes(stolen.Token));

        var dataKey = await stolen.UnwrapAsync(RecordContext.Create(stolen.Record.Id, token, Name));

        Encoding.UTF8.GetString(RecordCipher.Open(RecordHeader.Read(stolen.Record.Header), dataKey, token, stolen.Body)).ShouldBe(Text);
    }

    [Fact]
    public async Task Token_and_trail_find_the_calls_of_that_record()
    {
        await using var stolen = await StealAsync();
        using var token = AccessToken.Read(Encoding.UTF8.GetBytes(stolen.Token));

        RecordContext.Create(default, token, Name)[RecordContext.TagKey].ShouldBe(stolen.ContextOnTheTrail[RecordContext.TagKey]);
    }

    private async Task<Loot> StealAsync()
    {
        var wire = await AwsWire.StartAsync(aws.Host.Url);
        var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        string token;
        await using (var api = await CryptoApiHost.StartUnreadyAsync(database, wire.Url))
        {
            await api.UntilReadyAsync();
            token = await api.EncryptAsync(Encoding.UTF8.GetString(Name), Text);
        }

        await using var dump = database.Open();
        var store = new RecordStore(dump, TimeProvider.System);
        var record = (await store.FindAsync(Name, TestContext.Current.CancellationToken))!;
        var body = (await store.ReadBodyAsync(record.Id, TestContext.Current.CancellationToken))!;
        var context = wire.CallsOf("Encrypt")[^1].Request["EncryptionContext"]!.AsObject().ToDictionary(pair => pair.Key, pair => pair.Value!.GetValue<string>());
        return new(wire, database, aws.Host.Kms(), token, record, body, context);
    }

    /// <summary>Everything; each test takes what its thief has.</summary>
    private sealed record Loot(
        AwsWire Wire, TestDatabase Database, AmazonKeyManagementServiceClient Kms, string Token, StoredRecord Record, byte[] Body, Dictionary<string, string> ContextOnTheTrail)
        : IAsyncDisposable
    {
        public async Task<byte[]> UnwrapAsync(Dictionary<string, string> context)
        {
            var wrapped = WrappedKey.Read(Record.WrappedKey);
            var answer = await Kms.DecryptAsync(
                new() { KeyId = wrapped.KeyArn, CiphertextBlob = new MemoryStream(wrapped.Ciphertext), EncryptionContext = context }, TestContext.Current.CancellationToken);
            return answer.Plaintext.ToArray();
        }

        public async ValueTask DisposeAsync()
        {
            Kms.Dispose();
            await Wire.DisposeAsync();
            await Database.DisposeAsync();
        }
    }
}
