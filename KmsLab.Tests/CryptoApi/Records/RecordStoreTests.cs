using KmsLab.CryptoApi;
using KmsLab.CryptoApi.Encryption;
using KmsLab.CryptoApi.Records;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.CryptoApi.Records;

public sealed class RecordStoreTests(PostgresCluster cluster)
{
    public static TheoryData<DatabaseProvider> Providers => [DatabaseProvider.Sqlite, DatabaseProvider.PostgreSql];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Store_gives_back_what_was_stored(DatabaseProvider provider)
    {
        await using var test = await OpenAsync(provider);
        var record = New("name\0with NUL \U0001F512"u8.ToArray(), body: 1024 * 1024);

        (await test.Store.TryInsertAsync(record, null, Cancelled)).ShouldBeTrue();

        var found = await test.Store.FindAsync(record.Name, Cancelled);
        found.ShouldNotBeNull();
        found.Id.ShouldBe(record.Id);
        found.TokenHash.ShouldBe(record.TokenHash);
        found.Header.ShouldBe(record.Header);
        found.WrappedKey.ShouldBe(record.WrappedKey);
        (await test.Store.ReadBodyAsync(record.Id, Cancelled)).ShouldBe(record.Body);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Store_knows_names_byte_by_byte(DatabaseProvider provider)
    {
        await using var test = await OpenAsync(provider);
        await test.Store.TryInsertAsync(New("Andy"u8.ToArray()), null, Cancelled);

        (await test.Store.FindAsync("andy"u8.ToArray(), Cancelled)).ShouldBeNull();
        (await test.Store.FindAsync("Andy "u8.ToArray(), Cancelled)).ShouldBeNull();
        (await test.Store.FindAsync("Andy\0"u8.ToArray(), Cancelled)).ShouldBeNull();
        (await test.Store.ReadBodyAsync(RecordId.Create(), Cancelled)).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task One_of_many_writers_of_a_new_name_wins(DatabaseProvider provider)
    {
        await using var test = await OpenAsync(provider);
        var records = Enumerable.Range(0, 8).Select(_ => New("contested"u8.ToArray())).ToArray();

        var won = await Task.WhenAll(records.Select(record => Task.Run(() => test.Store.TryInsertAsync(record, null, Cancelled))));

        won.Count(w => w).ShouldBe(1);
        (await test.Store.FindAsync("contested"u8.ToArray(), Cancelled))!.Id.ShouldBe(records[Array.IndexOf(won, true)].Id);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task One_of_many_replacements_of_a_record_wins(DatabaseProvider provider)
    {
        await using var test = await OpenAsync(provider);
        var first = New("contested"u8.ToArray());
        await test.Store.TryInsertAsync(first, null, Cancelled);
        var records = Enumerable.Range(0, 8).Select(_ => New("contested"u8.ToArray())).ToArray();

        var won = await Task.WhenAll(records.Select(record => Task.Run(() => test.Store.TryReplaceAsync(record, first.Id, null, Cancelled))));

        won.Count(w => w).ShouldBe(1);
        (await test.Store.FindAsync("contested"u8.ToArray(), Cancelled))!.Id.ShouldBe(records[Array.IndexOf(won, true)].Id);
        (await test.Store.ReadBodyAsync(first.Id, Cancelled)).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_write_run_again_after_its_commit_succeeds_again(DatabaseProvider provider)
    {
        await using var test = await OpenAsync(provider);
        var (first, second) = (New("n"u8.ToArray()), New("n"u8.ToArray()));

        (await test.Store.TryInsertAsync(first, null, Cancelled)).ShouldBeTrue();
        (await test.Store.TryInsertAsync(first, null, Cancelled)).ShouldBeTrue();
        (await test.Store.TryReplaceAsync(second, first.Id, null, Cancelled)).ShouldBeTrue();
        (await test.Store.TryReplaceAsync(second, first.Id, null, Cancelled)).ShouldBeTrue();
        (await test.Store.TryInsertAsync(first, null, Cancelled)).ShouldBeFalse();
    }

    private static NewRecord New(byte[] name, int body = 20)
    {
        var id = RecordId.Create();
        return new(name, id, new byte[32], RecordHeader.Create(id).ToBytes(), new WrappedKey("arn", [1]).ToBytes(), new byte[body]);
    }

    private async Task<TestStore> OpenAsync(DatabaseProvider provider)
    {
        var test = await TestDatabase.CreateAsync(provider, cluster);
        await new DatabaseMigrator("vault", test.ConnectionString, provider, typeof(CryptoApiExtensions).Assembly).StartingAsync(Cancelled);
        var database = test.Open();
        return new(test, database, new RecordStore(database, new FakeTimeProvider()));
    }

    private sealed record TestStore(TestDatabase Test, Database Database, RecordStore Store) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Database.DisposeAsync();
            await Test.DisposeAsync();
        }
    }
}
