using KmsLab.Sentinel.Detections.Rules;
using KmsLab.ServiceDefaults.Settings;

namespace KmsLab.Sentinel.Detections;

/// <summary>The detections there are, the configuration's own rules among them, and how the configuration wants them.</summary>
/// <remarks>Rules of the folder may be exchanged: whoever makes something of the catalog makes it anew then.</remarks>
internal sealed class DetectionCatalog(DetectionOptions options)
{
    private volatile Configured _now = new(Configure(options, options.Filed));

    /// <summary>Those that the product brings. A new one is a file of its own and a line here.</summary>
    public static IReadOnlyList<DetectionDefinition> BuiltIn { get; } =
    [
        UnattestedCall.Definition,
        ForgedAttestation.Definition,
        ReplayedAttestation.Definition,
        RepeatedProof.Definition,
        UnverifiableAttestation.Definition,
        KeyExposure.Definition,
        AccessLost.Definition,
        HiddenChange.Definition,
        KeyTampering.Definition,
        KeyDestruction.Definition,
        RoleHijack.Definition,
        AttestationKeyRead.Definition,
        TrailBlinding.Definition,
        DeliverySilent.Definition,
        ForgedRecords.Definition,
        EvidenceFlood.Definition,
        TrailAltered.Definition,
        SilencedWatch.Definition,
        RansomPattern.Definition,
        DryRunProbing.Definition,
        KmsErrorBurst.Definition,
        .. ErrorRates.Definitions,
        DecryptRateThreshold.Definition,
        DecryptRateAnomaly.Definition,
        DecryptSpread.Definition,
        DecryptSpread.Slow,
        DecryptSpread.NewClients,
        FirstSeenPrincipal.Definition,
    ];

    /// <summary>All of them, the product's first.</summary>
    public IReadOnlyCollection<ConfiguredDetection> All => _now.All.Values;

    /// <summary>Those that are not off.</summary>
    public IReadOnlyList<ConfiguredDetection> Active => _now.Active;

    /// <summary>Takes other rules in place of the folder's.</summary>
    /// <exception cref="ArgumentException">They have problems: see <see cref="Check(DetectionOptions, RuleFolder)"/>.</exception>
    public void Use(RuleFolder folder)
    {
        if (folder.Problems.Count > 0)
            throw new ArgumentException("Rules with problems can't be used.", nameof(folder));
        _now = new(Configure(options, folder));
    }

    /// <summary>The services whose records the active ones of <paramref name="options"/> need.</summary>
    public static IReadOnlyList<string> EventSources(DetectionOptions options)
    {
        var builtIn = BuiltIn
            .Where(definition => (options.Detections.GetValueOrDefault(definition.Id)?.Mode ?? definition.Defaults.Mode) != DetectionMode.Off)
            .SelectMany(definition => definition.EventSources);
        var rules = options.Rules.Values.Concat(options.Filed.Rules.Values).Where(rule => rule.Mode != DetectionMode.Off).SelectMany(rule => rule.EventSources);
        return [.. builtIn.Concat(rules).Prepend("kms.amazonaws.com").Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The ids that there are at the start, rules included.</summary>
    public static IReadOnlyCollection<string> Ids(DetectionOptions options) =>
        [.. BuiltIn.Select(detection => detection.Id), .. options.Rules.Keys, .. options.Filed.Rules.Keys];

    public ConfiguredDetection? Find(string id) => _now.All.GetValueOrDefault(id);

    public ConfiguredDetection? FindActive(string id) => Find(id) is { Settings.Mode: not DetectionMode.Off } detection ? detection : null;

    public DetectionMode ModeOf(string id) => Find(id)?.Settings.Mode ?? DetectionMode.Off;

    /// <summary>Stands for a rule that was removed or renamed, of which alarms are left.</summary>
    public static DetectionDefinition Gone(string id) => new()
    {
        Id = id,
        Title = id,
        Severity = Severity.Low,
        Technique = "",
        About = "A rule that was removed or renamed.",
        Why = "",
        Tuning = "",
        Runbook = [],
        Defaults = CustomRule.Defaults with { Mode = DetectionMode.Off },
        Select = _ => null,
    };

    /// <summary>What is wrong with the detections' settings and the rules.</summary>
    public static IEnumerable<string> Check(DetectionOptions options)
    {
        foreach (var (id, overrides) in options.Detections)
        {
            var at = $"Sentinel:Detections:{id}";
            if (BuiltIn.FirstOrDefault(detection => string.Equals(detection.Id, id, StringComparison.OrdinalIgnoreCase)) is not { } definition)
            {
                yield return $"{at} is no detection{NearestName.Question(id, BuiltIn.Select(detection => detection.Id))} Choose among {string.Join(", ", BuiltIn.Select(detection => detection.Id))}; rules of your own go into Sentinel:Rules";
                continue;
            }

            foreach (var error in overrides.Check(at, definition.Defaults))
                yield return error;
        }

        foreach (var (id, rule) in options.Rules)
        {
            if (BuiltIn.Any(detection => string.Equals(detection.Id, id, StringComparison.OrdinalIgnoreCase)))
                yield return $"Sentinel:Rules:{id} has the name of a detection; tune that in Sentinel:Detections:{id}, or choose another name";
            foreach (var error in rule.CheckRule($"Sentinel:Rules:{id}"))
                yield return error;
        }

        foreach (var error in Check(options, options.Filed))
            yield return error;
    }

    /// <summary>What is wrong with the rules of a folder.</summary>
    public static IEnumerable<string> Check(DetectionOptions options, RuleFolder folder)
    {
        foreach (var problem in folder.Problems)
            yield return problem;
        foreach (var id in folder.Rules.Keys.Where(id => BuiltIn.Any(detection => string.Equals(detection.Id, id, StringComparison.OrdinalIgnoreCase))))
            yield return $"{Path.Combine(options.RulesFolder, id)}.json has the name of a detection; tune that in Sentinel:Detections:{id}, or rename the file";
        foreach (var id in folder.Rules.Keys.Where(options.Rules.ContainsKey))
            yield return $"{Path.Combine(options.RulesFolder, id)}.json and Sentinel:Rules:{id} have one name; rename one of them";
    }

    private static Dictionary<string, ConfiguredDetection> Configure(DetectionOptions options, RuleFolder folder)
    {
        var builtIn = BuiltIn.Select(definition =>
            new ConfiguredDetection(definition, options.Detections.GetValueOrDefault(definition.Id)?.ApplyTo(definition.Defaults) ?? definition.Defaults));
        var rules = options.Rules.Concat(folder.Rules).Select(rule => CustomRule.Create(rule.Key, rule.Value));
        return builtIn.Concat(rules).ToDictionary(detection => detection.Definition.Id, StringComparer.OrdinalIgnoreCase);
    }

    private sealed class Configured(Dictionary<string, ConfiguredDetection> all)
    {
        public Dictionary<string, ConfiguredDetection> All => all;

        public IReadOnlyList<ConfiguredDetection> Active { get; } = [.. all.Values.Where(detection => detection.Settings.Mode != DetectionMode.Off)];
    }
}
