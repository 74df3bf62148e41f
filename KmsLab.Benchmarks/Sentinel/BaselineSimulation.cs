using System.Diagnostics;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Knowledge.Baselines;
using KmsLab.Sentinel.Trail;
using KmsLab.Tests.Sentinel.Baselines;

namespace KmsLab.Benchmarks.Sentinel;

/// <summary>False alarms, attacks found, and the cost of learning, over many simulated groups: the numbers of docs/baselines.md.</summary>
internal static class BaselineSimulation
{
    private const int Learning = 2;
    private const int Weeks = 10;
    private const int Tuesday = (8 * 168) + 24;

    public static void Run(int groups)
    {
        Console.WriteLine($"{groups} groups of each habit, {Weeks} weeks, of which {Learning} are learned before anything may fire; 200 records in a busy hour");
        Console.WriteLine();
        Console.WriteLine("| habit | false alarms in 100 group-weeks | x3 for a day | x5 | x10 | x10 for an hour on Tuesday at 10:00 | x5 is normal after (days) |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var habit in Enum.GetValues<Habit>())
            Console.WriteLine(Line(habit, groups));

        Console.WriteLine();
        MeasureCost();
    }

    private static string Line(Habit habit, int groups)
    {
        var traffic = Enumerable.Range(0, groups).Select(seed => new Traffic(habit, (seed * 7) + (int)habit).Hours(Weeks)).ToList();
        var falseAlarms = traffic.AsParallel().Sum(hours => new BaselineRun().Take(hours));
        var lasting = traffic.Take(50).Select(hours => DaysUntilNormal(hours, 5)).Where(days => days > 0).DefaultIfEmpty().Average();
        return FormattableString.Invariant(
            $"| {habit} | {100.0 * falseAlarms / (groups * (Weeks - Learning)):0.0} | {Found(traffic, 3, 0, 24):P0} | {Found(traffic, 5, 0, 24):P0} | {Found(traffic, 10, 0, 24):P0} | {Found(traffic, 10, 10, 1):P0} | {lasting:0.0} |");
    }

    /// <summary>How many of the groups fire during an attack that multiplies what they do, from an hour of Tuesday on.</summary>
    private static double Found(List<long[]> traffic, double factor, int hour, int length) => traffic.Take(50).AsParallel().Average(hours =>
    {
        var run = new BaselineRun();
        run.Take(hours.Take(Tuesday + hour));
        return run.Take(hours.Skip(Tuesday + hour).Take(length).Select(count => (long)(count * factor))) > 0 ? 1.0 : 0;
    });

    private static double DaysUntilNormal(long[] hours, double factor)
    {
        var run = new BaselineRun();
        run.Take(hours.Select((count, hour) => hour < Tuesday ? count : (long)(count * factor)));
        var change = BaselineRun.Monday.AddHours(Tuesday);
        return run.Fired.Where(at => at >= change).Select(at => (at - change).TotalDays).DefaultIfEmpty().Max();
    }

    private static void MeasureCost()
    {
        const int Groups = 10_000;
        const int PerHour = 100;
        var detection = new ConfiguredDetection(DecryptRateAnomaly.Definition, DecryptRateAnomaly.Definition.Defaults);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var baselines = new DetectionBaselines(detection, new(), TimeSpan.FromHours(50));
        var groups = Enumerable.Range(0, Groups).Select(number => new DetectionGroup([new("set", "vault"), new("principal", $"arn:aws:iam::111122223333:role/service-{number}")])).ToArray();
        var ids = 0L;
        var (counting, learning, hour) = (TimeSpan.Zero, TimeSpan.Zero, 0);
        for (; hour < 24 * 15; hour++)
        {
            var at = BaselineRun.Monday.AddHours(hour);
            var busy = hour >= 24 * 14 && hour < (24 * 14) + 10;
            var began = Stopwatch.GetTimestamp();
            for (var record = 0; record < (busy ? PerHour : 1); record++)
            {
                foreach (var group in groups)
                {
                    baselines.Count(group, at.ToUnixTimeMilliseconds(), () => ++ids);
                    if (busy)
                        baselines.Expect(group, at.ToUnixTimeMilliseconds());
                }
            }

            counting += busy ? Stopwatch.GetElapsedTime(began) : TimeSpan.Zero;
            began = Stopwatch.GetTimestamp();
            baselines.LearnTo(at);
            learning += Stopwatch.GetElapsedTime(began);
            baselines.Written();
        }

        var memory = GC.GetTotalMemory(forceFullCollection: true) - before;
        Console.WriteLine(FormattableString.Invariant($"{Groups:N0} groups: {memory / Groups:N0} bytes each in memory, {groups.Length * (long)SeasonalModel.SizeOf(baselines.Season) / 1e6:0.0} MB of models in the database"));
        Console.WriteLine(FormattableString.Invariant($"count and judge a record: {counting.TotalNanoseconds / (Groups * PerHour * 10.0):0} ns, the groups in turn (each a miss of the processor's caches)"));
        Console.WriteLine(FormattableString.Invariant($"learn an hour of a group: {learning.TotalNanoseconds / ((double)Groups * hour):0} ns"));
    }
}
