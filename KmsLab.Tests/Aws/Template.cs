using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KmsLab.Tests.Aws;

/// <summary>A CloudFormation template, its short tags spelt out: <c>!Ref X</c> is <c>{"Ref": "X"}</c>, <c>!GetAtt X.Arn</c> is <c>{"Fn::GetAtt": ["X", "Arn"]}</c>.</summary>
internal sealed class Template
{
    private Template(string file)
    {
        Name = Path.GetFileName(file);
        Text = File.ReadAllText(file);
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Text));
        Root = Convert(yaml.Documents[0].RootNode)!.AsObject();
    }

    /// <summary>The folder aws/.</summary>
    public static string Folder { get; } = FindFolder();

    /// <summary>All templates, by file name.</summary>
    public static IReadOnlyDictionary<string, Template> All { get; } =
        Directory.GetFiles(Folder, "*.yaml").Select(file => new Template(file)).OrderBy(template => template.Name, StringComparer.Ordinal).ToDictionary(template => template.Name);

    /// <summary>The names of all templates, for theories.</summary>
    public static TheoryData<string> Names => [.. All.Keys];

    public string Name { get; }

    public string Text { get; }

    public JsonObject Root { get; }

    public JsonObject Parameters => Section("Parameters");

    public JsonObject Conditions => Section("Conditions");

    public JsonObject Resources => Section("Resources");

    public JsonObject Outputs => Section("Outputs");

    /// <summary>The resources of a type.</summary>
    public IEnumerable<(string Id, JsonObject Resource)> OfType(string type) =>
        Resources.Where(resource => resource.Value!["Type"]!.GetValue<string>() == type).Select(resource => (resource.Key, resource.Value!.AsObject()));

    /// <summary>A resource's property; null where it has none.</summary>
    public JsonNode? Property(string id, string property) => Resources[id]!["Properties"]?[property];

    /// <summary>A node and all below it, with their paths.</summary>
    public static IEnumerable<(string Path, JsonNode Node)> Walk(JsonNode? node, string path = "")
    {
        if (node is null)
            yield break;
        yield return (path, node);
        var children = node switch
        {
            JsonObject map => map.Select(child => (child.Key, child.Value)),
            JsonArray list => list.Select((child, i) => (i.ToString(System.Globalization.CultureInfo.InvariantCulture), child)),
            _ => [],
        };
        foreach (var (key, child) in children)
        {
            foreach (var found in Walk(child, $"{path}/{key}"))
                yield return found;
        }
    }

    private JsonObject Section(string name) => Root[name] as JsonObject ?? [];

    private static JsonNode? Convert(YamlNode node)
    {
        var value = node switch
        {
            YamlScalarNode scalar => JsonValue.Create(scalar.Value),
            YamlSequenceNode list => new JsonArray([.. list.Select(Convert)]),
            YamlMappingNode map => new JsonObject(map.Children.Select(child => KeyValuePair.Create(((YamlScalarNode)child.Key).Value!, Convert(child.Value)))),
            _ => (JsonNode?)null,
        };
        return node.Tag is { IsEmpty: false, IsNonSpecific: false } tag && tag.Value.StartsWith('!') ? Spell(tag, value) : value;
    }

    private static JsonObject Spell(TagName tag, JsonNode? value) => tag.Value[1..] switch
    {
        "Ref" => new() { ["Ref"] = value },
        "Condition" => new() { ["Condition"] = value },
        "GetAtt" when value is JsonValue text && text.GetValue<string>().Split('.', 2) is [var id, var attribute] => new() { ["Fn::GetAtt"] = new JsonArray(id, attribute) },
        var function => new() { [$"Fn::{function}"] = value },
    };

    private static string FindFolder([CallerFilePath] string thisFile = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "aws"));
}
