using CsCheck;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Tests.Sentinel.Faults;

/// <summary>A record, and when CloudTrail delivers it: seconds after noon and seconds after that. It may come again, much later.</summary>
internal sealed record ModelledRecord(int Role, int Second, bool Fails, string Id, int Delay, int? RepeatedAfter)
{
    public const string RolePrefix = "arn:aws:iam::1:role/r";

    public string Principal => $"{RolePrefix}{Role}";

    public DateTimeOffset At => TestRecords.Noon.AddSeconds(Second);

    public byte[] Utf8() => TestRecords.Decrypt(At, Fails ? "AccessDenied" : null, Principal, Id).Utf8();
}

/// <summary>A process that dies in a round, the n-th time that it reaches a step.</summary>
internal sealed record ModelledCrash(int Round, TurnStep Step, int Time);

/// <summary>What happens, and all that can go wrong on the way: shuffled, repeated, delayed, split into pages, crashed.</summary>
/// <remarks>
/// Time goes in rounds; what is delivered within a round is read at its end. Bursts of errors of one role lie further apart than two records that are still
/// expected can be, so that what belongs to one occurrence does not depend on who comes first.
/// </remarks>
internal sealed record DeliveryModel(ModelledRecord[] Records, ModelledRecord[] Stragglers, ModelledCrash[] Crashes, int PageSize, int ShuffleSeed)
{
    public const int RoundSeconds = 40;
    public const int WindowSeconds = 60;

    /// <summary>A round may pass before what was delivered is read.</summary>
    public const int AllowedLatenessSeconds = LongestDelay + (2 * RoundSeconds);

    private const int LongestDelay = 60;
    private const int BurstSpacing = WindowSeconds + (2 * AllowedLatenessSeconds) + RoundSeconds;
    private const int Roles = 3;
    private const int Bursts = 3;

    /// <summary>Rounds until the watermark has passed every window.</summary>
    public const int Rounds = ((Bursts * BurstSpacing) + AllowedLatenessSeconds) / RoundSeconds;

    private static readonly Gen<ModelledRecord[]> Burst =
        from errors in Gen.Int[0, 5]
        from records in (
            from offset in Gen.Int[0, WindowSeconds - 1]
            from id in Gen.Guid
            from delay in Gen.Int[0, LongestDelay]
            from isRepeated in Gen.Int[0, 3]
            from after in Gen.Int[0, Rounds * RoundSeconds]
            select new ModelledRecord(0, offset, true, id.ToString(), delay, isRepeated == 0 ? after : null)).Array[errors]
        select records;

    private static readonly Gen<ModelledRecord> Success =
        from role in Gen.Int[0, Roles - 1]
        from second in Gen.Int[0, Bursts * BurstSpacing]
        from id in Gen.Guid
        from delay in Gen.Int[0, LongestDelay]
        select new ModelledRecord(role, second, false, id.ToString(), delay, null);

    private static readonly Gen<ModelledCrash> Crash =
        from round in Gen.Int[0, Rounds]
        from step in Gen.Enum<TurnStep>()
        from time in Gen.Int[1, 3]
        select new ModelledCrash(round, step, time);

    public static Gen<DeliveryModel> Any { get; } =
        from bursts in Burst.Array[Roles * Bursts]
        from successes in Success.Array[0, 20]
        from stragglers in Success.Array[0, 5]
        from crashes in Crash.Array[0, 6]
        from pageSize in Gen.Int[1, 6]
        from seed in Gen.Int
        select new DeliveryModel([.. bursts.SelectMany(Placed), .. successes], stragglers, crashes, pageSize, seed);

    /// <summary>The pages that are read at the end of a round: shuffled, and each record as often as it was delivered by then and not before.</summary>
    public IEnumerable<ModelledRecord[]> PagesOf(int round)
    {
        var delivered = Records.Where(record => RoundOf(record.Second + record.Delay) == round)
            .Concat(Records.Where(record => record.RepeatedAfter is { } after && RoundOf(record.Second + record.Delay + after) == round))
            .ToArray();
        new Random(ShuffleSeed + round).Shuffle(delivered);
        return delivered.Chunk(PageSize);
    }

    /// <summary>All records by role, outcome and minute.</summary>
    public IReadOnlyList<string> ExpectedRates() => [.. Records.Concat(Stragglers)
        .GroupBy(record => $"90ab|{record.Principal}|Decrypt|{(record.Fails ? "AccessDenied" : "Success")}||{TestRecords.Noon.AddMinutes(record.Second / 60):HH:mm:ss}+60")
        .Select(bucket => $"{bucket.Key}={bucket.Count()}")
        .Order(StringComparer.Ordinal)];

    /// <summary>Each role's alarm: how many bursts reached the threshold of two, and what the last of them was.</summary>
    public IReadOnlyList<string> ExpectedAlarms() => [.. Records.Where(record => record.Fails)
        .GroupBy(record => (record.Principal, Burst: record.Second / BurstSpacing))
        .Where(burst => burst.Count() >= 2)
        .GroupBy(burst => burst.Key.Principal)
        .Select(occurrences => (Principal: occurrences.Key, Count: occurrences.Count(), Last: occurrences.MaxBy(burst => burst.Key.Burst)!))
        .Select(alarm => $"{alarm.Principal} {alarm.Count}x {alarm.Last.Count()} {alarm.Last.Count()} {alarm.Last.Min(record => record.At):HH:mm:ss} {alarm.Last.Max(record => record.At):HH:mm:ss} Ok")
        .Order(StringComparer.Ordinal)];

    private static IEnumerable<ModelledRecord> Placed(ModelledRecord[] burst, int index) =>
        burst.Select(record => record with { Role = index % Roles, Second = record.Second + (index / Roles * BurstSpacing) });

    private static int RoundOf(int second) => second / RoundSeconds;
}
