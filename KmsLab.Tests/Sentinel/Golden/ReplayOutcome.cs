using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KmsLab.Sentinel.Replay;

namespace KmsLab.Tests.Sentinel.Golden;

/// <summary>The outcome of a replay as lines of text: what the same records must always come to.</summary>
internal static class ReplayOutcome
{
    /// <summary>Alarms with their times, counts and records, the latest first; then a line for all that was counted.</summary>
    public static IReadOnlyList<string> Lines(ReplayReport report) => [.. report.Alarms.SelectMany(AlarmLines), .. CountLines(report)];

    /// <summary>A hash over lines.</summary>
    public static string HashOf(IEnumerable<string> lines) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));

    private static IEnumerable<string> AlarmLines(ReplayAlarm found)
    {
        var alarm = found.Alarm;
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{alarm.Detection} {alarm.Id} occurrence {alarm.Occurrence} {alarm.State} observed {alarm.Observed} of {alarm.Threshold} records {alarm.EvidenceTotal}");
        yield return $"  {string.Join(", ", alarm.Group.Select(member => $"{member.Key}={member.Value}"))}";
        yield return $"  first {Instant(alarm.FirstSeen)} last {Instant(alarm.LastSeen)} changed {Instant(alarm.ChangedAt)}";
        foreach (var change in found.History)
            yield return $"  {Instant(change.At)} {change.State} of occurrence {change.Occurrence}: {change.Why}";
        foreach (var record in alarm.Evidence)
            yield return $"    {record.EventId} {Instant(record.EventTime)} {record.EventName} {record.ErrorCode}".TrimEnd();
    }

    private static IEnumerable<string> CountLines(ReplayReport report)
    {
        var rates = report.Rates
            .Select(rate => $"{rate.KeyArn} {rate.Principal} {rate.Operation} {rate.Outcome} {rate.Service} {rate.Calls} {Instant(rate.From)} {Instant(rate.To)}")
            .Order(StringComparer.Ordinal);
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"counted {report.Records.Counted} malformed {report.Records.Malformed} ignored {report.Records.Ignored} calls {report.Rates.Sum(rate => rate.Calls)}");
        yield return $"series {report.Rates.Count} {HashOf(rates)}";
    }

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
