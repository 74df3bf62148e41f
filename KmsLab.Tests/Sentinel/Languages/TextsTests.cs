using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using KmsLab.CloudTrail.Attestation;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Dashboard;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Languages;
using KmsLab.Sentinel.TrailHealth.Gaps;

namespace KmsLab.Tests.Sentinel.Languages;

/// <summary>Resource files of both languages: the same keys and placeholders, none unused, none missing.</summary>
public sealed partial class TextsTests
{
    private static readonly IReadOnlyDictionary<string, string> English = Read("Texts.resx");
    private static readonly IReadOnlyDictionary<string, string> Spanish = Read("Texts.es.resx");
    private static readonly IReadOnlyDictionary<string, string> Detections = Read("DetectionTexts.es.resx");

    /// <summary>Keys that are made of a name and a value of an enum.</summary>
    private static readonly (string Prefix, Type Enum)[] Enums =
    [
        ("Severity.", typeof(Severity)), ("History.", typeof(HistoryKind)), ("History.State.", typeof(AlarmState)), ("Verdict.", typeof(Verdict)),
        ("Attestation.", typeof(AttestationVerdict)), ("Health.", typeof(Health)), ("Gap.", typeof(GapPhase)), ("Mode.", typeof(DetectionMode)), ("Headline.", typeof(AlarmState)),
    ];

    [Fact]
    public void Both_languages_have_the_same_keys() => Spanish.Keys.ShouldBe(English.Keys, ignoreOrder: true);

    [Fact]
    public void Both_languages_have_the_same_placeholders_in_each_text() =>
        English.Where(text => !Placeholders(text.Value).SetEquals(Placeholders(Spanish[text.Key]))).Select(text => text.Key).ShouldBeEmpty();

    [Fact]
    public void No_text_is_empty() => English.Concat(Spanish).Concat(Detections).Where(text => string.IsNullOrWhiteSpace(text.Value)).Select(text => text.Key).ShouldBeEmpty();

    [Fact]
    public void Every_key_that_the_code_asks_for_is_there()
    {
        var missing = Sources().SelectMany(source => AskedFor().Matches(source).Select(match => match.Groups[1].Value)).Where(key => !English.ContainsKey(key))
            .Concat(Sources().SelectMany(source => Counted().Matches(source).SelectMany(match => (string[])[$"{match.Groups[1].Value}.One", $"{match.Groups[1].Value}.Other"]))
                .Where(key => !English.ContainsKey(key)))
            .Concat(Lights().Where(key => !English.ContainsKey(key)))
            .Concat(Enums.SelectMany(kind => Enum.GetNames(kind.Enum).Select(name => kind.Prefix + name)).Where(key => key is not "History.State" && !English.ContainsKey(key)));

        missing.Distinct().ShouldBeEmpty();
    }

    [Fact]
    public void Every_key_is_asked_for()
    {
        var sources = Sources().ToList();
        var literals = sources.SelectMany(source => Literal().Matches(source).Select(match => match.Groups[1].Value)).ToHashSet();
        var patterns = sources.SelectMany(source => Interpolated().Matches(source).Select(match => match.Groups[1].Value)).Where(pattern => pattern.Contains('.', StringComparison.Ordinal) && !pattern.StartsWith('{'))
            .Distinct().Select(pattern => new Regex($"^{Hole().Replace(Regex.Escape(pattern).Replace("\\{", "{").Replace("}", "}"), "[A-Za-z0-9]+")}$")).ToList();
        var lights = Lights().ToHashSet();

        English.Keys.Where(key => key.StartsWith("Light.", StringComparison.Ordinal) ? !lights.Contains(key)
            : !literals.Contains(key) && !literals.Contains(key[..Math.Max(0, key.LastIndexOf('.'))]) && !patterns.Exists(pattern => pattern.IsMatch(key))).ShouldBeEmpty();
    }

    [Fact]
    public void Every_detection_has_its_texts_in_Spanish_with_the_same_placeholders()
    {
        var expected = DetectionCatalog.BuiltIn.SelectMany(detection => TextsOf(detection).Select(text => (Key: $"{detection.Id}.{text.Part}", text.English))).ToDictionary(text => text.Key, text => text.English);

        Detections.Keys.ShouldBe(expected.Keys, ignoreOrder: true);
        expected.Where(text => text.Key.EndsWith(".Why", StringComparison.Ordinal) && !Named(text.Value).SetEquals(Named(Detections[text.Key]))).Select(text => text.Key).ShouldBeEmpty();
    }

    [Fact]
    public void Texts_are_of_their_language_and_filled_in()
    {
        Texts.In("es")["Nav.Alarms"].ShouldBe("Alarmas");
        Texts.English.Count("Records.All", 1, "1").ShouldBe("1 record");
        Texts.In("es").Count("Records.All", 2, "2").ShouldBe("2 registros");
        Texts.In("es").Title("key-tampering", "x").ShouldBe("Una clave protegida se desactivó, borró o sustituyó");
        Texts.In("es").Title("a-rule-of-ours", "Our rule").ShouldBe("Our rule");
        Texts.In("es").Span(TimeSpan.FromMinutes(90)).ShouldBe("90 minutos");
        Should.Throw<KeyNotFoundException>(() => Texts.English["No.Such"]);
    }

    private static IEnumerable<(string Part, string English)> TextsOf(DetectionDefinition detection) =>
        [("Title", detection.Title), ("Why", detection.Why), ("About", detection.About), ("Tuning", detection.Tuning)];

    /// <summary>Keys of the page's lights: a name, a state, and the sentence behind it where there is one.</summary>
    private static IEnumerable<string> Lights()
    {
        var source = File.ReadAllText(Path.Combine(Project(), "Dashboard", "HealthReading.cs"));
        foreach (Match light in Light().Matches(source))
        {
            var (name, state) = (light.Groups[2].Value, light.Groups[3].Value);
            yield return $"Light.{name}";
            yield return $"Light.{name}.{state}";
            if (light.Groups[1].Value == "Light" && name != "Alarms")
                yield return $"Light.{name}.{state}.Detail";
        }

        foreach (var key in new[] { "Source.reading", "Source.standby", "Source.starting", "Source.waiting", "Source.failing", "Heartbeat", "Heartbeat.failing", "Heartbeat.withheld" })
            yield return $"Light.{key}";
    }

    private static HashSet<string> Placeholders(string text) => [.. Placeholder().Matches(text).Select(match => match.Value)];

    private static HashSet<string> Named(string text) => [.. NamedPlaceholder().Matches(text).Select(match => match.Value)];

    private static Dictionary<string, string> Read(
        string file) => XDocument.Load(Path.Combine(Project(), "Languages", file)).Descendants("data")
        .ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);

    private static IEnumerable<string> Sources() => Directory.EnumerateFiles(Project(), "*.*", SearchOption.AllDirectories)
        .Where(file => (file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".razor", StringComparison.Ordinal)) && !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .Select(File.ReadAllText);

    private static string Project([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "KmsLab.Sentinel"));

    [GeneratedRegex("""\b(?:T|texts|_texts|Texts|English)\[\s*"([^"{]+)"(?:,|\])""")]
    private static partial Regex AskedFor();

    [GeneratedRegex("""\b(?:T|texts|Texts)\.Count\("([^"]+)",""")]
    private static partial Regex Counted();

    [GeneratedRegex("""(Light|Stored)\("(\w+)", Health\.\w+, "(\w+)"|(?!)""")]
    private static partial Regex Light();

    [GeneratedRegex("""(?<!\$)"([A-Za-z0-9.]+)"(?!\w)""")]
    private static partial Regex Literal();

    [GeneratedRegex("""\$"([A-Za-z0-9.{}\[\]_]+)"(?!\w)""")]
    private static partial Regex Interpolated();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Hole();

    [GeneratedRegex(@"\{\d+\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\{[a-zA-Z]+\}")]
    private static partial Regex NamedPlaceholder();
}
