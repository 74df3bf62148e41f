using System.Text.Json;
using System.Text.Json.Serialization;

namespace KmsLab.Simulator;

/// <summary>The scenarios, as <c>scenarios.json</c> has them.</summary>
public static class ScenarioCatalog
{
    private const string Resource = "scenarios.json";

    /// <summary>All of them, the normal day first.</summary>
    public static IReadOnlyList<ScenarioInfo> All { get; } = ReadEmbedded();

    /// <summary>The scenario with this id, or null.</summary>
    public static ScenarioInfo? Find(string id) => All.FirstOrDefault(scenario => scenario.Id == id);

    /// <summary>Reads the file's text.</summary>
    /// <exception cref="JsonException">A member is missing, or one is there that nobody knows.</exception>
    /// <exception cref="InvalidDataException">Two scenarios have the same id, or one has no length or speed.</exception>
    internal static IReadOnlyList<ScenarioInfo> Read(Stream json)
    {
        var scenarios = JsonSerializer.Deserialize(json, ScenarioJson.Default.IReadOnlyListScenarioInfo) ?? [];
        if (scenarios.GroupBy(scenario => scenario.Id).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new InvalidDataException($"{Resource}: {twice.Key} is there twice.");
        if (scenarios.FirstOrDefault(scenario => scenario.LengthSeconds <= 0 || !(scenario.LiveSpeed > 0)) is { } still)
            throw new InvalidDataException($"{Resource}: lengthSeconds and liveSpeed of {still.Id} must be above 0.");
        return scenarios;
    }

    private static IReadOnlyList<ScenarioInfo> ReadEmbedded()
    {
        using var json = typeof(ScenarioCatalog).Assembly.GetManifestResourceStream(Resource)!;
        return Read(json);
    }
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, PropertyNameCaseInsensitive = false)]
[JsonSerializable(typeof(IReadOnlyList<ScenarioInfo>))]
internal sealed partial class ScenarioJson : JsonSerializerContext;
