using System.Text.Json.Nodes;

namespace KmsLab.Benchmarks.Ingest;

/// <summary>Makes a record odd, in one of ten ways: most of them still say what happened.</summary>
internal static class OddLine
{
    public static string Of(string record, Random random) => random.Next(10) switch
    {
        0 => Moved(record, random),
        1 => record.Replace("\"eventName\":\"", "\"eventName\":\"\\u0044", StringComparison.Ordinal),
        2 => record.Replace("Java/17.0.7", "a\\\"b\\\\c\\n\u00e9", StringComparison.Ordinal),
        3 => record.Replace(",\"", ", \"", StringComparison.Ordinal).Replace("\":", "\": ", StringComparison.Ordinal),
        4 => Without(record, random),
        5 => record.Replace("\"tenant\"", $"\"tenant-{random.Next(1_000_000)}\"", StringComparison.Ordinal),
        6 => record.Replace(
            "\"responseElements\":null", $"\"responseElements\":{{\"a\":[1,2,{{\"q\":\"]}}\"}}],\"b\":{{\"c\":{random.Next()}.5}}}}", StringComparison.Ordinal),
        7 => record[..^1] + ",\"eventName\":\"Encrypt\"}",
        8 => record.Replace("\"readOnly\":true", "\"readOnly\":\"true\"", StringComparison.Ordinal),
        _ => record[..random.Next(1, record.Length)],
    };

    private static string Moved(string record, Random random)
    {
        var members = JsonNode.Parse(record)!.AsObject().ToList();
        var moved = members.OrderBy(_ => random.Next()).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()));
        return new JsonObject(moved).ToJsonString();
    }

    private static string Without(string record, Random random)
    {
        var members = JsonNode.Parse(record)!.AsObject();
        members.Remove(members.ElementAt(random.Next(members.Count)).Key);
        return members.ToJsonString();
    }
}
