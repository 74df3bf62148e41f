using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KmsLab.ServiceDefaults.Settings;

/// <summary>Writes down all settings of a service: a page for people, and a JSON schema for their editors.</summary>
public static class SettingsPage
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The page's part on a service, in Markdown.</summary>
    /// <param name="service">Its section, such as <c>CryptoApi</c>.</param>
    /// <param name="sections">What it reads.</param>
    public static string Write(string service, IEnumerable<SettingsSection> sections)
    {
        var page = new StringBuilder();
        WriteSection(page, SettingNode.Of(sections).Child(service)!, service, "##");
        return page.ToString();
    }

    /// <summary>A JSON schema of settings files that hold the services' sections.</summary>
    public static string WriteSchema(IEnumerable<SettingsSection> sections)
    {
        var schema = SchemaOf(SettingNode.Of(sections));
        schema["additionalProperties"] = true;
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        return schema.ToJsonString(Indented) + "\n";
    }

    private static void WriteSection(StringBuilder page, SettingNode node, string path, string heading)
    {
        page.Append($"{heading} {path}\n\n");
        if (node.Property is { } property && XmlDocs.SummaryOf(property) is { Length: > 0 } summary)
            page.Append($"{Clean(summary)}\n\n");

        var values = node.Children.Where(IsValue).ToList();
        if (values.Count > 0)
            page.Append("| setting | type | default | meaning |\n|---|---|---|---|\n");
        foreach (var value in values)
            page.Append($"| `{value.Name}` | {TypeOf(value)} | {DefaultOf(value)} | {Clean(MeaningOf(value))} |\n");
        if (values.Count > 0)
            page.Append('\n');

        foreach (var child in node.Children.Where(child => !IsValue(child)))
        {
            var (inner, place) = (child, $"{path}:{child.Name}");
            while (inner.Element is { } element)
            {
                place += inner.IsList ? ":[n]" : ":NAME";
                inner = element;
            }

            WriteSection(page, inner == child ? child : inner.As(child), place, heading.Length < 3 ? heading + "#" : heading);
        }
    }

    /// <summary>Single values, and lists and tables of them.</summary>
    private static bool IsValue(SettingNode node) => node.Value is not null || (node.Element is { } element && IsValue(element));

    private static string MeaningOf(SettingNode node) => node.Property is { } property ? XmlDocs.SummaryOf(property) : node.Meaning;

    private static string TypeOf(SettingNode node) => node switch
    {
        { Element: { } element, IsList: true } => $"list of {TypeOf(element)}",
        { Element: { } element } => $"{TypeOf(element)} by name",
        { Value: { IsEnum: true } type } => string.Join(", ", Enum.GetNames(type).Select(name => $"`{name}`")),
        { Value: { } type } => SchemaTypeOf(type) switch
        {
            "integer" => "whole number",
            "number" => "number",
            "boolean" => "`true`, `false`",
            _ when type == typeof(TimeSpan) => "duration",
            _ when type == typeof(DateTimeOffset) || type == typeof(DateTime) => "time",
            _ when type == typeof(Uri) => "address",
            _ => "text",
        },
        _ => "section",
    };

    private static string DefaultOf(SettingNode node) => ValueOf(node.Default) is { Length: > 0 } text ? $"`{text}`" : "";

    private static string ValueOf(object? value) => value switch
    {
        null => "",
        string text => text.StartsWith('/') ? "" : text,
        TimeSpan span => Duration.Format(span),
        bool flag => flag ? "true" : "false",
        Enum => value.ToString()!,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IDictionary => "",
        IEnumerable list => string.Join(", ", list.Cast<object?>().Select(ValueOf)),
        _ => value.ToString() ?? "",
    };

    private static string Clean(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static JsonObject SchemaOf(SettingNode node)
    {
        var schema = new JsonObject();
        if (MeaningOf(node) is { Length: > 0 } meaning)
            schema["description"] = meaning;
        if (node.Value is { } type)
        {
            schema["type"] = SchemaTypeOf(type);
            if (type.IsEnum)
                schema["enum"] = new JsonArray([.. Enum.GetNames(type).Select(name => (JsonNode)name)]);
            if (IsJson(type) && ValueOf(node.Default) is { Length: > 0 } text)
                schema["default"] = type == typeof(string) || type == typeof(TimeSpan) || type.IsEnum ? text : JsonNode.Parse(text);
        }
        else if (node.Element is { } element)
        {
            schema["type"] = node.IsList ? "array" : "object";
            schema[node.IsList ? "items" : "additionalProperties"] = SchemaOf(element);
        }
        else
        {
            schema["type"] = "object";
            var properties = node.Children.Select(child => KeyValuePair.Create(child.Name, (JsonNode?)SchemaOf(child)));
            schema["properties"] = new JsonObject(properties);
            schema["additionalProperties"] = false;
        }

        return schema;
    }

    /// <summary>Tells whether a default can stand in a schema as a settings file would write it.</summary>
    private static bool IsJson(Type type) =>
        type == typeof(string) || type == typeof(TimeSpan) || type.IsEnum || SchemaTypeOf(type) != "string";

    private static string SchemaTypeOf(Type type) => type.IsEnum ? "string" : Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => "boolean",
        TypeCode.Single or TypeCode.Double or TypeCode.Decimal => "number",
        >= TypeCode.SByte and <= TypeCode.UInt64 => "integer",
        _ => "string",
    };
}
