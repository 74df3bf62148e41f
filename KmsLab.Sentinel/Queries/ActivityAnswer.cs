using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;

namespace KmsLab.Sentinel.Queries;

/// <summary>Which calls to show.</summary>
/// <param name="From">From here on, taken down to a slot's start; an hour before <paramref name="To"/> by default.</param>
/// <param name="To">Up to here, taken up to a slot's end; now by default.</param>
/// <param name="KeyArn">Only calls about this key.</param>
/// <param name="Principal">Only this stable principal's.</param>
/// <param name="Own">False leaves out Sentinel's own calls, where it knows its name from the canary.</param>
internal sealed record ActivityFilter(DateTimeOffset? From, DateTimeOffset? To, string? KeyArn, string? Principal, bool? Own = null);

/// <summary>Calls over time, what was expected of them, and the alarms of that time: what <c>/api/activity</c> answers.</summary>
/// <param name="From">The start of the first slot.</param>
/// <param name="To">The end of the last one.</param>
/// <param name="SlotSeconds">The length of a slot: a multiple of the buckets that are kept of that time.</param>
/// <param name="AsOf">The watermark: event time up to which the counts are complete. Null before the first complete read.</param>
/// <param name="Series">Successful calls by operation: cryptographic ones first, then the others, most first; the seventh and further as <c>Other</c>; then the errors of all operations.</param>
/// <param name="Expected">How many successful Decrypts of the one principal asked for are normal; empty where no baseline says.</param>
/// <param name="Alarms">Occurrences of alarms that overlap the time, the oldest first.</param>
public sealed record ActivityAnswer(
    DateTimeOffset From,
    DateTimeOffset To,
    double SlotSeconds,
    DateTimeOffset? AsOf,
    IReadOnlyList<ActivitySeries> Series,
    IReadOnlyList<ActivityBand> Expected,
    IReadOnlyList<ActivityAlarm> Alarms);

/// <summary>Calls of one operation, one value a slot, zeros included.</summary>
public sealed record ActivitySeries(string Operation, bool IsError, IReadOnlyList<double> CallsPerMinute);

/// <summary>Calls per minute that are normal from <paramref name="Start"/> up to the next band.</summary>
public sealed record ActivityBand(DateTimeOffset Start, double Low, double High);

/// <summary>An occurrence of an alarm, in event time.</summary>
/// <param name="Id">The alarm.</param>
/// <param name="Detection">Its detection.</param>
/// <param name="Title">The detection's, for people.</param>
/// <param name="Severity">The detection's.</param>
/// <param name="From">The occurrence's first record; of an earlier occurrence, when it was raised.</param>
/// <param name="To">When it was over; null while it is open.</param>
/// <param name="State">The alarm's state; OK of an occurrence that is over.</param>
public sealed record ActivityAlarm(string Id, string Detection, string Title, Severity Severity, DateTimeOffset From, DateTimeOffset? To, AlarmState State);
