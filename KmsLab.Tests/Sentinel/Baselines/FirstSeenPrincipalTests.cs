using System.Text.Json.Nodes;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Knowledge;
using KmsLab.Sentinel.Knowledge.Baselines;
using KmsLab.Sentinel.Trail;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.Baselines;

/// <summary>Who is new to a protected set, on either database, with a restart in between.</summary>
public sealed class FirstSeenPrincipalTests(PostgresCluster cluster)
{
    private const string Thief = "arn:aws:iam::000000000000:role/thief";
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Principal_that_comes_after_the_learning_period_fires_once_with_what_it_does_on_its_first_day(DatabaseProvider provider)
    {
        await using var bed = await BedAsync(provider);
        await bed.Start().TakeAsync(Use(Noon));
        bed.Time.Advance(TimeSpan.FromDays(7));
        await bed.Start().TakeAsync(Use(Noon.AddDays(7)), Use(Noon.AddDays(7), Thief), Use(Noon.AddDays(7).AddHours(2), Thief));

        var alarm = await bed.Start().AlarmAsync();
        alarm.Detection.ShouldBe("first-seen-principal");
        alarm.Group.Values.ShouldBe([new("set", "vault"), new("principal", Thief)]);
        alarm.EvidenceTotal.ShouldBe(2);
        AlarmText.Why(alarm, FirstSeenPrincipal.Definition).ShouldBe(
            $"{Thief} had never used vault before 2026-11-30T12:00:00Z. It made 2 successful calls since, last Decrypt from 192.0.2.10.");

        bed.Time.Advance(TimeSpan.FromDays(3));
        var sentinel = bed.Start();
        await sentinel.CompleteAsync(bed.Time.GetUtcNow());
        await sentinel.TakeAsync(Use(bed.Time.GetUtcNow(), Thief));
        (await sentinel.AlarmAsync()).Occurrence.ShouldBe(1);
        (await sentinel.AlarmAsync()).State.ShouldBe(AlarmState.Ok);
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    public void Learning_period_ends_on_the_second(int seconds, bool isNew)
    {
        var known = Knowledge();
        Studied(known, Record(Noon));

        Studied(known, Record(Noon.AddDays(7).AddSeconds(seconds), Thief))!.Value.IsNew.ShouldBe(isNew);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(86_399, true)]
    [InlineData(86_400, false)]
    public void New_principal_stays_new_for_a_day(int seconds, bool isNew)
    {
        var known = Knowledge();
        Studied(known, Record(Noon));
        Studied(known, Record(Noon.AddDays(9), Thief));

        Studied(known, Record(Noon.AddDays(9).AddSeconds(seconds), Thief))!.Value.IsNew.ShouldBe(isNew);
    }

    [Fact]
    public void Late_record_makes_nobody_look_new()
    {
        var known = Knowledge();
        Studied(known, Record(Noon));
        Studied(known, Record(Noon.AddDays(6), Thief));

        Studied(known, Record(Noon.AddDays(5), Thief))!.Value.IsNew.ShouldBeFalse();
        Studied(known, Record(Noon.AddDays(8), Thief))!.Value.IsNew.ShouldBeFalse();
    }

    [Fact]
    public void Late_record_of_one_who_came_in_the_learning_period_is_no_news()
    {
        var known = Knowledge();
        Studied(known, Record(Noon));
        Studied(known, Record(Noon.AddDays(8)));

        Studied(known, Record(Noon.AddDays(6), Thief))!.Value.IsNew.ShouldBeFalse();
    }

    [Fact]
    public void New_access_key_or_session_of_a_known_role_is_no_news()
    {
        var known = Knowledge();
        Studied(known, Record(Noon));

        Studied(known, Record(Noon.AddDays(30)).With(r =>
        {
            r["userIdentity"]!["accessKeyId"] = "ASIANEW";
            r["userIdentity"]!["arn"] = "arn:aws:sts::000000000000:assumed-role/kmslab-cryptoapi/another-task";
        }))!.Value.IsNew.ShouldBeFalse();
    }

    [Fact]
    public void New_key_of_a_known_set_is_no_news_and_the_same_role_in_another_set_is()
    {
        var known = Knowledge();
        Studied(known, Record(Noon));
        Studied(known, Record(Noon, Thief), "backup");

        Studied(known, Record(Noon.AddDays(30)).With(r => r["resources"]![0]!["ARN"] = TestRecords.OtherKeyArn))!.Value.IsNew.ShouldBeFalse();
        Studied(known, Record(Noon.AddDays(30)), "backup")!.Value.IsNew.ShouldBeTrue();
    }

    [Fact]
    public void Refused_call_and_one_that_uses_no_material_make_nobody_known_and_fire_nothing()
    {
        var known = Knowledge();
        Studied(known, Record(Noon));

        Studied(known, Record(Noon.AddDays(1), Thief).With(r => r["errorCode"] = "AccessDenied")).ShouldBeNull();
        Studied(known, Record(Noon.AddDays(1), Thief).With(r => r["errorCode"] = "DryRunOperationException")).ShouldBeNull();
        Studied(known, Record(Noon.AddDays(1), Thief).With(r => r["eventName"] = "DescribeKey")).ShouldBeNull();
        Studied(known, Record(Noon.AddDays(8), Thief))!.Value.IsNew.ShouldBeTrue();
    }

    [Fact]
    public void Call_by_nobody_known_is_judged_by_what_is_left_of_its_name()
    {
        var known = Knowledge();
        Studied(known, Record(Noon));

        Studied(known, Record(Noon.AddDays(8)).With(r => r.Remove("userIdentity")))!.Value.IsNew.ShouldBeTrue();
    }

    [Fact]
    public void Without_a_learning_period_the_first_is_news()
    {
        Studied(new(new() { LearningPeriod = TimeSpan.Zero }), Record(Noon))!.Value.IsNew.ShouldBeTrue();
    }

    [Theory]
    [InlineData(6, 3, true)]
    [InlineData(6, 23, true)]
    [InlineData(7, 0, false)]
    [InlineData(7, 23, false)]
    public void Learning_ends_before_the_day_on_which_its_period_ends(int day, int hour, bool learning)
    {
        var known = Knowledge();
        Studied(known, Record(Noon));

        Studied(known, Record(new DateTimeOffset(Noon.Date, TimeSpan.Zero).AddDays(day).AddHours(hour)))!.Value.IsLearning.ShouldBe(learning);
    }

    [Fact]
    public void Role_that_the_set_names_is_never_news()
    {
        var observation = Record(Noon, Thief).Observation();
        observation.Set = new() { Name = "vault", Roles = [Thief] };
        new KnownPrincipals(new() { LearningPeriod = TimeSpan.Zero }).Study(observation);

        observation.Use!.Value.IsNew.ShouldBeFalse();
    }

    [Fact]
    public void Principal_that_may_do_without_attestation_is_never_news()
    {
        var observation = Record(Noon, Thief).Observation();
        observation.Set = new() { Name = "vault", UnattestedPrincipals = ["arn:aws:iam::000000000000:role/th*"] };
        new KnownPrincipals(new() { LearningPeriod = TimeSpan.Zero }).Study(observation);

        observation.Use!.Value.IsNew.ShouldBeFalse();
    }

    private async Task<SentinelBed> BedAsync(DatabaseProvider provider)
    {
        var bed = await SentinelBed.CreateAsync(provider, cluster);
        bed.Options.ProtectedSets["vault"] = new() { Keys = [TestRecords.KeyArn] };
        return bed;
    }

    private static KnownPrincipals Knowledge() => new(new BaselineOptions());

    private static SetUse? Studied(KnownPrincipals known, JsonObject record, string set = "vault")
    {
        var observation = record.Observation();
        observation.Set = new() { Name = set };
        known.Study(observation);
        return observation.Use;
    }

    private static JsonObject Record(DateTimeOffset at, string role = TestRecords.RoleArn) => TestRecords.Decrypt(at, role: role);

    private static byte[] Use(DateTimeOffset at, string role = TestRecords.RoleArn) => Record(at, role).Utf8();
}
