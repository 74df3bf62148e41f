namespace KmsLab.Sentinel.Queries;

/// <summary>What an alarm counted around its occurrence, beside what it may count: what <c>/api/alarms/{id}/chart</c> answers.</summary>
/// <param name="SlotSeconds">The length of a point's slot.</param>
/// <param name="Points">In order, without gaps.</param>
/// <param name="Threshold">What fires, or the least that may where a baseline decides.</param>
/// <param name="Unit">What is counted, such as <c>records within 60 s</c>.</param>
/// <param name="From">Event time of the occurrence's first record.</param>
/// <param name="To">Event time of its last one.</param>
public sealed record AlarmChartAnswer(double SlotSeconds, IReadOnlyList<AlarmChartPoint> Points, long Threshold, string Unit, DateTimeOffset From, DateTimeOffset To);

/// <summary>A slot from <paramref name="Start"/>: what was counted in it and, where that is learned, what would be normal.</summary>
public sealed record AlarmChartPoint(DateTimeOffset Start, long Observed, double? Low, double? High);
