using System.Globalization;
using KmsLab.Sentinel.Replay;
using KmsLab.Tests.EndToEnd;
using Microsoft.Data.Sqlite;

namespace KmsLab.Tests.Sentinel.Faults;

/// <summary>
/// A real process killed with -9 again and again during a replay: rates, counters, alarms and evidence come to exactly what was written, and to what a
/// run without kills gives. <c>KMSLAB_REPLAY_RECORDS</c> and <c>KMSLAB_REPLAY_KILLS</c> make it larger; 1,000,000 and 100 take some minutes.
/// </summary>
public sealed class KilledReplayTests
{
    private const int Seed = 20261124;

    private static readonly int Records = Setting("KMSLAB_REPLAY_RECORDS", 60_000);
    private static readonly int Kills = Setting("KMSLAB_REPLAY_KILLS", 8);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replay_killed_at_any_point_and_started_again_counts_exactly()
    {
        using var folder = new TempFolder();
        var trail = Directory.CreateDirectory(folder["trail"]).FullName;
        var expected = new SyntheticTrail(Seed, Records).WriteTo(trail);
        expected.Attacks.Count.ShouldBeGreaterThan(3);

        var start = TimeProvider.System.GetTimestamp();
        await ReplayProgram.ReplayAsync(new ReplayOptions(trail, folder["clean.db"], null, null, false, null), Cancellation);
        var elapsed = TimeProvider.System.GetElapsedTime(start);
        Report($"{expected.Records} records, {expected.Duplicates} duplicates, {expected.Attacks.Count} attacks. Without kills: {elapsed.TotalSeconds:0.0} s, {expected.Records / elapsed.TotalSeconds:0} records/s");
        var kills = await ReplayAndKillAsync(trail, folder["killed.db"]);
        Report($"Killed {kills} times.");

        kills.ShouldBe(Kills);
        using var clean = new StateDump(folder["clean.db"]);
        using var killed = new StateDump(folder["killed.db"]);
        Verify(killed, expected);
        killed.Lines().ShouldBe(clean.Lines());
    }

    /// <summary>Starts the replay, kills it when it has counted so and so many records and a moment more, and starts it again on what it left.</summary>
    private static async Task<int> ReplayAndKillAsync(string trail, string database)
    {
        var random = new Random(Seed);
        var targets = Enumerable.Range(0, Kills).Select(_ => random.NextInt64((long)(Records * 0.98))).Order().ToList();
        foreach (var target in targets)
        {
            using var process = Start(trail, database);
            while (Counted(database) < target)
            {
                process.FailIfEnded();
                await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, Cancellation);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(30)), TimeProvider.System, Cancellation);
            process.FailIfEnded();
            process.Kill();
        }

        using var last = Start(trail, database);
        (await last.WaitForExitAsync()).ShouldBe(ReplayProgram.Alarms, last.Output);
        return targets.Count;
    }

    private static LabProcess Start(string trail, string database) => LabProcess.Start(["replay", trail, "--database", database, "--json"], program: "KmsLab.Sentinel");

    private static long Counted(string database)
    {
        try
        {
            using var dump = new StateDump(database);
            return dump.Counter("Counted");
        }
        catch (SqliteException)
        {
            return 0; // Not made yet, or just being recovered.
        }
    }

    private static void Verify(StateDump state, SyntheticOutcome expected)
    {
        var calls = state.Rows("SELECT s.principal, s.operation, s.outcome, b.start_at, b.calls FROM bucket b JOIN series s ON s.id = b.series_id")
            .ToDictionary(row => string.Join('|', row[..4]), row => long.Parse(row[4], CultureInfo.InvariantCulture));
        calls.Count.ShouldBe(expected.Calls.Count);
        expected.Calls.ShouldAllBe(bucket => calls.GetValueOrDefault(bucket.Key) == bucket.Value);
        state.Counter("Counted").ShouldBe(expected.Records);
        state.Counter("Malformed").ShouldBe(expected.Malformed);

        var alarms = state.Rows("SELECT members, occurrence, observed, evidence_total, first_seen, last_seen, state FROM alarm WHERE detection = 'kms-error-burst'")
            .Select(row => string.Join(' ', row)).Order(StringComparer.Ordinal);
        alarms.ShouldBe(expected.Attacks.GroupBy(attack => attack.Principal)
            .Select(attacks => AlarmOf(attacks.Last(), attacks.Count())).Order(StringComparer.Ordinal));
    }

    /// <summary>An alarm shows its last occurrence, and counts them all.</summary>
    private static string AlarmOf(SyntheticAttack last, int occurrences) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""[{"key":"principal","value":"{{last.Principal}}"}] {{occurrences}} {{last.Errors}} {{last.Errors}} {{last.First.ToUnixTimeMilliseconds()}} {{last.Last.ToUnixTimeMilliseconds()}} Ok""");

    private static int Setting(string name, int usual) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? int.Parse(value, CultureInfo.InvariantCulture) : usual;

    private static void Report(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);
}
