using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KmsLab.Tests.LocalAws.Clients;

/// <summary>
/// <c>calls.json</c>: calls of every operation that is served, in an order in which they work, as every client makes them. What a call answers may be kept
/// under a name and used further on as <c>${name}</c> (<c>name</c> and <c>prefix</c>, which it begins with, are the client's own); <c>$blob</c>, <c>$seconds</c> and <c>$millis</c> stand for bytes and for instants from now.
/// </summary>
internal static partial class CallTable
{
    private const string File = "calls.json";

    public static IReadOnlyList<TableCall> Of(string service) =>
        [.. Read()[service]!.AsArray().Select(call => new TableCall(call!.AsObject()))];

    /// <summary>The table as it is, for a client of another language.</summary>
    public static string Text()
    {
        using var reader = new StreamReader(typeof(CallTable).Assembly.GetManifestResourceStream(typeof(CallTable), File)!);
        return reader.ReadToEnd();
    }

    /// <summary>A request with everything in it that stands for something else put in.</summary>
    public static JsonNode? Fill(JsonNode? value, Dictionary<string, JsonNode?> kept, DateTimeOffset now) => value switch
    {
        JsonObject map when map.Count == 1 && Special(map.Single(), now) is { } special => special,
        JsonObject map => new JsonObject(map.Select(member => KeyValuePair.Create(member.Key, Fill(member.Value, kept, now)))),
        JsonArray list => new JsonArray([.. list.Select(item => Fill(item, kept, now))]),
        JsonValue text when text.GetValueKind() == JsonValueKind.String => Fill(text.GetValue<string>(), kept),
        _ => value?.DeepClone(),
    };

    private static JsonNode? Fill(string text, Dictionary<string, JsonNode?> kept)
    {
        var name = Name().Match(text);
        if (name.Success && name.Length == text.Length)
            return kept[name.Groups[1].Value]?.DeepClone();
        return Name().Replace(text, match => kept[match.Groups[1].Value]!.GetValue<string>());
    }

    private static JsonNode? Special(KeyValuePair<string, JsonNode?> member, DateTimeOffset now) => member.Key switch
    {
        "$blob" => member.Value!.GetValue<string>(),
        "$seconds" => (now.ToUnixTimeSeconds() + member.Value!.GetValue<long>()),
        "$millis" => (now.ToUnixTimeMilliseconds() + member.Value!.GetValue<long>()),
        _ => null,
    };

    private static JsonNode Read() => JsonNode.Parse(Text())!;

    [GeneratedRegex(@"\$\{(\w+)\}")]
    private static partial Regex Name();
}

/// <summary>One call of the table.</summary>
internal sealed class TableCall(JsonObject json)
{
    public string Operation { get; } = json["call"]!.GetValue<string>();

    public JsonObject Request { get; } = json["with"]!.AsObject();

    /// <summary>The names under which parts of the answer are kept, with their paths.</summary>
    public IEnumerable<(string Name, string Path)> Keep { get; } =
        json["keep"] is JsonObject keep ? [.. keep.Select(entry => (entry.Key, entry.Value!.GetValue<string>()))] : [];

    /// <summary>The error that the call answers with; null when it succeeds.</summary>
    public string? Error { get; } = json["fails"]?.GetValue<string>();

    /// <summary>The error's code in the Query protocol.</summary>
    public string? QueryError { get; } = (json["code"] ?? json["fails"])?.GetValue<string>();

    /// <summary>A part of an answer by its path, such as <c>Keys.0.KeyId</c>.</summary>
    public static JsonNode? Part(JsonNode? answer, string path) => path.Split('.').Aggregate(
        answer, (part, name) => part is JsonArray list ? list[int.Parse(name, CultureInfo.InvariantCulture)] : part?[name]);
}
