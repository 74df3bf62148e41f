using System.Text.Json;
using System.Text.Json.Serialization;

namespace KmsLab.Simulator;

/// <summary>What a run did: what of it was an attack, by whom, from when to when. Detections are judged by it.</summary>
/// <param name="Scenario">The scenario's id; of several, with commas between.</param>
/// <param name="Seed">The seed: the same one plans the same run.</param>
/// <param name="From">When the run began.</param>
/// <param name="To">When it ended.</param>
/// <param name="Attacks">The attacks in it, by their beginning; none in a normal day.</param>
/// <param name="Calls">How many calls were made or written, good ones and bad ones.</param>
/// <param name="Failed">How many of them failed otherwise than planned; 0 in files.</param>
/// <param name="Note">What a reader has to know besides, such as what could not be done here.</param>
public sealed record GroundTruth(
    string Scenario, int Seed, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<AttackSpan> Attacks, long Calls, long Failed = 0, string? Note = null)
{
    /// <summary>Writes it as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, TruthJson.Default.GroundTruth);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static GroundTruth FromJson(string json) =>
        JsonSerializer.Deserialize(json, TruthJson.Default.GroundTruth) ?? throw new JsonException("The ground truth is null.");
}

/// <summary>One attack.</summary>
/// <param name="Scenario">The id of the attack's scenario.</param>
/// <param name="Principal">The stable principal on the trail: a role's ARN rather than a session's. Of an attack through the API it is the application's.</param>
/// <param name="Client">Of an attack through the API, the client as the application tells it apart, such as <c>address:203.0.113.66</c>; otherwise null.</param>
/// <param name="From">When it began.</param>
/// <param name="To">When it was over: after the last call, and where something was changed, after it was put right.</param>
/// <param name="FirstCall">The first call that a detection could have seen.</param>
/// <param name="Expected">The detections that are expected to find it, each by itself.</param>
/// <param name="ClientTag">The client's tag in the proofs on the trail, where it is known (files).</param>
public sealed record AttackSpan(
    string Scenario, string Principal, string? Client, DateTimeOffset From, DateTimeOffset To, DateTimeOffset FirstCall, IReadOnlyList<string> Expected, string? ClientTag = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(GroundTruth))]
internal sealed partial class TruthJson : JsonSerializerContext;
