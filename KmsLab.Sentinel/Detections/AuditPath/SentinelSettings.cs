using System.Globalization;
using System.Text.Json;
using KmsLab.Sentinel.Policies;
using KmsLab.Sentinel.Trail;
using KmsLab.ServiceDefaults.Settings;

namespace KmsLab.Sentinel.Detections.AuditPath;

/// <summary>Settings that a task definition gives Sentinel, by environment, secrets or command line, and what they take away.</summary>
internal static class SentinelSettings
{
    private const string Prefix = "SENTINEL:";

    /// <summary>Lists that let somebody do something; whoever is added to one is watched less.</summary>
    private static readonly string[] Permissions = ["SERVICES", "UNATTESTEDPRINCIPALS", "ROLES", "DEPLOYERS", "SECRETREADERS", "TRUSTEDACCOUNTS", "ADDRESSES", "VPCENDPOINTS"];

    /// <summary>Sections of which nothing may be missing that was there before.</summary>
    private static readonly string[] Needed = ["PROTECTEDSETS", "RULES", "ATTESTATION", "NOTIFICATIONS", "LOGGROUPS", "EVIDENCE"];

    /// <summary>The settings by name, such as <c>SENTINEL:DETECTIONS:UNATTESTED-CALL:MODE</c>; lists have their values under the name with <c>#</c> for a number.</summary>
    public static IReadOnlyDictionary<string, string[]> Of(JsonElement taskDefinition)
    {
        var containers = PolicyJson.Each(Observation.Member(taskDefinition, "containerDefinitions")).ToList();
        var named = containers.SelectMany(container => PolicyJson.Each(Observation.Member(container, "environment")).Concat(PolicyJson.Each(Observation.Member(container, "secrets"))))
            .Select(setting => (Name: PolicyJson.Text(Observation.Member(setting, "name")) ?? "", Value: PolicyJson.Text(Observation.Member(setting, "value")) ?? PolicyJson.Text(Observation.Member(setting, "valueFrom")) ?? ""));
        var typed = containers.SelectMany(container => Arguments([.. PolicyJson.Texts(Observation.Member(container, "entryPoint")), .. PolicyJson.Texts(Observation.Member(container, "command"))]));
        return named.Concat(typed).Select(setting => (Name: NameOf(setting.Name), setting.Value)).Where(setting => setting.Name.StartsWith(Prefix, StringComparison.Ordinal))
            .GroupBy(setting => setting.Name, setting => setting.Value).ToDictionary(group => group.Key, group => group.Distinct().ToArray());
    }

    /// <summary>Names what is watched less with these settings than with those before, or than by default where nobody knows them; null when nothing is.</summary>
    public static string? Weakened(IReadOnlyDictionary<string, string[]> now, IReadOnlyDictionary<string, string[]>? before)
    {
        foreach (var (name, values) in now.OrderBy(setting => setting.Key, StringComparer.Ordinal))
        {
            var former = before?.GetValueOrDefault(name);
            if (values.Except(former ?? []).FirstOrDefault(value => IsWeak(name.Split(':'), value, former is [var only] ? only : null, before is not null)) is { } weak)
                return $"is to run with {Shown(name)}={weak}";
        }

        var missing = before?.OrderBy(setting => setting.Key, StringComparer.Ordinal)
            .FirstOrDefault(setting => IsNeeded(setting.Key.Split(':')) && setting.Value.Except(now.GetValueOrDefault(setting.Key) ?? []).Any()
                && (setting.Key.EndsWith('#') || !now.ContainsKey(setting.Key)));
        return missing is { Key: { } gone } ? $"is to run without {Shown(gone)}={missing.Value.Value.Except(now.GetValueOrDefault(gone) ?? []).First()}" : null;
    }

    private static bool IsWeak(string[] name, string value, string? former, bool isBeforeKnown)
    {
        var isDetection = name is [_, "DETECTIONS", _, _, ..];
        var defaults = isDetection ? DetectionCatalog.BuiltIn.FirstOrDefault(one => string.Equals(one.Id, name[2], StringComparison.OrdinalIgnoreCase))?.Defaults : null;
        return name switch
        {
            [.., "MODE"] => value.ToUpperInvariant() is "OFF" or "DRYRUN" && (defaults is null || defaults.Mode == DetectionMode.On || former is not null),
            [.., "ENABLED"] => string.Equals(value, "false", StringComparison.OrdinalIgnoreCase),
            [_, "DETECTIONS" or "RULES", _, "EXCEPTIONS" or "SUPPRESSIONS", ..] => true,
            [.., "THRESHOLD"] => Number(value) > (Number(former) ?? defaults?.Threshold),
            [.., "SLOWTHRESHOLD"] => Number(value) > (Number(former) ?? defaults?.Slow?.Threshold),
            [.., "DATAPOINTS"] => Number(value) > (Number(former) ?? defaults?.Datapoints),
            [.., "WINDOW"] when isDetection => Span(value) < (Span(former) ?? defaults?.Window),
            [.., "SLOWWINDOW"] when isDetection => Span(value) < (Span(former) ?? defaults?.Slow?.Window),
            [_, "EVENTSOURCES", ..] => true,
            [_, "EVIDENCE", "MINIMUMRETENTIONDAYS"] => Number(value) < (Number(former) ?? new AuditPathOptions().MinimumRetentionDays),
            [_, "PROTECTEDSETS", _, var list, ..] when Permissions.Contains(list) => isBeforeKnown || value is "*" or "0.0.0.0/0" or "::/0",
            [_, "NOTIFICATIONS" or "LOGGROUPS", ..] => isBeforeKnown,
            _ => false,
        };
    }

    private static bool IsNeeded(string[] name) => name.Length > 1 && Needed.Contains(name[1]) && !name.Any(part => Permissions.Contains(part) || part is "SUPPRESSIONS" or "EXCEPTIONS");

    /// <summary><c>--Sentinel:X=Y</c>, <c>--Sentinel:X Y</c> and the same with a slash.</summary>
    private static IEnumerable<(string Name, string Value)> Arguments(IReadOnlyList<string> arguments)
    {
        for (var at = 0; at < arguments.Count; at++)
        {
            var argument = arguments[at].TrimStart('-', '/');
            if (argument.Split('=', 2) is [var name, var value])
                yield return (name, value);
            else if (at + 1 < arguments.Count)
                yield return (argument, arguments[at + 1]);
        }
    }

    private static string NameOf(string name) =>
        string.Join(':', name.Replace("__", ":", StringComparison.Ordinal).ToUpperInvariant().Split(':').Select(part => part.Length > 0 && part.All(char.IsAsciiDigit) ? "#" : part));

    /// <summary>As the environment writes it.</summary>
    private static string Shown(string name) => name.Replace(":", "__", StringComparison.Ordinal);

    private static double? Number(string? text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static TimeSpan? Span(string? text) => text is null ? null : Duration.Parse(text);
}
