using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using System.Xml.Linq;

namespace KmsLab.ServiceDefaults.Settings;

/// <summary>Reads what the compiler keeps of the comments: the XML file beside each assembly.</summary>
internal static class XmlDocs
{
    private static readonly ConcurrentDictionary<Assembly, IReadOnlyDictionary<string, XElement>> Files = new();

    /// <summary>The summary of a property, in Markdown; empty where there is none.</summary>
    public static string SummaryOf(PropertyInfo property)
    {
        var name = $"P:{property.DeclaringType!.FullName!.Replace('+', '.')}.{property.Name}";
        for (var (member, follows) = (Find(property.DeclaringType.Assembly, name), 0); member is not null && follows < 4; follows++)
        {
            if (member.Element("summary") is { } summary)
                return Text(summary);
            if (member.Element("inheritdoc")?.Attribute("cref")?.Value is not { } other)
                break;

            member = Find(property.DeclaringType.Assembly, other);
        }

        return "";
    }

    private static XElement? Find(Assembly assembly, string name) => Files.GetOrAdd(assembly, Load).GetValueOrDefault(name);

    private static IReadOnlyDictionary<string, XElement> Load(Assembly assembly)
    {
        var file = Path.ChangeExtension(Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".dll"), ".xml");
        return File.Exists(file)
            ? XDocument.Load(file).Descendants("member").ToDictionary(member => member.Attribute("name")!.Value)
            : new Dictionary<string, XElement>();
    }

    private static string Text(XElement element)
    {
        var text = new StringBuilder();
        foreach (var node in element.Nodes())
        {
            text.Append(node switch
            {
                XText plain => plain.Value,
                XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
                XElement reference when NameIn(reference) is { } name => $"`{LastOf(name)}`",
                XElement { Name.LocalName: "see" } link => link.Attribute("href")?.Value,
                XElement inner => Text(inner),
                _ => "",
            });
        }

        return string.Join(' ', text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static string? NameIn(XElement reference) =>
        (reference.Attribute("cref") ?? reference.Attribute("langword") ?? reference.Attribute("name"))?.Value;

    private static string LastOf(string name) => name.Split('(')[0] is var plain ? plain[(plain.LastIndexOf('.') + 1)..] : name;
}
