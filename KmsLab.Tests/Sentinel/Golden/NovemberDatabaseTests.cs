using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.TrailHealth.Canary;
using KmsLab.Sentinel.TrailHealth.Guard;
using KmsLab.Tests.Postgres;
using Microsoft.Data.Sqlite;

namespace KmsLab.Tests.Sentinel.Golden;

/// <summary>
/// A database that the Sentinel of November 2026 left goes on under this one: <c>november.sql</c> is the dump of a SQLite file that it
/// wrote, after ten days of <see cref="NovemberRecords"/>.
/// </summary>
public sealed class NovemberDatabaseTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SentinelBed _bed;

    public NovemberDatabaseTests()
    {
        Restore(_folder["test.db"]);
        _bed = SentinelBed.OpenAsync(TestDatabase.In(_folder.Path)).GetAwaiter().GetResult();
        NovemberRecords.Configure(_bed.Options);
        _bed.Time.SetUtcNow(NovemberRecords.End);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Migrations_that_were_run_are_not_run_again()
    {
        using var connection = new SqliteConnection($"Data Source={_folder["test.db"]};Pooling=false");
        await connection.OpenAsync(Cancellation);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM SchemaVersions WHERE ScriptName LIKE 'KmsLab.Sentinel.State.Migrations.%-lease.sql'";

        (await command.ExecuteScalarAsync(Cancellation)).ShouldBe(1L);
    }

    [Fact]
    public async Task Alarms_their_evidence_and_history_are_as_they_were()
    {
        var sentinel = _bed.Start();
        await sentinel.TickAsync();

        var alarms = await sentinel.AlarmsAsync();
        alarms.Select(alarm => $"{alarm.Detection} {alarm.State}: {string.Join(' ', alarm.Evidence.Select(record => record.EventId))}").ShouldBe(
            [
                "first-seen-principal Alarm: stranger",
                "key-exposure Alarm: policy-1",
                "key-tampering Alarm: alias-1",
                "kms-error-burst Ok: error-1 error-2",
                "trail-blinding Alarm: 89fa2cd1-c7c1-d35d-8ac5-4f428af22947",
                "unattested-call Alarm: error-1 error-2 correction",
                "unattested-call Alarm: stranger",
            ],
            ignoreOrder: true);
        (await _bed.HistoryAsync()).Count(entry => entry.Kind == HistoryKind.State).ShouldBe(13);
    }

    [Fact]
    public async Task Known_records_are_known_and_what_comes_next_is_added()
    {
        var sentinel = _bed.Start();
        var before = await CountersAsync();

        await sentinel.TakeAsync(Enumerable.Range(0, 10).SelectMany(NovemberRecords.Reads).Concat(NovemberRecords.LastDay()).Select(record => record.Utf8()));
        (await CountersAsync()).ShouldBe(before);

        await sentinel.TakeAsync(TestRecords.WrongKey(NovemberRecords.End.AddMinutes(-20).AddSeconds(30), eventId: "error-3").Utf8());
        (await sentinel.AlarmsAsync()).Single(alarm => alarm.Detection == "kms-error-burst").Evidence.Select(record => record.EventId)
            .ShouldBe(["error-1", "error-2", "error-3"]);
    }

    [Fact]
    public async Task Cursors_watermark_canaries_guard_and_baselines_go_on()
    {
        var sentinel = _bed.Start();
        await sentinel.TickAsync();

        (await sentinel.Pipeline.LastCompleteReadAsync(SentinelBed.Source, Cancellation)).ShouldBe(NovemberRecords.End);
        var canaries = await sentinel.Pipeline.KnowAsync<CanaryStore>(Cancellation);
        canaries.Calls.Select(call => (call.Sequence, call.Outcome)).ShouldBe([(1, CanaryOutcome.Answered), (2, CanaryOutcome.Answered)]);
        canaries.NewestReachOf(SentinelBed.Source).ShouldBe(NovemberRecords.End.AddMinutes(-10));
        sentinel.Status.Watermark!.Value.Known.ShouldBe(NovemberRecords.End.AddMinutes(-10) - _bed.Options.AllowedLateness);
        (await sentinel.Pipeline.KnowAsync<GuardStore>(Cancellation)).Departures.ShouldHaveSingleItem().Aspect.ShouldBe(GuardAspect.Logging);
        (await _bed.Baselines().ReadAsync(new("vault", TestRecords.RoleArn, null, null), Cancellation)).ShouldNotBeNull();
    }

    [Fact]
    public async Task What_people_asked_for_holds_and_what_waits_is_taken_in_and_sent()
    {
        var sentinel = _bed.Start();
        (await _bed.CommandsAsync()).ShouldHaveSingleItem().Reason.ShouldBe("waits");

        await sentinel.TickAsync();
        await sentinel.SendAsync();

        (await _bed.CommandsAsync()).ShouldBeEmpty();
        _bed.Sent.Count.ShouldBe(13, "none was sent before");
        var history = await _bed.HistoryAsync();
        history.ShouldContain(entry => entry.Kind == HistoryKind.Silenced && entry.Reason == "known");
        history.ShouldContain(entry => entry.Kind == HistoryKind.Acknowledged && entry.Reason == "waits");
    }

    public async ValueTask DisposeAsync()
    {
        await _bed.DisposeAsync();
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    private Task<IReadOnlyList<string>> CountersAsync() => _bed.RowsAsync("SELECT name, value FROM counter ORDER BY name");

    private static void Restore(string path)
    {
        using var stream = typeof(NovemberDatabaseTests).Assembly.GetManifestResourceStream("november.dump")!;
        using var reader = new StreamReader(stream);
        using var connection = new SqliteConnection($"Data Source={path};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = reader.ReadToEnd();
        command.ExecuteNonQuery();
    }
}
