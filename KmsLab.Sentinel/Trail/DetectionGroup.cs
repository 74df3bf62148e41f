using System.Text;

namespace KmsLab.Sentinel.Trail;

/// <summary>What a detection counts apart, such as each principal: names and values in a fixed order.</summary>
internal sealed class DetectionGroup
{
    private const string OtherValue = "Other";

    public DetectionGroup(params IReadOnlyList<KeyValuePair<string, string>> values)
    {
        Values = values;
        Key = KeyOf(values);
    }

    public IReadOnlyList<KeyValuePair<string, string>> Values { get; }

    /// <summary>The group as one text, different for different groups.</summary>
    public string Key { get; }

    /// <summary>Whether it stands for all groups beyond the limit.</summary>
    public bool IsOther => Values.All(value => value.Value == OtherValue);

    /// <summary>The group that stands for all beyond the limit.</summary>
    public DetectionGroup AsOther() => new([.. Values.Select(value => new KeyValuePair<string, string>(value.Key, OtherValue))]);

    public IReadOnlyDictionary<string, string> ToDictionary() => new Dictionary<string, string>(Values);

    /// <summary>Lengths before values: no value can imitate another group.</summary>
    private static string KeyOf(IReadOnlyList<KeyValuePair<string, string>> values)
    {
        var key = new StringBuilder();
        foreach (var (name, value) in values)
            key.Append(name).Append('=').Append(value.Length).Append(':').Append(value).Append(';');
        return key.ToString();
    }
}
