using KmsLab.CloudTrail.Attestation;
using KmsLab.Sentinel.Queries;
using KmsLab.Sentinel.Rates;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.Sentinel.Usage;

/// <summary>Who used which key, from the records to the answer.</summary>
public sealed class UsageTests(PostgresCluster cluster)
{
    private const string Other = "arn:aws:iam::1:role/other";

    private static readonly DateTimeOffset Noon = TestRecords.Noon;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<DatabaseProvider> Databases { get; } = new(DatabaseProvider.Sqlite, DatabaseProvider.PostgreSql);

    public static TheoryData<DatabaseProvider, string> CrashPoints { get; } =
    [
        .. from database in new[] { DatabaseProvider.Sqlite, DatabaseProvider.PostgreSql }
           from step in new[] { TurnStep.Evaluated, TurnStep.Written, TurnStep.Committed }
           select new TheoryDataRow<DatabaseProvider, string>(database, step.ToString()),
    ];

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Use_of_a_key_tells_calls_errors_services_records_and_times(DatabaseProvider database)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        bed.Options.ProtectedSets["vault"] = new() { Keys = [TestRecords.KeyArn] };
        await bed.Start().TakeAsync(
            LearnedBed.Read(Noon.AddDays(-1).AddHours(-1), "a"), LearnedBed.Read(Noon.AddHours(-2), "a"), LearnedBed.Read(Noon.AddHours(-1), "b"), TestRecords.WrongKey(Noon.AddMinutes(-5)).Utf8(),
            TestRecords.Decrypt(Noon.AddHours(-3)).With(r => r["userIdentity"]!["invokedBy"] = "s3.amazonaws.com").With(r => r["eventName"] = "Encrypt").Utf8(),
            TestRecords.Denied(Noon).Utf8(), TestRecords.Decrypt(Noon, role: Other).With(r => r["resources"]![0]!["ARN"] = TestRecords.OtherKeyArn).Utf8());

        var usage = await bed.Usage().ReadAsync(new(null, null, null, null), Cancellation);

        usage.IsCut.ShouldBeFalse();
        usage.Rows.Select(row => (row.KeyArn, row.Set, row.Principal, row.Calls, row.Errors)).ShouldBe(
        [
            (TestRecords.KeyArn, "vault", TestRecords.RoleArn, 4, 1),
            (null, null, TestRecords.RoleArn, 1, 1),
            (TestRecords.OtherKeyArn, null, Other, 1, 0),
        ]);
        var row = usage.Rows[0];
        (row.ServiceInvoked, row.FirstSeen, row.LastSeen).ShouldBe((1, Noon.AddDays(-1).AddHours(-1), Noon.AddMinutes(-5)));
        row.Operations.ShouldBe([new("Decrypt", 3, 1), new("Encrypt", 1, 0)]);
        (row.DistinctRecords, row.DistinctIsEstimate).ShouldBe((3, false), "a, b and the one of TestRecords, over both days");
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Range_key_and_principal_choose_the_rows(DatabaseProvider database)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        await bed.Start().TakeAsync(
            TestRecords.Decrypt(Noon.AddHours(-3)).Utf8(), TestRecords.Decrypt(Noon.AddHours(-2)).Utf8(), TestRecords.Decrypt(Noon.AddHours(-1)).Utf8(), TestRecords.Decrypt(Noon.AddHours(-2), role: Other).Utf8(),
            TestRecords.ReEncrypt().Utf8());
        var usage = bed.Usage();

        var between = (await usage.ReadAsync(new(Noon.AddHours(-3).AddMinutes(1), Noon.AddHours(-1), null, TestRecords.RoleArn), Cancellation)).Rows.ShouldHaveSingleItem();

        (between.Calls, between.LastSeen, between.FirstSeen).ShouldBe((1, Noon.AddHours(-2), Noon.AddHours(-3)));
        (await usage.ReadAsync(new(null, null, TestRecords.OtherKeyArn, null), Cancellation)).Rows.ShouldHaveSingleItem().Operations.ShouldBe([new("ReEncrypt", 1, 0)]);
        (await usage.ReadAsync(new(null, null, null, Other), Cancellation)).Rows.ShouldHaveSingleItem().Calls.ShouldBe(1);
        (await usage.ReadAsync(new(Noon.AddDays(-9), Noon.AddDays(-8), null, null), Cancellation)).Rows.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Proofs_are_counted_by_verdict_for_the_protected_key_alone(DatabaseProvider database)
    {
        var (privateKey, publicKey) = AttestationKeys.Create();
        using var signer = new AttestationSigner("k1", privateKey, new FakeTimeProvider(Noon));
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        bed.Options.ProtectedSets["vault"] = new() { Keys = [TestRecords.KeyArn] };
        bed.Options.Attestation.PublicKeys["k1"] = publicKey;
        var attested = TestRecords.Decrypt(Noon);
        attested["userAgent"] = $"{signer.Sign(AttestedCall.Of(attested.Observation().Record), "client")} m/b,P";

        await bed.Start().TakeAsync(
            attested.Utf8(), TestRecords.Decrypt(Noon).Utf8(), TestRecords.WrongKey(Noon).Utf8(), TestRecords.ReEncrypt().Utf8(),
            TestRecords.Decrypt(Noon).With(record => record["eventName"] = "DescribeKey").Utf8());

        var rows = (await bed.Usage().ReadAsync(new(null, null, null, null), Cancellation)).Rows.ToDictionary(row => row.KeyArn!);
        var (one, other) = (rows[TestRecords.KeyArn], rows[TestRecords.OtherKeyArn]);
        (one.Calls, one.Attested, one.Unattested, one.Unverifiable).ShouldBe((5, 1, 3, 0));
        (other.Calls, other.Attested, other.Unattested, other.Unverifiable).ShouldBe((1, 0, 0, 0));
    }

    [Theory]
    [MemberData(nameof(CrashPoints))]
    public async Task Use_is_counted_once_through_duplicates_and_crashes(DatabaseProvider database, string stepName)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        byte[][] records = [TestRecords.Decrypt(Noon).Utf8(), TestRecords.Decrypt(Noon.AddDays(-1)).Utf8(), TestRecords.WrongKey(Noon.AddSeconds(-1)).Utf8()];

        await Should.ThrowAsync<SimulatedCrashException>(() => bed.Start(new CrashPlan(Enum.Parse<TurnStep>(stepName), 1)).TakeAsync([.. records, .. records]));
        var sentinel = bed.Start();
        await sentinel.TakeAsync([.. records, .. records]);
        await sentinel.TakeAsync(records);

        (await bed.RowsAsync("SELECT day_at, calls, errors, first_at, last_at FROM key_use ORDER BY day_at")).ShouldBe(
        [
            $"{Day(-1)}|1|0|{At(Noon.AddDays(-1))}|{At(Noon.AddDays(-1))}",
            $"{Day(0)}|2|1|{At(Noon.AddSeconds(-1))}|{At(Noon)}",
        ]);
        (await bed.RowsAsync("SELECT first_at FROM key_principal")).ShouldBe([$"{At(Noon.AddDays(-1))}"]);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task First_use_only_grows_earlier_and_is_forgotten_with_the_last_day_of_its_pair(DatabaseProvider database)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        bed.Options.Rates.KeepFor = bed.Options.Retention;
        var sentinel = bed.Start();
        await sentinel.TakeAsync(TestRecords.Decrypt(Noon).Utf8(), TestRecords.Decrypt(Noon, role: Other).Utf8());
        sentinel = bed.Start();
        await sentinel.TakeAsync(TestRecords.Decrypt(Noon.AddHours(-1)).Utf8());
        bed.Time.SetUtcNow(Noon.AddDays(2));
        await sentinel.TakeAsync(TestRecords.Decrypt(Noon.AddDays(2)).Utf8());
        bed.Time.SetUtcNow(Noon.AddDays(2) + bed.Options.Retention - TimeSpan.FromDays(1));
        await sentinel.Pipeline.PruneAsync(Cancellation);

        (await bed.RowsAsync("SELECT principal, first_at FROM key_principal")).ShouldBe([$"{TestRecords.RoleArn}|{At(Noon.AddHours(-1))}"]);
        var now = bed.Time.GetUtcNow();
        await sentinel.TakeAsync(TestRecords.Decrypt(now).Utf8(), TestRecords.Decrypt(now, role: Other).Utf8());
        (await bed.Usage().ReadAsync(new(null, null, null, null), Cancellation)).Rows.ToDictionary(row => row.Principal, row => row.FirstSeen)
            .ShouldBe(new Dictionary<string, DateTimeOffset?> { [TestRecords.RoleArn] = Noon.AddHours(-1), [Other] = now }, ignoreOrder: true);
    }

    [Fact]
    public async Task First_uses_have_room_again_when_old_pairs_are_forgotten()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await bed.ExecuteAsync(
            $"""
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {KeyUseStore.FirstUses})
            INSERT INTO key_principal (key_arn, principal, first_at) SELECT 'key', 'principal' || i, 1 FROM n
            """);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(TestRecords.Decrypt(Noon).Utf8());
        (await FirstSeenAsync()).ShouldBeNull();

        await sentinel.Pipeline.PruneAsync(Cancellation);
        await sentinel.TakeAsync(TestRecords.Decrypt(Noon.AddMinutes(1)).Utf8());

        (await FirstSeenAsync()).ShouldBe(Noon.AddMinutes(1));

        async Task<DateTimeOffset?> FirstSeenAsync() => (await bed.Usage().ReadAsync(new(null, null, null, null), Cancellation)).Rows.ShouldHaveSingleItem().FirstSeen;
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Records_of_days_that_are_over_are_read_again_after_a_while_those_of_today_each_time(DatabaseProvider database)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        var (sentinel, usage) = (bed.Start(), bed.Usage());
        await sentinel.TakeAsync(LearnedBed.Read(Noon.AddDays(-1), "a"), LearnedBed.Read(Noon, "b"));
        (await DistinctAsync()).ShouldBe(2);

        await sentinel.TakeAsync(LearnedBed.Read(Noon.AddDays(-1), "late"), LearnedBed.Read(Noon, "c"));
        (await DistinctAsync()).ShouldBe(3);
        (await DistinctAsync()).ShouldBe(3);
        bed.Time.Advance(PastContexts.Fresh);
        (await DistinctAsync()).ShouldBe(4);

        async Task<long> DistinctAsync() => (await usage.ReadAsync(new(Noon.AddDays(-3), null, null, null), Cancellation)).Rows.ShouldHaveSingleItem().DistinctRecords;
    }

    [Fact]
    public async Task Pairs_of_a_day_beyond_the_limit_share_one_row()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        await bed.Start().TakeAsync(Enumerable.Range(0, KeyUseStore.Limit).Select(number => TestRecords.Decrypt(Noon, role: $"arn:aws:iam::1:role/r{number}").Utf8()));
        await bed.Start().TakeAsync(TestRecords.Decrypt(Noon, role: "arn:aws:iam::1:role/new1").Utf8(), TestRecords.Decrypt(Noon, role: "arn:aws:iam::1:role/new2").Utf8(), TestRecords.Decrypt(Noon, role: "arn:aws:iam::1:role/r0").Utf8());

        (await bed.RowsAsync("SELECT principal, calls FROM key_use WHERE calls > 1 ORDER BY principal")).ShouldBe(["Other|2", "arn:aws:iam::1:role/r0|2"]);
        var usage = await bed.Usage().ReadAsync(new(null, null, null, null), Cancellation);
        (usage.Rows.Count, usage.IsCut, usage.Rows[0].Principal).ShouldBe((UsageQuery.RowsShown, true, "arn:aws:iam::1:role/r0"));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Names_are_those_of_the_last_week_the_most_used_first(DatabaseProvider database)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);
        await bed.Start().TakeAsync(TestRecords.Decrypt(Noon, role: Other).Utf8(), TestRecords.Decrypt(Noon).Utf8(), TestRecords.ReEncrypt().Utf8(), TestRecords.Denied(Noon).Utf8());

        var names = await bed.Usage().NamesAsync(Cancellation);
        bed.Time.Advance(TimeSpan.FromDays(9));
        var later = await bed.Usage().NamesAsync(Cancellation);

        names.Keys.ShouldBe([TestRecords.KeyArn, TestRecords.OtherKeyArn]);
        names.Principals.ShouldBe([TestRecords.RoleArn, Other]);
        (later.Keys.Count, later.Principals.Count).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Names_are_asked_for_again_after_a_while()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var (sentinel, usage) = (bed.Start(), bed.Usage());
        await sentinel.TakeAsync(TestRecords.Decrypt(Noon).Utf8());
        (await usage.NamesAsync(Cancellation)).Principals.ShouldBe([TestRecords.RoleArn]);

        await sentinel.TakeAsync(TestRecords.Decrypt(Noon, role: Other).Utf8());
        (await usage.NamesAsync(Cancellation)).Principals.Count.ShouldBe(1);
        bed.Time.Advance(UsageQuery.NamesHold);
        (await usage.NamesAsync(Cancellation)).Principals.Count.ShouldBe(2);
    }

    private static long Day(int day) => At(Noon.AddHours(-12).AddDays(day));

    private static long At(DateTimeOffset at) => at.ToUnixTimeMilliseconds();
}
