using System.Formats.Cbor;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using KmsLab.Tests.AwsSdk;

namespace KmsLab.Tests.LocalAws.Clients;

/// <summary>
/// Reads an answer by a service's model, whatever its protocol, and collects where it differs: members that the model doesn't have, required ones that are
/// missing, values of another type, values that an enumeration doesn't have.
/// </summary>
/// <param name="model">The service's model.</param>
/// <param name="knowsAll">Whether the model is new enough to know every member.</param>
/// <param name="problems">Where differences go.</param>
internal sealed class ModelCheck(AwsServiceModel model, bool knowsAll, List<string> problems)
{
    private static readonly string[] Instants = ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"];

    public JsonNode? Json(JsonElement value, JsonElement shape, string at)
    {
        switch (TypeOf(shape), value.ValueKind)
        {
            case ("structure", JsonValueKind.Object):
                return Structure(value.EnumerateObject().Select(member => (member.Name, member.Value)), shape, at, (content, inner, path) => Json(content, inner, path));
            case ("list", JsonValueKind.Array):
                return new JsonArray([.. value.EnumerateArray().Select((item, i) => Json(item, Element(shape, "member"), $"{at}.{i}"))]);
            case ("map", JsonValueKind.Object):
                return new JsonObject(value.EnumerateObject().Select(entry => KeyValuePair.Create(entry.Name, Json(entry.Value, Element(shape, "value"), $"{at}.{entry.Name}"))));
            case ("string", JsonValueKind.String):
                return Text(value.GetString()!, shape, at);
            case ("blob", JsonValueKind.String) when value.TryGetBytesFromBase64(out _):
                return value.GetString();
            case ("boolean", JsonValueKind.True or JsonValueKind.False):
                return value.GetBoolean();
            case ("integer" or "long", JsonValueKind.Number) when value.TryGetInt64(out var whole):
                return whole;
            case ("double" or "float" or "timestamp", JsonValueKind.Number):
                return value.GetDouble();
            default:
                return Wrong(at, TypeOf(shape), value.GetRawText());
        }
    }

    public JsonNode? Xml(XElement value, JsonElement shape, string at)
    {
        var children = value.Elements();
        switch (TypeOf(shape))
        {
            case "structure":
                return Structure(children.Select(member => (member.Name.LocalName, member)), shape, at, (content, inner, path) => Xml(content, inner, path));
            case "list":
                foreach (var stranger in children.Where(child => child.Name.LocalName != "member"))
                    Wrong(at, "member", stranger.Name.LocalName);
                return new JsonArray([.. children.Select((item, i) => Xml(item, Element(shape, "member"), $"{at}.{i}"))]);
            case "map":
                return new JsonObject(children.Select(entry =>
                {
                    if (entry.Name.LocalName != "entry" || entry.Elements().Count() != 2)
                        Wrong(at, "entry", entry.ToString());
                    var key = entry.Elements().First().Value;
                    return KeyValuePair.Create(key, Xml(entry.Elements().Last(), Element(shape, "value"), $"{at}.{key}"));
                }));
            case "boolean":
                return value.Value is "true" or "false" ? value.Value == "true" : Wrong(at, "boolean", value.Value);
            case "integer" or "long":
                return long.TryParse(value.Value, CultureInfo.InvariantCulture, out var whole) ? whole : Wrong(at, "integer", value.Value);
            case "double" or "float":
                return double.TryParse(value.Value, CultureInfo.InvariantCulture, out var real) ? real : Wrong(at, "double", value.Value);
            case "timestamp":
                return DateTime.TryParseExact(value.Value, Instants, CultureInfo.InvariantCulture, default, out _) ? value.Value : Wrong(at, "timestamp", value.Value);
            default:
                return Text(value.Value, shape, at);
        }
    }

    public JsonNode? Cbor(CborReader cbor, JsonElement shape, string at)
    {
        switch (TypeOf(shape), cbor.PeekState())
        {
            case ("structure", CborReaderState.StartMap):
                return Structure(Entries(cbor), shape, at, (_, inner, path) => Cbor(cbor, inner, path));
            case ("map", CborReaderState.StartMap):
                return new JsonObject(Entries(cbor).Select(entry => KeyValuePair.Create(entry.Item1, Cbor(cbor, Element(shape, "value"), $"{at}.{entry.Item1}"))));
            case ("list", CborReaderState.StartArray):
                var list = new JsonArray();
                cbor.ReadStartArray();
                while (cbor.PeekState() != CborReaderState.EndArray)
                    list.Add(Cbor(cbor, Element(shape, "member"), $"{at}.{list.Count}"));
                cbor.ReadEndArray();
                return list;
            case ("string", CborReaderState.TextString):
                return Text(cbor.ReadTextString(), shape, at);
            case ("boolean", CborReaderState.Boolean):
                return cbor.ReadBoolean();
            case ("integer" or "long", CborReaderState.UnsignedInteger or CborReaderState.NegativeInteger):
                return cbor.ReadInt64();
            case ("double" or "float", CborReaderState.DoublePrecisionFloat or CborReaderState.SinglePrecisionFloat or CborReaderState.HalfPrecisionFloat):
                return cbor.ReadDouble();
            case ("timestamp", CborReaderState.Tag) when cbor.ReadTag() == CborTag.UnixTimeSeconds:
                return cbor.PeekState() is CborReaderState.UnsignedInteger or CborReaderState.NegativeInteger ? cbor.ReadInt64() : cbor.ReadDouble();
            default:
                Wrong(at, TypeOf(shape), cbor.PeekState().ToString());
                cbor.SkipValue();
                return null;
        }
    }

    private JsonObject Structure<T>(IEnumerable<(string Name, T Content)> members, JsonElement shape, string at, Func<T, JsonElement, string, JsonNode?> read)
    {
        var known = model.MembersOf(shape);
        var found = new JsonObject();
        foreach (var (name, content) in members)
        {
            if (!known.TryGetValue(name, out var inner) && knowsAll)
                problems.Add($"{at}.{name} is no member of {model.NameOf(shape)}");
            if (!found.TryAdd(name, known.ContainsKey(name) ? read(content, inner, $"{at}.{name}") : Skipped(content)))
                problems.Add($"{at}.{name} is there twice");
        }

        if (shape.TryGetProperty("required", out var required))
            problems.AddRange(required.EnumerateArray().Select(name => name.GetString()!).Where(name => !found.ContainsKey(name)).Select(name => $"{at}.{name} is missing"));
        return found;
    }

    private static JsonNode? Skipped<T>(T content)
    {
        if (content is CborReader cbor)
            cbor.SkipValue();
        return null;
    }

    private static IEnumerable<(string, CborReader)> Entries(CborReader cbor)
    {
        cbor.ReadStartMap();
        while (cbor.PeekState() != CborReaderState.EndMap)
            yield return (cbor.ReadTextString(), cbor);
        cbor.ReadEndMap();
    }

    private JsonNode? Text(string text, JsonElement shape, string at)
    {
        if (knowsAll && shape.TryGetProperty("enum", out var values) && values.EnumerateArray().All(value => value.GetString() != text))
            problems.Add($"{at} is '{text}', which {model.NameOf(shape)} doesn't have");
        return text;
    }

    private JsonNode? Wrong(string at, string? expected, string found)
    {
        problems.Add($"{at} is no {expected}: {found}");
        return null;
    }

    private JsonElement Element(JsonElement shape, string side) => model.Shape(shape.GetProperty(side).GetProperty("shape").GetString()!);

    private static string? TypeOf(JsonElement shape) => shape.GetProperty("type").GetString();
}
