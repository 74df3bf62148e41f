using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KmsLab.Sentinel.Sources.Files;

/// <summary>Reads rows, maps and lists as Trino writes them into a table's cell: <c>{type=AssumedRole, arn=..., attributes={a=b}}</c>, <c>[{arn=...}]</c>.</summary>
/// <remarks>The form quotes nothing, so a text ends where the next name begins; that is right for all that CloudTrail's columns hold but texts that imitate it.</remarks>
internal sealed partial class RowText(string text)
{
    private int _at;

    /// <summary>The value, as far as it can be told.</summary>
    public JsonNode? Read(int depth = 0)
    {
        if (depth > 64 || _at >= text.Length)
            return null;
        if (text[_at] is '{' or '[' && JsonHere() is { } json)
            return json;

        return text[_at] switch
        {
            '{' => ReadObject(depth),
            '[' => ReadArray(depth),
            _ => ReadText(),
        };
    }

    private JsonObject ReadObject(int depth)
    {
        var members = new JsonObject();
        for (_at++; _at < text.Length && text[_at] != '}';)
        {
            var equals = text.IndexOf('=', _at);
            if (equals < 0)
                break;

            var name = text[_at..equals].Trim();
            _at = equals + 1;
            members[name] = Read(depth + 1);
            SkipSeparator();
        }

        _at++;
        return members;
    }

    private JsonArray ReadArray(int depth)
    {
        var items = new JsonArray();
        for (_at++; _at < text.Length && text[_at] != ']';)
        {
            var before = _at;
            items.Add(Read(depth + 1));
            SkipSeparator();
            if (_at == before)
                break;
        }

        _at++;
        return items;
    }

    private JsonValue? ReadText()
    {
        var end = EndOfText().Match(text, _at) is { Success: true } found ? found.Index : text.Length;
        var value = text[_at..end];
        _at = end;
        return value is "null" or "" ? null : JsonValue.Create(value);
    }

    /// <summary>A policy document stands as a text in a map: JSON, and no part of the row.</summary>
    private JsonValue? JsonHere()
    {
        if (!JsonBegins().IsMatch(text, _at))
            return null;

        var scan = new ValueScan(depth: 0);
        var rest = System.Text.Encoding.UTF8.GetBytes(text[_at..]);
        if (!scan.Advance(rest))
            return null;

        var value = System.Text.Encoding.UTF8.GetString(rest.AsSpan(0, scan.Position));
        _at += value.Length;
        return JsonValue.Create(value);
    }

    private void SkipSeparator()
    {
        while (_at < text.Length && text[_at] is ',' or ' ')
            _at++;
    }

    [GeneratedRegex(@", [A-Za-z][\w:./-]*=|[}\]]|, (?=\{)")]
    private static partial Regex EndOfText();

    [GeneratedRegex("""\G(\{\s*"|\[\s*(\{\s*)?")""")]
    private static partial Regex JsonBegins();
}
