using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections.Rules;

/// <summary>A record that a rule is tried on each time it is read.</summary>
internal sealed record RuleCase
{
    /// <summary>How a case is written: a member that nobody reads is refused.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNameCaseInsensitive = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>The case in a few words.</summary>
    public string Name { get; init; } = "";

    /// <summary>A CloudTrail record, as the trail has it.</summary>
    public required JsonElement Record { get; init; }

    /// <summary>Whether the rule counts it.</summary>
    public required bool Counts { get; init; }

    /// <summary>What it is counted under, by what the rule groups by; what is left out is not compared.</summary>
    public IReadOnlyDictionary<string, string> Group { get; init; } = new Dictionary<string, string>();

    /// <summary>Tries a rule on it.</summary>
    /// <returns>What comes out otherwise than it should, and what to do; null when all is as it should be.</returns>
    public string? ProblemOf(ConfiguredDetection rule)
    {
        var read = CloudTrailRecordReader.Read(Encoding.UTF8.GetBytes(Record.GetRawText()), RecordInterest.Everything);
        if (read.Record is not { } record)
            return $"its Record is none that CloudTrail could have written: {read.Problem}";

        var selection = rule.Definition.Select(new Observation(record));
        if (selection is not null != Counts)
            return Counts ? "the rule does not count it, and should: look at its Pattern." : "the rule counts it, and should not: look at its Pattern.";

        foreach (var (name, expected) in Group)
        {
            var actual = selection?.Group.Values.Where(value => value.Key == name).Select(value => value.Value).FirstOrDefault();
            if (actual != expected)
                return actual is null ? $"it is not grouped by '{name}': add it to GroupBy." : $"its {name} is '{actual}', and should be '{expected}'.";
        }

        return null;
    }
}
