namespace KmsLab.Benchmarks.Detection;

/// <summary>All of it, as the tables show it and <c>--json</c> writes it.</summary>
/// <param name="Seeds">How many different months of traffic.</param>
/// <param name="Runs">How many runs, normal ones included.</param>
/// <param name="Weeks">Weeks of normal traffic, which false alarms are counted over.</param>
/// <param name="LearnedWeeks">Those of them after the first 14 days, when detections that learn have begun to speak.</param>
/// <param name="Attacks">For each attack.</param>
/// <param name="Detections">For each detection, and each alternative.</param>
/// <param name="Targets">What is asked for.</param>
/// <param name="FalseAlarms">Each of them.</param>
/// <param name="Missed">What was not found, and by whom.</param>
/// <param name="FixedThresholds">The fixed threshold in each month: Decrypts in 5 minutes.</param>
internal sealed record QualityReport(
    int Seeds,
    int Runs,
    double Weeks,
    double LearnedWeeks,
    IReadOnlyList<AttackQuality> Attacks,
    IReadOnlyList<DetectionQuality> Detections,
    IReadOnlyList<Target> Targets,
    IReadOnlyList<FalseAlarm> FalseAlarms,
    IReadOnlyList<MissedAttack> Missed,
    IReadOnlyList<int> FixedThresholds);

/// <summary>How an attack was found.</summary>
/// <param name="Attack">Its id.</param>
/// <param name="Runs">How often it was played.</param>
/// <param name="Sentinel">By any of Sentinel's detections.</param>
/// <param name="By">How often by which of them, and how soon.</param>
/// <param name="Lab">By the lab's alarm.</param>
/// <param name="Fixed">By the fixed threshold.</param>
internal sealed record AttackQuality(string Attack, int Runs, Findings Sentinel, IReadOnlyDictionary<string, Findings> By, Findings Lab, Findings Fixed);

/// <summary>How often something was found, and how long after its first call: the record's own time, without CloudTrail's delivery.</summary>
/// <param name="Found">How often.</param>
/// <param name="MedianSeconds">Of those that were found.</param>
/// <param name="MaxSeconds">Of those that were found.</param>
/// <param name="Silent">Over the threshold, but nobody was told.</param>
internal sealed record Findings(int Found, double? MedianSeconds, double? MaxSeconds, int Silent = 0)
{
    public static Findings Of(IEnumerable<TimeSpan> times, int silent = 0)
    {
        double[] seconds = [.. times.Select(time => Math.Max(0, time.TotalSeconds)).Order()];
        return seconds.Length == 0 ? new(0, null, null, silent) : new(seconds.Length, Median(seconds), seconds[^1], silent);
    }

    private static double Median(double[] sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}

/// <summary>How good a detection is.</summary>
/// <param name="Detection">Its id.</param>
/// <param name="True">True occurrences, in all runs.</param>
/// <param name="False">False occurrences in normal traffic.</param>
/// <param name="Stirred">False occurrences that only runs with an attack have.</param>
/// <param name="Meant">How often an attack that it is meant for was played.</param>
/// <param name="Found">How many of those it found.</param>
/// <param name="FalseAWeek">In normal traffic.</param>
internal sealed record DetectionQuality(string Detection, int True, int False, int Stirred, int Meant, int Found, double FalseAWeek)
{
    public double? Precision => True + False + Stirred == 0 ? null : (double)True / (True + False + Stirred);

    public double? Recall => Meant == 0 ? null : (double)Found / Meant;
}

/// <summary>What is asked for, and what it is.</summary>
internal sealed record Target(string Wanted, string Measured, bool IsMet);

/// <summary>An attack that something missed.</summary>
/// <param name="Seed">In which traffic.</param>
/// <param name="Attack">Its id.</param>
/// <param name="IsFound">Whether any detection found it.</param>
/// <param name="By">The detections that are meant for it and did not find it.</param>
internal sealed record MissedAttack(int Seed, string Attack, bool IsFound, IReadOnlyList<string> By);

/// <summary>A false alarm.</summary>
/// <param name="Seed">In which traffic.</param>
/// <param name="Run">With which attacks; <c>normal</c> without.</param>
/// <param name="Detection">Whose.</param>
/// <param name="Group">What was counted.</param>
/// <param name="At">When it fired.</param>
internal sealed record FalseAlarm(int Seed, string Run, string Detection, string Group, DateTimeOffset At);
