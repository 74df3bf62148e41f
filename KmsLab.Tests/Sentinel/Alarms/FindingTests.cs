using System.Text.Json.Nodes;
using Dapper;
using KmsLab.Sentinel;
using KmsLab.Sentinel.Alarms;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.EndToEnd;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.Alarms;

/// <summary>Alarms as findings: they stay until somebody closes them, with a verdict.</summary>
public sealed class FindingTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<DatabaseProvider> Databases => PipelineTests.Databases;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Ended_alarm_stays_with_its_evidence_until_it_is_closed_and_the_retention_is_over(DatabaseProvider database)
    {
        await using var bed = await EndedAsync(database);

        await PruneAsync(bed, bed.Options.Turns.Retention * 3);
        var kept = (await bed.CurrentAsync()).ShouldHaveSingleItem();
        (kept.Ended, kept.Attention, kept.Evidence.Count).ShouldBe((true, Attention.Needed, 2));
        await CloseAsync(bed, Verdict.Expected);
        (await bed.CurrentAsync()).ShouldBeEmpty();
        (await bed.AnswersAsync()).ShouldHaveSingleItem().Closed!.Verdict.ShouldBe(Verdict.Expected);

        await PruneAsync(bed, bed.Options.Alarms.KeepEvidence - TimeSpan.FromDays(8));
        (await bed.AnswersAsync()).ShouldHaveSingleItem().Evidence.Count.ShouldBe(2);
        await PruneAsync(bed, TimeSpan.FromDays(8));

        (await bed.AnswersAsync()).ShouldBeEmpty();
        (await bed.HistoryAsync()).ShouldContain(entry => entry.Kind == HistoryKind.Closed && entry.Verdict == Verdict.Expected && entry.Who == "alice");
    }

    [Fact]
    public async Task Next_attack_after_long_rest_is_the_next_occurrence_and_open_again()
    {
        await using var bed = await EndedAsync();
        await CloseAsync(bed, Verdict.True);
        await PruneAsync(bed, TimeSpan.FromDays(10));
        var sentinel = bed.Start();

        await AttackAsync(sentinel, bed.Time.GetUtcNow());

        var alarm = (await bed.CurrentAsync()).ShouldHaveSingleItem();
        (alarm.Occurrence, alarm.Attention, alarm.Closed, alarm.Ended).ShouldBe((2, Attention.Needed, null, false));
    }

    [Fact]
    public async Task Closed_alarm_that_still_fires_opens_again_when_more_of_another_kind_happens()
    {
        await using var bed = await BedAsync(DatabaseProvider.Sqlite);
        var sentinel = bed.Start();
        await AttackAsync(sentinel, Noon);
        await CloseAsync(bed, Verdict.Expected, sentinel);
        (await bed.AnswersAsync()).ShouldHaveSingleItem().Attention.ShouldBe(Attention.Closed);

        await sentinel.TakeAsync(TestRecords.WrongKey(Noon.AddSeconds(5)).With(record => record["eventName"] = "ReEncrypt").Utf8());
        await sentinel.TickAsync();

        var alarm = (await bed.AnswersAsync()).ShouldHaveSingleItem();
        alarm.Attention.ShouldBe(Attention.Needed);
        alarm.Closed.ShouldBeNull();
        alarm.Acknowledged!.News!.What.ShouldContain("ReEncrypt");
    }

    [Fact]
    public async Task Reopened_alarm_needs_attention_again_and_a_comment_changes_nothing()
    {
        await using var bed = await EndedAsync();
        await CloseAsync(bed, Verdict.False);
        var sentinel = bed.Start();
        await bed.SubmitAsync(await CommandAsync(bed, AlarmCommandKind.Comment));
        await sentinel.TickAsync();
        (await bed.AnswersAsync())[0].Attention.ShouldBe(Attention.Closed);

        await bed.SubmitAsync(await CommandAsync(bed, AlarmCommandKind.Reopen));
        await sentinel.TickAsync();

        (await bed.AnswersAsync())[0].Attention.ShouldBe(Attention.Needed);
        (await bed.HistoryAsync()).Select(entry => entry.Kind).ShouldContain(HistoryKind.Commented);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Alarms_that_were_over_before_findings_were_kept_count_as_closed(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider, cluster);
        await using (var opened = database.Open())
        {
            foreach (var script in Scripts().Where(script => string.CompareOrdinal(script.Name, "0096") < 0))
                await RunAsync(opened, script.Text);
            await RunAsync(opened, $"{AlarmSql("aa", ended: 1)}; {AlarmSql("bb", ended: 1)}; {AlarmSql("cc", ended: 0)}");
            await RunAsync(opened, """
                INSERT INTO alarm_handling (alarm_id, payload, silenced_until)
                VALUES ('bb', '{"alarmId":"bb","acknowledged":{"occurrence":3,"at":"2026-11-01T12:00:00Z","by":"alice","reason":"seen"}}', 0)
                """);
            await RunAsync(opened, Scripts().Single(script => script.Name.StartsWith("0096", StringComparison.Ordinal)).Text);

            var handlings = await opened.ReadAsync(connection => AlarmRecords.HandlingsAsync(connection, Cancellation), Cancellation);

            handlings.Select(handling => (handling.AlarmId, handling.Closed!.Occurrence, handling.Closed.Verdict)).Order().ShouldBe([("aa", 3, null), ("bb", 3, null)]);
            handlings.Single(handling => handling.AlarmId == "bb").Acknowledged!.By.ShouldBe("alice");
            (await opened.ReadAsync(connection => AlarmRecords.CurrentAsync(connection, Noon.AddYears(1), 10, Cancellation), Cancellation)).ShouldHaveSingleItem().Id.ShouldBe("cc");
        }
    }

    [Fact]
    public async Task False_alarm_offers_the_configuration_that_keeps_it_quiet_and_the_check_accepts_it()
    {
        await using var bed = await EndedAsync();
        await CloseAsync(bed, Verdict.False);
        var tuning = (await bed.TuningAsync((await bed.AnswersAsync())[0].Id)).ShouldNotBeNull();
        tuning.ShouldContain("a reason (alice)");

        using var folder = new TempFolder();
        var settings = JsonNode.Parse(tuning)!;
        settings["Sentinel"]!["LogGroups"] = new JsonArray("kmslab-trail");
        await File.WriteAllTextAsync(folder["quiet.json"], settings.ToJsonString(), Cancellation);
        using var program = LabProcess.Start(["check", folder["quiet.json"]], program: "KmsLab.Sentinel");
        (await program.WaitForExitAsync()).ShouldBe(0, program.Output);

        await using var quiet = await BedAsync(DatabaseProvider.Sqlite);
        new ConfigurationBuilder().AddJsonFile(folder["quiet.json"]).Build().GetSection("Sentinel").Bind(quiet.Options);
        var sentinel = quiet.Start();
        await AttackAsync(sentinel, Noon);
        (await quiet.AnswersAsync()).ShouldBeEmpty();
        await sentinel.TakeAsync(Enumerable.Range(0, 2).Select(_ => TestRecords.WrongKey(Noon, role: $"arn:aws:iam::{TestRecords.Account}:role/other").Utf8()));
        (await quiet.AnswersAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Name_with_wildcards_is_excepted_as_it_stands()
    {
        await using var bed = await BedAsync(DatabaseProvider.Sqlite);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Enumerable.Range(0, 2).Select(_ => TestRecords.WrongKey(Noon, role: "arn:aws:iam::000000000000:role/*").Utf8()));

        var tuning = await bed.TuningAsync((await bed.AnswersAsync())[0].Id);

        tuning.ShouldNotBeNull().ShouldContain(@"role/\\*");
    }

    /// <summary>An attack at noon that is over, and that nobody has looked at.</summary>
    private async Task<SentinelBed> EndedAsync(DatabaseProvider database = DatabaseProvider.Sqlite)
    {
        var bed = await BedAsync(database);
        var sentinel = bed.Start();
        await AttackAsync(sentinel, Noon);
        bed.Time.Advance(TimeSpan.FromMinutes(6));
        await sentinel.CompleteAsync(Noon.AddMinutes(5));
        (await bed.AnswersAsync()).ShouldHaveSingleItem().Ended.ShouldBeTrue();
        return bed;
    }

    private static async Task CloseAsync(SentinelBed bed, Verdict verdict, SentinelProcess? sentinel = null)
    {
        await bed.SubmitAsync(await CommandAsync(bed, AlarmCommandKind.Close) with { Verdict = verdict });
        await (sentinel ?? bed.Start()).TickAsync();
    }

    private static async Task<AlarmCommand> CommandAsync(SentinelBed bed, AlarmCommandKind kind)
    {
        var alarm = (await bed.AnswersAsync()).ShouldHaveSingleItem();
        return new(Guid.NewGuid().ToString("N"), alarm.Id, kind, alarm.Occurrence, bed.Time.GetUtcNow(), "alice", "a reason");
    }

    private static async Task PruneAsync(SentinelBed bed, TimeSpan later)
    {
        bed.Time.Advance(later);
        await bed.Start().Pipeline.PruneAsync(Cancellation);
    }

    private static Task AttackAsync(SentinelProcess sentinel, DateTimeOffset at) => sentinel.TakeAsync(TestRecords.WrongKey(at).Utf8(), TestRecords.WrongKey(at).Utf8());

    private async Task<SentinelBed> BedAsync(DatabaseProvider database)
    {
        var bed = await SentinelBed.CreateAsync(database, cluster);
        bed.Options.StandstillLimit = TimeSpan.FromDays(1000);
        return bed;
    }

    private static IEnumerable<(string Name, string Text)> Scripts()
    {
        var assembly = typeof(SentinelExtensions).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            yield return (resource[(resource.LastIndexOf(".00", StringComparison.Ordinal) + 1)..], reader.ReadToEnd());
        }
    }

    private static Task RunAsync(Database database, string sql) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(sql, transaction: transaction)), Cancellation);

    private static string AlarmSql(string id, int ended) => $$"""
        INSERT INTO alarm (id, detection, members, state, occurrence, revision, observed, threshold, window_size, first_seen, last_seen, quiet_at, changed_at, ended, evidence, evidence_total)
        VALUES ('{{id}}', 'kms-error-burst', '[]', 'Ok', 3, 6, 2, 2, 60000, 0, 0, 0, 0, {{ended}}, '[]', 2)
        """;
}
