using System.Xml.Linq;
using KmsLab.Sentinel;
using KmsLab.Sentinel.Access.ProtectionKeys;
using KmsLab.ServiceDefaults.ApiKeys;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.Access;

/// <summary>What several Sentinels on a database share: the keys of their cookies, and the sessions that are over.</summary>
public sealed class SharedAccessTests(PostgresCluster cluster)
{
    private readonly string _key = ApiKey.Create();

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Sentinels_on_one_database_accept_each_others_cookies(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider, cluster);
        await using var first = await AccessHost.StartAsync(database, null, AccessHost.Key("oncall", _key));
        await using var second = await AccessHost.StartAsync(database, null, AccessHost.Key("oncall", _key));
        using var browser = first.Open();
        using var elsewhere = second.Open();
        await browser.SignInAsync(_key);
        var cookie = ("Cookie", $"kmslab={browser.Session}");

        (await elsewhere.WhoAmIAsync(cookie)).ShouldBe("oncall");

        await browser.SubmitAsync("/logout");
        (await elsewhere.WhoAmIAsync(cookie)).ShouldBeNull();
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Session_outlives_a_restart_unless_its_key_is_gone(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider, cluster);
        string session;
        await using (var sentinel = await AccessHost.StartAsync(database, null, AccessHost.Key("oncall", _key)))
        {
            using var browser = sentinel.Open();
            await browser.SignInAsync(_key);
            session = browser.Session;
        }

        (await WhoAsync(database, session, AccessHost.Key("oncall", _key))).ShouldBe("oncall");
        (await WhoAsync(database, session, AccessHost.Key("other", _key))).ShouldBeNull();
        (await WhoAsync(database, session, AccessHost.Key("oncall", ApiKey.Create()))).ShouldBeNull();
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Repository_gives_back_what_it_was_given_once(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider, cluster);
        await new DatabaseMigrator("sentinel", database.ConnectionString, provider, typeof(SentinelExtensions).Assembly).StartingAsync(TestContext.Current.CancellationToken);
        await using var opened = database.Open();
        var repository = new DatabaseKeyRepository(opened);
        var element = XElement.Parse("<key id=\"1\"><secret> ä </secret></key>", LoadOptions.PreserveWhitespace);

        repository.GetAllElements().ShouldBeEmpty();
        repository.StoreElement(element, "key-1");
        repository.StoreElement(element, "key-1");
        repository.StoreElement(new XElement("revocation"), "revocation-1");

        var all = repository.GetAllElements();
        all.Count.ShouldBe(2);
        XNode.DeepEquals(all.First(), element).ShouldBeTrue();
    }

    private static async Task<string?> WhoAsync(TestDatabase database, string session, (string, string?)[] key)
    {
        await using var sentinel = await AccessHost.StartAsync(database, null, key);
        using var browser = sentinel.Open();
        return await browser.WhoAmIAsync(("Cookie", $"kmslab={session}"));
    }
}
