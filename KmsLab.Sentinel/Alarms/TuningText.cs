using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Alarms;

/// <summary>Writes the configuration that would have kept an alarm quiet, for whoever found it false: exceptions of its detection, as JSON to paste.</summary>
/// <remarks>
/// As narrow as the evidence allows: a pair of principal and key each while these are few and all of the evidence is at hand, else the principals.
/// </remarks>
internal static class TuningText
{
    private const int MostPairs = 5;
    private const int MostPrincipals = 20;

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Detections that judge what Sentinel found, or an earlier record anew: exceptions say nothing of that.</summary>
    private static readonly HashSet<string> Unexceptional =
        [ForgedRecords.Definition.Id, ReplayedAttestation.Definition.Id, DeliverySilent.Definition.Id, EvidenceFlood.Definition.Id, TrailAltered.Definition.Id];

    /// <returns>Null where no exception would have kept it quiet.</returns>
    public static string? Of(Alarm alarm, ConfiguredDetection detection, string reason)
    {
        if (alarm.Evidence.Count == 0 || Unexceptional.Contains(alarm.Detection) || alarm.Evidence.Any(record => record.Principal is AlarmTraits.Sentinel or StablePrincipal.Unknown))
            return null;

        var covered = Covered(alarm);
        if (covered.Count > MostPrincipals)
            return null;

        var exceptions = new JsonObject();
        foreach (var ((principal, key), number) in covered.Select((pair, index) => (pair, index + 1)))
        {
            exceptions[string.Create(CultureInfo.InvariantCulture, $"{alarm.Id}-{number}")] = key is null
                ? new JsonObject { ["Principal"] = Literal(principal), ["Reason"] = reason }
                : new JsonObject { ["Principal"] = Literal(principal), ["Key"] = Literal(key), ["Reason"] = reason };
        }

        var section = DetectionCatalog.BuiltIn.Any(definition => definition.Id == detection.Definition.Id) ? "Detections" : "Rules";
        return new JsonObject
        {
            ["Sentinel"] = new JsonObject { [section] = new JsonObject { [detection.Definition.Id] = new JsonObject { ["Exceptions"] = exceptions } } },
        }.ToJsonString(Readable);
    }

    private static List<(string Principal, string? Key)> Covered(Alarm alarm)
    {
        var pairs = alarm.Evidence.Select(record => (record.Principal, Key: record.KeyArn)).Distinct().ToList();
        return alarm.EvidenceTotal <= alarm.Evidence.Count && pairs.Count <= MostPairs
            ? pairs
            : [.. pairs.Select(pair => (pair.Principal, (string?)null)).Distinct()];
    }

    /// <summary>A name in a record is its writer's to choose: it must not match more than itself.</summary>
    private static string Literal(string name) => string.Concat(name.Select(letter => letter is '*' or '?' or '\\' ? $"\\{letter}" : $"{letter}"));
}
