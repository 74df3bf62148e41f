using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Alarms.Records;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.Alarms;

/// <summary>The records that alarms rest on: kept whole, bounded, with secrets masked, and exported.</summary>
public sealed class AlarmRecordTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

    public static TheoryData<DatabaseProvider> Databases => PipelineTests.Databases;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Records_are_kept_whole_also_those_that_came_before_the_alarm_and_beyond_its_summaries(DatabaseProvider database)
    {
        await using var bed = await BedAsync(database);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(TestRecords.WrongKey(Noon, eventId: "first").Utf8());
        await sentinel.TakeAsync(Enumerable.Range(1, 79).Select(n => TestRecords.WrongKey(Noon.AddSeconds(n % 30), eventId: $"record {n}").Utf8()));

        var alarm = (await bed.AnswersAsync()).ShouldHaveSingleItem();
        var read = await bed.RecordsAsync(alarm);

        alarm.Evidence.Count.ShouldBe(50);
        (read.Total, read.Records.Count).ShouldBe((80, 80));
        read.Records.ShouldAllBe(record => record.HasRecord);
        read.Records[0].Summary.EventId.ShouldBe("first");
        read.Records[0].Context.ShouldBe(new Dictionary<string, string> { ["t"] = "tag", ["r"] = "record" }, ignoreOrder: true);
        read.Records[0].UserAgent!.ShouldStartWith("aws-sdk-dotnet");
        var whole = JsonNode.Parse(await bed.RecordAsync(alarm, "first") ?? [])!;
        whole["eventID"]!.GetValue<string>().ShouldBe("first");
        (await bed.RecordAsync(alarm, "unknown")).ShouldBeNull();
        read.Distinct.ShouldBeEmpty(); // All were refused.
    }

    [Fact]
    public async Task No_more_than_is_allowed_is_kept_and_a_body_that_is_gone_leaves_its_summary()
    {
        await using var bed = await BedAsync();
        bed.Options.Alarms.KeepRecords = 60;
        await bed.Start().TakeAsync(TestRecords.WrongKey(Noon, eventId: "first").Utf8());
        await bed.Start().TakeAsync(Enumerable.Range(1, 99).Select(n => TestRecords.WrongKey(Noon.AddSeconds(n % 30), eventId: $"record {n}").Utf8()));

        var read = await bed.RecordsAsync((await bed.AnswersAsync()).ShouldHaveSingleItem());

        read.Total.ShouldBe(100);
        read.Records.Count.ShouldBeInRange(60, 110);
        read.Records.Single(record => record.Summary.EventId == "first").HasRecord.ShouldBeFalse();
        (await bed.RowsAsync("SELECT COUNT(*) FROM alarm_record"))[0].ShouldBe("60");
    }

    [Fact]
    public async Task Distinct_records_read_are_counted_by_context()
    {
        await using var bed = await BedAsync();
        bed.Options.Detections["decrypt-rate-threshold"] = new() { Threshold = 6 };
        await bed.Start().TakeAsync(Enumerable.Range(0, 9).Select(n => TestRecords.Decrypt(Noon.AddSeconds(n)).With(record =>
            record["requestParameters"]!["encryptionContext"]!["r"] = $"record {n % 3}").Utf8()));

        var read = await bed.RecordsAsync((await bed.AnswersAsync()).Single(alarm => alarm.Detection == "decrypt-rate-threshold"));

        read.Distinct.Select(context => (context.Context, context.Calls)).ShouldBe([("r = record 0, t = tag", 3), ("r = record 1, t = tag", 3), ("r = record 2, t = tag", 3)]);
    }

    [Theory]
    [InlineData("password")]
    [InlineData("SecretAccessKey")]
    [InlineData("sessionToken")]
    [InlineData("SecretString")]
    public void Secrets_that_CloudTrail_let_through_are_masked_and_all_else_stays(string name)
    {
        var record = TestRecords.Decrypt().With(record => record["responseElements"] = new JsonObject { ["deep"] = new JsonArray(new JsonObject { [name] = "hunter2", ["other"] = "stays" }) });

        var text = Encoding.UTF8.GetString(RecordBody.Unpack(RecordBody.Pack(record.Utf8())));

        text.ShouldNotContain("hunter2");
        text.ShouldContain("stays");
        var plain = TestRecords.Decrypt().Utf8();
        RecordBody.Unpack(RecordBody.Pack(plain)).ShouldBe(plain);
    }

    [Fact]
    public void Ring_keeps_the_latest_and_forgets_the_oldest()
    {
        var ring = new RecentRecords(1000);
        foreach (var n in Enumerable.Range(0, 500))
        {
            ring.Keep(RecordId.Hash($"{n}"), Bytes(n));
            ring.Find(RecordId.Hash($"{n}")).ToArray().ShouldBe(Bytes(n));
            foreach (var m in Enumerable.Range(0, n))
            {
                var found = ring.Find(RecordId.Hash($"{m}")).ToArray();
                if (found.Length > 0)
                    found.ShouldBe(Bytes(m));
                if (m > n - 8)
                    found.ShouldNotBeEmpty();
            }
        }

        ring.Find(RecordId.Hash("0")).IsEmpty.ShouldBeTrue();
        ring.Keep(RecordId.Hash("huge"), new byte[500]);
        ring.Find(RecordId.Hash("huge")).IsEmpty.ShouldBeTrue();

        static byte[] Bytes(int n) => [.. Enumerable.Repeat((byte)n, 1 + (n * 37 % 100))];
    }

    [Fact]
    public async Task Exports_have_the_records_and_what_people_did()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        await sentinel.TakeAsync(
            TestRecords.WrongKey(Noon, eventId: "one").Utf8(),
            TestRecords.WrongKey(Noon, eventId: "two").With(record => record["userAgent"] = "=cmd|' /C calc'!A1, \"x\"").Utf8());
        var alarm = (await bed.AnswersAsync()).ShouldHaveSingleItem();
        await bed.SubmitAsync(new("close", alarm.Id, AlarmCommandKind.Close, 1, Noon, "alice", "a typing mistake") { Verdict = Verdict.False });
        await sentinel.TickAsync();

        var json = JsonNode.Parse((await bed.ExportAsync(alarm.Id, "json"))!.Content)!;
        json["alarm"]!["closed"]!["by"]!.GetValue<string>().ShouldBe("alice");
        json["history"]!.AsArray().ShouldContain(entry => entry!["kind"]!.GetValue<string>() == "closed");
        json["records"]!.AsArray().Select(record => record!["record"]!["eventID"]!.GetValue<string>()).ShouldBe(["one", "two"], ignoreOrder: true);

        var csv = Encoding.UTF8.GetString((await bed.ExportAsync(alarm.Id, "csv"))!.Content);
        csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(3);
        csv.ShouldContain("\"'=cmd|' /C calc'!A1, \"\"x\"\"\"");
        (await bed.ExportAsync("none", "csv")).ShouldBeNull();
    }

    /// <summary>Required attributes of class 2004 and its objects, as the schema has them: https://schema.ocsf.io/1.3.0/classes/detection_finding</summary>
    [Theory]
    [InlineData(null, 1, 1)]
    [InlineData(Verdict.True, 3, 4)]
    [InlineData(Verdict.False, 3, 3)]
    public async Task Detection_finding_has_all_that_OCSF_requires(Verdict? verdict, int activity, int status)
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        await sentinel.TakeAsync(TestRecords.WrongKey(Noon, eventId: "one").Utf8(), TestRecords.WrongKey(Noon, eventId: "two").Utf8());
        var alarm = (await bed.AnswersAsync()).ShouldHaveSingleItem();
        if (verdict is not null)
        {
            await bed.SubmitAsync(new("close", alarm.Id, AlarmCommandKind.Close, 1, Noon, "alice", "seen") { Verdict = verdict });
            await sentinel.TickAsync();
        }

        var finding = JsonNode.Parse((await bed.ExportAsync(alarm.Id, "ocsf"))!.Content)!;

        Integer("class_uid").ShouldBe(2004);
        Integer("category_uid").ShouldBe(2);
        Integer("activity_id").ShouldBe(activity);
        Integer("type_uid").ShouldBe(200400 + activity);
        Integer("severity_id").ShouldBeInRange(0, 6);
        Integer("status_id").ShouldBe(status);
        Integer("time").ShouldBeGreaterThan(1_700_000_000_000);
        finding["metadata"]!["version"]!.GetValue<string>().ShouldBe("1.3.0");
        finding["metadata"]!["product"]!["vendor_name"]!.GetValue<string>().ShouldNotBeEmpty();
        finding["finding_info"]!["uid"]!.GetValue<string>().ShouldBe($"{alarm.Id}#1");
        finding["finding_info"]!["title"]!.GetValue<string>().ShouldBe(alarm.Title);
        finding["finding_info"]!["analytic"]!["type_id"]!.GetValue<int>().ShouldBe(1);
        finding["remediation"]!["desc"]!.GetValue<string>().ShouldNotBeEmpty();
        var evidences = finding["evidences"]!.AsArray();
        evidences.Count.ShouldBe(2);
        foreach (var evidence in evidences)
        {
            evidence!["api"]!["operation"]!.GetValue<string>().ShouldBe("Decrypt");
            evidence["api"]!["response"]!["error"]!.GetValue<string>().ShouldBe("InvalidCiphertextException");
            evidence["actor"]!["user"]!["uid"]!.GetValue<string>().ShouldBe(TestRecords.RoleArn);
            evidence["src_endpoint"]!["ip"]!.GetValue<string>().ShouldBe("192.0.2.10");
            evidence["data"]!["eventSource"]!.GetValue<string>().ShouldBe("kms.amazonaws.com");
            evidence["verdict_id"]?.GetValue<int>().ShouldBe(verdict == Verdict.True ? 2 : 1);
        }

        long Integer(string name) => finding[name]!.GetValue<long>();
    }

    [Fact]
    public async Task Timeline_says_what_the_principal_did_before_during_and_after()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        await sentinel.TakeAsync(TestRecords.Decrypt(Noon.AddMinutes(-30)).Utf8(), TestRecords.Decrypt(Noon.AddMinutes(-29)).Utf8());
        await sentinel.TakeAsync(TestRecords.WrongKey(Noon, eventId: "one").Utf8(), TestRecords.WrongKey(Noon.AddSeconds(1), eventId: "two").Utf8());
        bed.Time.Advance(TimeSpan.FromMinutes(20));
        await sentinel.TakeAsync(TestRecords.Decrypt(Noon.AddMinutes(10)).Utf8());

        var timeline = (await bed.TimelineAsync((await bed.AnswersAsync()).Single(alarm => alarm.Detection == "kms-error-burst"))).ShouldNotBeNull();

        timeline.Principal.ShouldBe(TestRecords.RoleArn);
        timeline.Entries.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.When} {entry.Operation} {entry.Outcome} {entry.Calls}")).ShouldBe(
            ["before Decrypt Success 2", "during Decrypt InvalidCiphertextException 2", "after Decrypt Success 1"]);
    }

    private async Task<SentinelBed> BedAsync(DatabaseProvider database = DatabaseProvider.Sqlite)
    {
        var bed = await SentinelBed.CreateAsync(database, cluster);
        bed.Options.StandstillLimit = TimeSpan.FromDays(1000);
        return bed;
    }
}
