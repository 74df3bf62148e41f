using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Sources;

namespace KmsLab.Sentinel.TrailHealth.Gaps;

/// <summary>One list of the event history: what one question to one Region is answered with.</summary>
/// <param name="Region">The Region; null for Sentinel's own, where its name is not known.</param>
/// <param name="IsKey">Whether it is asked for by a key, as ResourceName; else by the service, as EventSource.</param>
/// <param name="Value">The key's ARN, or the service.</param>
internal sealed record GapList(string? Region, bool IsKey, string Value)
{
    /// <summary>Its name, the same after a restart.</summary>
    public string Name => $"{Region ?? "home"} {Value}";
}

/// <summary>Says what a gap is read by, and in which order: the protected keys first, wherever they are, then whole services.</summary>
internal sealed class GapLists(EventHistory history, DetectionOptions detections, GapOptions options)
{
    private const string Kms = "kms.amazonaws.com";

    /// <summary>Services whose calls are recorded in one Region for the whole account.</summary>
    private static readonly string[] Global = ["iam.amazonaws.com", "sts.amazonaws.com"];

    /// <summary>All lists, the most important first.</summary>
    /// <param name="keys">ARNs of the keys that matter most.</param>
    public IEnumerable<GapList> Of(IReadOnlyCollection<string> keys)
    {
        var home = history.HomeRegion;
        var services = detections.EffectiveEventSources.OrderBy(service => service != Kms).ToList();
        var others = keys.Select(RegionOf).OfType<string>().Where(region => home is not null && region != home).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

        foreach (var key in keys.Order(StringComparer.Ordinal))
            yield return new(home is null ? null : RegionOf(key) ?? home, true, key);
        foreach (var service in services)
            yield return new(home, false, service);
        if (home is null)
            yield break;

        if (GlobalOf(home) is { } global && global != home && !options.Regions.Contains(global, StringComparer.Ordinal))
        {
            foreach (var service in services.Where(Global.Contains))
                yield return new(global, false, service);
        }

        foreach (var region in options.Regions.Where(region => region != home))
        {
            foreach (var service in services)
                yield return new(region, false, service);
        }

        foreach (var region in others.Where(region => !options.Regions.Contains(region, StringComparer.Ordinal)))
            yield return new(region, false, Kms);
    }

    private static string? RegionOf(string keyArn) => keyArn.Split(':') is ["arn", _, "kms", { Length: > 0 } region, _, _, ..] ? region : null;

    /// <summary>https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html: events of global services stand in one Region of the partition.</summary>
    private static string? GlobalOf(string home) => home switch
    {
        _ when home.StartsWith("cn-", StringComparison.Ordinal) => "cn-north-1",
        _ when home.StartsWith("us-gov-", StringComparison.Ordinal) => "us-gov-west-1",
        _ when home.StartsWith("us-iso", StringComparison.Ordinal) || home.StartsWith("eu-iso", StringComparison.Ordinal) || home.StartsWith("eusc-", StringComparison.Ordinal) => null,
        _ => "us-east-1",
    };
}
