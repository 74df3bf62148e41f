using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Alarms.Matching;

/// <summary>The facts about an alarm that a matcher looks at.</summary>
/// <param name="Detection">The detection's id.</param>
/// <param name="Severity">The detection's severity.</param>
/// <param name="Sets">Names of protected sets, or the ARN of a key that is in none.</param>
/// <param name="Principals">Stable principals that took part.</param>
/// <param name="Keys">ARNs of KMS keys that were used; of a multi-Region key also with <c>*</c> for the Region.</param>
/// <param name="Accounts">Accounts of principals and keys, and that of the group; 12 digits each.</param>
internal sealed record AlarmSubject(
    string Detection,
    Severity Severity,
    IReadOnlyCollection<string> Sets,
    IReadOnlyCollection<string> Principals,
    IReadOnlyCollection<string> Keys,
    IReadOnlyCollection<string> Accounts)
{
    private const string PrincipalTie = "principal ";
    private const string KeyTie = "key ";

    /// <summary>Of an alarm.</summary>
    public static AlarmSubject Of(Alarm alarm, Severity severity) =>
        Of(alarm.Detection, severity, alarm.Group.Values, alarm.Evidence, alarm.Traits.Ties);

    /// <summary>Of a notification.</summary>
    public static AlarmSubject Of(Notification notification) =>
        Of(notification.Detection, notification.Severity, notification.Group, notification.Evidence, []);

    /// <summary>Of an alarm as the API answers it, or anything else with a group and evidence.</summary>
    /// <param name="detection">The detection's id.</param>
    /// <param name="severity">The detection's severity.</param>
    /// <param name="group">Names and values of the group.</param>
    /// <param name="evidence">Records.</param>
    /// <param name="ties">Parties as <see cref="AlarmTraits.Ties"/> names them, be they beyond the evidence that is kept.</param>
    public static AlarmSubject Of(
        string detection, Severity severity, IEnumerable<KeyValuePair<string, string>> group, IReadOnlyCollection<Evidence> evidence, IReadOnlyCollection<string> ties)
    {
        var members = group.ToList();
        var principals = Distinct(
            Values("principal").Concat(evidence.Where(record => record.Principal != AlarmTraits.Sentinel).Select(record => record.Principal)).Concat(Tied(PrincipalTie)));
        var keys = Distinct(Values("key").Concat(evidence.Select(record => record.KeyArn).OfType<string>()).Concat(Tied(KeyTie)));
        return new(
            detection, severity, Distinct(Values("set")), principals, keys,
            Distinct(Values("account").Concat(principals.Concat(keys).Select(AccountOf).OfType<string>())));

        IEnumerable<string> Values(string name) => members.Where(member => member.Key == name).Select(member => member.Value);
        IEnumerable<string> Tied(string kind) => ties.Where(tie => tie.StartsWith(kind, StringComparison.Ordinal)).Select(tie => tie[kind.Length..]);
    }

    private static string? AccountOf(string arn) => arn.Split(':') is ["arn", _, _, _, { Length: 12 } account, ..] ? account : null;

    private static IReadOnlyCollection<string> Distinct(IEnumerable<string> values) => [.. values.Where(value => value.Length > 0).Distinct(StringComparer.Ordinal)];
}
