using CsCheck;
using KmsLab.CloudTrail.Attestation;
using KmsLab.Sentinel.Knowledge.Readers;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Tests.Sentinel.Baselines;

/// <summary>Who reads how many different records.</summary>
public sealed class DecryptSpreadTests
{
    private const string Role = "arn:aws:iam::1:role/app";
    private static readonly DateTimeOffset Monday = BaselineRun.Monday;

    [Theory]
    [InlineData(199, 0)]
    [InlineData(200, 1)]
    public void New_client_fires_at_the_threshold_though_nothing_is_known_of_it(int records, int alarms)
    {
        var run = Known();

        for (var record = 0; record < records; record++)
        {
            run.Read(Monday.AddDays(20).AddSeconds(record), Role, $"x{record}", "client-b");
            run.Read(Monday.AddDays(20).AddSeconds(record), Role, $"x{record}", "client-b");
        }

        run.Complete(Monday.AddDays(20).AddHours(1));
        run.Of("decrypt-spread").Count().ShouldBe(alarms);
        run.Of("decrypt-spread-slow").Count().ShouldBe(alarms);
    }

    [Theory]
    [InlineData(199, 1, 0)]
    [InlineData(200, 1, 1)]
    [InlineData(2000, 100, 1)]
    public void New_tag_for_each_call_is_found_by_the_sum_of_new_clients(int reads, int aTag, int alarms)
    {
        var run = Known();

        for (var record = 0; record < reads; record++)
            run.Read(Monday.AddDays(20).AddSeconds(record), Role, $"x{record}", $"tag-{record / aTag}");

        run.Complete(Monday.AddDays(20).AddHours(1));
        run.Of("decrypt-spread").Count().ShouldBe(alarms);
        run.Of("decrypt-spread").ShouldAllBe(alarm => alarm.Group.Key.Contains("new clients"));
    }

    [Theory]
    [InlineData(0, 29, 0)]
    [InlineData(0, 30, 1)]
    [InlineData(0, 150, 1)]
    [InlineData(20, 30, 0)]
    [InlineData(20, 150, 1)]
    public void Unusually_many_new_clients_are_an_alarm_beside_what_is_usual(int usual, int clients, int alarms)
    {
        var run = Known(newClientsADay: usual);
        for (var client = 0; client < clients; client++)
        {
            run.Read(Monday.AddDays(36).AddSeconds(client), Role, $"x{client}", $"tag-{client}");
            run.Read(Monday.AddDays(36).AddSeconds(client + 400), Role, $"x{client}", $"tag-{client}");
        }

        run.Complete(Monday.AddDays(36).AddHours(1));
        run.Of("new-clients").Count().ShouldBe(alarms);
        run.Of("new-clients").ShouldAllBe(alarm => alarm.Group.Key.Contains(Role));
    }

    /// <summary>150 tags that are used again and again read two records each a day that they had not read.</summary>
    [Fact]
    public void Reading_that_is_spread_over_many_known_clients_is_found_by_the_sum_of_all_within_days()
    {
        var run = new DetectionRun();
        const int Start = 70;
        for (var day = 0; day < Start + 10; day++)
        {
            for (var record = 0; record < 40; record++)
                run.Read(Monday.AddDays(day).AddMinutes(record), Role, record < 30 ? $"usual-{record}" : $"new-{day}-{record}", $"client-{record % 4}");
            for (var read = 0; read < 300 && day >= Start; read++)
                run.Read(Monday.AddDays(day).AddMinutes(100 + read), Role, $"stolen-{day}-{read}", $"tag-{read % 25}");
            run.Complete(Monday.AddDays(day + 1));
        }

        var alarm = run.Of("decrypt-spread-slow").Where(alarm => alarm.Group.Key.Contains("all clients")).ShouldHaveSingleItem();
        (alarm.ChangedAt - Monday.AddDays(Start)).ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromDays(5));
    }

    [Fact]
    public void Clients_that_were_new_yesterday_are_not_summed()
    {
        var run = Known();
        for (var client = 0; client < 150; client++)
            run.Read(Monday.AddDays(20).AddSeconds(client), Role, $"x{client}", $"tag-{client}");
        for (var client = 0; client < 150; client++)
            run.Read(Monday.AddDays(21).AddSeconds(client), Role, $"y{client}", $"tag-{client}");

        run.Complete(Monday.AddDays(22));
        run.Of("decrypt-spread").ShouldBeEmpty();
    }

    [Fact]
    public void Client_that_always_reads_much_is_normal_and_its_own_excess_is_not()
    {
        var run = Known(perDay: 400);
        run.Raised.ShouldBeEmpty();

        for (var record = 0; record < 2500; record++)
            run.Read(Monday.AddDays(36).AddSeconds(record), Role, $"y{record}", "client-a");
        run.Complete(Monday.AddDays(36).AddHours(1));

        var alarm = run.Of("decrypt-spread").ShouldHaveSingleItem();
        alarm.Group.Values.ShouldBe([new("set", "vault"), new("principal", Role), new("client", "client-a")]);
        alarm.Expected!.High.ShouldBeInRange(400, 2500);
    }

    [Fact]
    public void Everybody_is_quiet_while_the_set_itself_is_new()
    {
        var run = new DetectionRun();
        for (var record = 0; record < 1000; record++)
            run.Read(Monday.AddSeconds(record), Role, $"x{record}", "client-a");
        run.Complete(Monday.AddHours(1));

        run.Raised.ShouldBeEmpty();
    }

    /// <summary>It knows 30 records, reads them every day and meets 5 new ones; then 24 strangers a day join, one an hour.</summary>
    [Fact]
    public void Known_client_that_begins_to_read_one_new_record_an_hour_is_found_within_ten_days()
    {
        var run = new DetectionRun();
        var start = 60;
        for (var day = 0; day < start + 30; day++)
        {
            for (var record = 0; record < 30; record++)
                run.Read(Monday.AddDays(day).AddMinutes(record), Role, $"usual-{record}", "client-a");
            for (var record = 0; record < 5; record++)
                run.Read(Monday.AddDays(day).AddMinutes(60 + record), Role, $"new-{day}-{record}", "client-a");
            for (var hour = 0; hour < 24 && day >= start; hour++)
                run.Read(Monday.AddDays(day).AddHours(hour), Role, $"stolen-{day}-{hour}", "client-a");
            run.Complete(Monday.AddDays(day + 1));
        }

        run.Of("decrypt-spread").ShouldBeEmpty();
        var alarm = run.Of("decrypt-spread-slow").Where(alarm => alarm.Group.Key.Contains("client-a")).ShouldHaveSingleItem();
        (alarm.ChangedAt - Monday.AddDays(start)).ShouldBeInRange(TimeSpan.FromDays(1), TimeSpan.FromDays(10));
    }

    [Fact]
    public void Reader_is_the_client_only_where_the_attestation_holds()
    {
        ClientOf(AttestationVerdict.Valid).ShouldBe("tag");
        ClientOf(AttestationVerdict.Forged).ShouldBe("none");
        ClientOf(null).ShouldBe("none");

        static string ClientOf(AttestationVerdict? verdict)
        {
            var observation = TestRecords.Decrypt().Observation();
            (observation.Set, observation.Attestation, observation.Proof) = (new() { Name = "vault" }, verdict, new("k", 0, "n", "tag", default));
            new ReadRecords(new()).Study(observation);
            return observation.Reading!.Reader.Values[2].Value;
        }
    }

    [Fact]
    public void Read_counts_only_if_it_succeeds_in_a_set_and_says_what_was_read()
    {
        Studied(TestRecords.Decrypt()).ShouldNotBeNull().Kind.ShouldBe(ReadingKind.New);
        Studied(TestRecords.ReEncrypt()).ShouldNotBeNull();
        Studied(TestRecords.Decrypt(errorCode: "InvalidCiphertextException")).ShouldBeNull();
        Studied(TestRecords.Decrypt(errorCode: "DryRunOperationException")).ShouldBeNull();
        Studied(TestRecords.Denied()).ShouldBeNull();
        Studied(TestRecords.Decrypt().With(r => r["requestParameters"] = null)).ShouldBeNull();
        Studied(TestRecords.Decrypt().With(r => r["eventName"] = "Encrypt")).ShouldBeNull();
        Studied(TestRecords.Decrypt(), set: null).ShouldBeNull();

        static Reading? Studied(System.Text.Json.Nodes.JsonObject record, string? set = "vault")
        {
            var observation = record.Observation();
            observation.Set = set is null ? null : new() { Name = set };
            new ReadRecords(new()).Study(observation);
            return observation.Reading;
        }
    }

    [Theory]
    [InlineData(0, "Repeated")]
    [InlineData(1, "FirstToday")]
    [InlineData(31, "FirstToday")]
    [InlineData(32, "New")]
    [InlineData(4000, "New")]
    [InlineData(-1, "FirstToday")]
    [InlineData(-31, "FirstToday")]
    [InlineData(-32, "Repeated")]
    public void Record_is_known_for_31_days_and_a_late_read_makes_it_no_newer(int days, string kind)
    {
        var first = default(ReadDays).Add(20_000);

        first.Kind.ShouldBe(ReadingKind.New);
        first.After.Add(20_000 + days).Kind.ToString().ShouldBe(kind);
    }

    [Fact]
    public void Days_come_to_the_same_in_any_order() =>
        Check.Sample(
            Gen.Int[0, 30].Array[1, 40].SelectMany(days => Gen.Shuffle(days).Select(shuffled => (days, shuffled))),
            pair => Noted(pair.days) == Noted(pair.shuffled));

    [Fact]
    public void Records_beyond_what_is_remembered_count_each_time()
    {
        var knowledge = new ReadRecords(new() { MaxRecords = 2 });

        Kind("a").ShouldBe(ReadingKind.New);
        Kind("b").ShouldBe(ReadingKind.New);
        Kind("c").ShouldBe(ReadingKind.New);
        Kind("c").ShouldBe(ReadingKind.New);
        Kind("b").ShouldBe(ReadingKind.Repeated);

        ReadingKind Kind(string record)
        {
            var observation = TestRecords.Decrypt().With(r => r["requestParameters"]!["encryptionContext"]!["r"] = record).Observation();
            observation.Set = new() { Name = "vault" };
            knowledge.Study(observation);
            return observation.Reading!.Kind;
        }
    }

    private static ReadDays Noted(int[] days) => days.Aggregate(default(ReadDays), (known, day) => known.Add(20_000 + day).After);

    /// <summary>A set that one client has read for weeks, so many records a day.</summary>
    private static DetectionRun Known(int perDay = 20, int? newClientsADay = null)
    {
        var run = new DetectionRun();
        for (var day = 0; day < (perDay > 200 || newClientsADay is not null ? 36 : 20); day++)
        {
            for (var record = 0; record < perDay; record++)
                run.Read(Monday.AddDays(day).AddSeconds(record * 60), Role, $"usual-{record}", "client-a");
            for (var client = 0; client < (day == 0 && newClientsADay is not null ? 100 : newClientsADay ?? 0); client++)
                run.Read(Monday.AddDays(day).AddHours(9).AddSeconds(client), Role, "usual-1", $"client-{day}-{client}");
            run.Complete(Monday.AddDays(day + 1));
        }

        return run;
    }
}
