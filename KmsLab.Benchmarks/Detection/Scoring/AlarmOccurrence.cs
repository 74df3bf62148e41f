namespace KmsLab.Benchmarks.Detection;

/// <summary>One occurrence of an alarm: from when it fires until it is OK again. What people are told of, and so what is counted.</summary>
/// <param name="AlarmId">The alarm, which has one occurrence after the other.</param>
/// <param name="Detection">Its detection.</param>
/// <param name="Group">What was counted apart, such as <c>principal</c> and <c>client</c>.</param>
/// <param name="Window">How far back the records reach that it rests on.</param>
/// <param name="At">Event time of the record that made it fire.</param>
internal sealed record AlarmOccurrence(string AlarmId, string Detection, IReadOnlyDictionary<string, string> Group, TimeSpan Window, DateTimeOffset At);
