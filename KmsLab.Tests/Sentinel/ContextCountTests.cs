using CsCheck;
using KmsLab.Sentinel.Queries;
using KmsLab.Sentinel.Rates;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel;

public sealed class ContextCountTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

    public static TheoryData<DatabaseProvider> Databases { get; } = new(DatabaseProvider.Sqlite, DatabaseProvider.PostgreSql);

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Distinct_contexts_are_counted_by_day_key_and_principal(DatabaseProvider database)
    {
        await using var bed = await SentinelBed.CreateAsync(database, cluster);

        await bed.Start().TakeAsync(Call("a", Noon), Call("a", Noon.AddHours(1)), Call("b", Noon), Call("a", Noon.AddDays(-1)));
        await bed.Start().TakeAsync(Call("b", Noon.AddHours(2)), Call("c", Noon), TestRecords.WrongKey(Noon).Utf8());

        var day = new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);
        (await bed.ContextsAsync()).ShouldBe(
        [
            new ContextsAnswer(day, TestRecords.KeyArn, TestRecords.RoleArn, 3, false),
            new ContextsAnswer(day.AddDays(-1), TestRecords.KeyArn, TestRecords.RoleArn, 1, false),
        ]);
    }

    [Fact]
    public async Task Both_contexts_of_a_ReEncrypt_count_for_their_keys()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);

        await bed.Start().TakeAsync(TestRecords.ReEncrypt().Utf8());

        (await bed.ContextsAsync()).Select(answer => (answer.KeyArn, answer.Distinct)).ShouldBe([(TestRecords.KeyArn, 1), (TestRecords.OtherKeyArn, 1)], ignoreOrder: true);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(DistinctSketch.Limit - 1)]
    public void Sketch_is_exact_up_to_its_limit(int values)
    {
        var sketch = new DistinctSketch();
        foreach (var value in Enumerable.Range(0, values).Concat(Enumerable.Range(0, values)))
            sketch.Add(HashOf(value));

        sketch.Count.ShouldBe(values);
        sketch.IsEstimate.ShouldBeFalse();
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(100_000)]
    public void Sketch_estimates_beyond_its_limit(int values)
    {
        var sketch = new DistinctSketch();
        for (var value = 0; value < values; value++)
            sketch.Add(HashOf(value));

        sketch.IsEstimate.ShouldBeTrue();
        sketch.Count.ShouldBeInRange(values * 3 / 4, values * 5 / 4);
        sketch.ToBytes().Length.ShouldBe(DistinctSketch.Limit * 8);
    }

    [Fact]
    public void Sketch_knows_no_order_and_survives_a_round_trip() =>
        Gen.Int[0, 2000].Array[0, 1500].Sample(values =>
        {
            var (one, other) = (new DistinctSketch(), new DistinctSketch());
            foreach (var value in values)
                one.Add(HashOf(value));
            foreach (var value in values.Reverse())
                (other = DistinctSketch.FromBytes(other.ToBytes())).Add(HashOf(value));
            return one.ToBytes().AsSpan().SequenceEqual(other.ToBytes());
        }, iter: 20);

    private static ulong HashOf(int value) => (ulong)(KmsLab.CloudTrail.Records.RecordId.Hash(BitConverter.GetBytes(value)).Value >> 64);

    private static byte[] Call(string record, DateTimeOffset at) =>
        TestRecords.Decrypt(at).With(r => r["requestParameters"]!["encryptionContext"] = new System.Text.Json.Nodes.JsonObject { ["r"] = record, ["t"] = "t" }).Utf8();
}
