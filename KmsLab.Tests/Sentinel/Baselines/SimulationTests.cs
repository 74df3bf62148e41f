namespace KmsLab.Tests.Sentinel.Baselines;

/// <summary>Weeks of human rhythm, batches, weekends and growth through the engine's own knowledge, windows and alarms; then attacks.</summary>
/// <remarks>The benchmark <c>baselines</c> runs the same traffic for many more groups; docs/baselines.md has its numbers.</remarks>
public sealed class SimulationTests
{
    private const int Quiet = 6 * 168;
    private const int All = 8 * 168;
    private const int Tuesday10 = Quiet + 34;
    private const int Wednesday2 = Quiet + 50;

    private static readonly Habit[] Habits = [Habit.Office, Habit.Service, Habit.NightlyBatch, Habit.OfficeAndBatch, Habit.WeeklyReport, Habit.Occasional];

    [Fact]
    public void Four_weeks_of_ordinary_traffic_raise_nothing_and_then_attacks_are_caught()
    {
        var run = new DetectionRun(options => options.ProtectedSets["vault"].Roles = [Role(Habit.Office, 0)]);
        var groups = Habits.SelectMany(habit => Enumerable.Range(0, 2).Select(number => (Habit: habit, Number: number))).ToList();
        var traffic = groups.ToDictionary(group => group, group => new Traffic(group.Habit, (group.Number * 100) + (int)group.Habit) { Volume = 40 }.Hours(All / 168));
        Attack(traffic[(Habit.Office, 0)], Tuesday10, length: 1, factor: 10);
        Attack(traffic[(Habit.NightlyBatch, 1)], Wednesday2, length: 1, factor: 4);
        Attack(traffic[(Habit.Service, 1)], Tuesday10, length: All - Tuesday10, factor: 1.3);

        for (var hour = 0; hour < All; hour++)
        {
            var at = BaselineRun.Monday.AddHours(hour);
            foreach (var group in groups)
                Hour(run, at, Role(group.Habit, group.Number), traffic[group][hour]);
            if (hour >= Quiet)
                run.Read(at.AddMinutes(17), "arn:aws:iam::1:role/thief", $"stolen-{hour}");
            run.Complete(at.AddHours(1));
        }

        // 12 groups for 4 weeks: at most one alarm in 100 group-weeks is aimed at, none in these.
        run.Raised.Where(alarm => alarm.FirstSeen < BaselineRun.Monday.AddHours(Quiet)).ShouldBeEmpty();

        var anomalies = run.Of("decrypt-rate-anomaly").ToDictionary(alarm => alarm.Group.Values[1].Value);
        anomalies[Role(Habit.Office, 0)].FirstSeen.ShouldBe(BaselineRun.Monday.AddHours(Tuesday10));
        anomalies[Role(Habit.NightlyBatch, 1)].FirstSeen.ShouldBe(BaselineRun.Monday.AddHours(Wednesday2));
        anomalies[Role(Habit.Office, 0)].Expected.ShouldNotBeNull().High.ShouldBeLessThan(anomalies[Role(Habit.Office, 0)].Observed);

        // A third more than usual is within what the hours of people differ by: an hourly band can't see it, and this states it.
        anomalies.ShouldNotContainKey(Role(Habit.Service, 1));

        // One record an hour is no rate. Who reads it is new, and the records add up.
        run.Of("first-seen-principal").ShouldHaveSingleItem().Group.Values[1].Value.ShouldBe("arn:aws:iam::1:role/thief");
        var slow = run.Of("decrypt-spread-slow").ShouldHaveSingleItem();
        slow.Group.Values[1].Value.ShouldBe("arn:aws:iam::1:role/thief");
        slow.ChangedAt.ShouldBe(BaselineRun.Monday.AddHours(Quiet + 199), "with the 200th record");
        run.Raised.Count.ShouldBe(4);
    }

    private static void Hour(DetectionRun run, DateTimeOffset at, string role, long records)
    {
        for (var record = 0L; record < records; record++)
            run.Read(at.AddSeconds(record * 3600 / records), role);
    }

    private static void Attack(long[] hours, int from, int length, double factor)
    {
        for (var hour = from; hour < from + length; hour++)
            hours[hour] = (long)(hours[hour] * factor);
    }

    private static string Role(Habit habit, int number) => $"arn:aws:iam::1:role/{habit}-{number}";
}
