using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel;

/// <summary>Turns whose commit may wait: they count as if each had been committed, and are lost together or not at all.</summary>
public sealed class GroupedCommitTests(PostgresCluster cluster)
{
    public static TheoryData<DatabaseProvider> Databases { get; } = [DatabaseProvider.Sqlite, DatabaseProvider.PostgreSql];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Page_that_may_wait_is_committed_with_the_next_that_may_not(DatabaseProvider database)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        var sentinel = bed.Start();

        await sentinel.TakeWaitingAsync(TestRecords.Decrypt(eventId: "one").Utf8());
        (await sentinel.StatusAsync()).Records.Counted.ShouldBe(0);

        await sentinel.TakeAsync(TestRecords.Decrypt(eventId: "two").Utf8());
        (await sentinel.StatusAsync()).Records.Counted.ShouldBe(2);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Record_that_waits_is_no_news_in_a_later_page(DatabaseProvider database)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        var sentinel = bed.Start();

        var one = TestRecords.Decrypt(eventId: "one").Utf8();
        await sentinel.TakeWaitingAsync(one);
        await sentinel.TakeWaitingAsync(one, TestRecords.Decrypt(eventId: "two").Utf8());
        await sentinel.TickAsync();

        (await sentinel.StatusAsync()).Records.Counted.ShouldBe(2);
        (await sentinel.RatesAsync()).ShouldBe([$"90ab|{TestRecords.RoleArn}|Decrypt|Success||12:00:00+60=2"]);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task What_waits_is_lost_with_the_process_and_counts_when_it_is_brought_again(DatabaseProvider database)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        await bed.Start().TakeWaitingAsync(TestRecords.Decrypt(eventId: "one").Utf8());

        var sentinel = bed.Start();
        await sentinel.TakeWaitingAsync(TestRecords.Decrypt(eventId: "one").Utf8());
        await sentinel.CompleteAsync(bed.Time.GetUtcNow());

        (await sentinel.StatusAsync()).Records.Counted.ShouldBe(1);
    }
}
