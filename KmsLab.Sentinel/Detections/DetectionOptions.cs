using KmsLab.Sentinel.Detections.Rules;

namespace KmsLab.Sentinel.Detections;

/// <summary>Settings of the section <c>Sentinel</c> that say what raises an alarm.</summary>
internal sealed class DetectionOptions
{
    /// <summary>Settings of detections by id; what is left out keeps the detection's own default.</summary>
    public Dictionary<string, DetectionOverrides> Detections { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Rules without code, by id.</summary>
    public Dictionary<string, RuleOptions> Rules { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// A folder of more rules, one a file: <c>{id}.json</c> holds what <c>Rules:{id}</c> would, and cases that the rule is tried on. It is read anew when a file of
    /// it changes, without a restart.
    /// </summary>
    public string RulesFolder { get; set; } = "";

    /// <summary>The folder's rules as they were at the start, and what is wrong with them.</summary>
    internal RuleFolder Filed => field ??= RuleFolder.Read(RulesFolder);

    /// <summary>The services whose records are read; one server-side filter asks for just these.</summary>
    public string[] EventSources { get; set; } = [];

    /// <summary><see cref="EventSources"/>, or those that the detections need.</summary>
    public IReadOnlyList<string> EffectiveEventSources => EventSources is { Length: > 0 } sources ? sources : DetectionCatalog.EventSources(this);
}
