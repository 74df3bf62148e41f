using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Xml.Linq;

namespace KmsLab.LocalAws.Upstream;

/// <summary>Rewrites the result of a Query answer as the JSON that its contract reads.</summary>
internal static class XmlToJson
{
    public static void Write(XElement xml, JsonTypeInfo contract, Utf8JsonWriter json)
    {
        switch (contract.Kind)
        {
            case JsonTypeInfoKind.Object:
                json.WriteStartObject();
                foreach (var property in contract.Properties)
                {
                    if (xml.Elements().FirstOrDefault(element => element.Name.LocalName == property.Name) is not { } member)
                        continue;
                    json.WritePropertyName(property.Name);
                    Write(member, contract.Options.GetTypeInfo(property.PropertyType), json);
                }

                json.WriteEndObject();
                break;
            case JsonTypeInfoKind.Enumerable:
                json.WriteStartArray();
                foreach (var item in xml.Elements())
                    Write(item, contract.Options.GetTypeInfo(contract.ElementType!), json);
                json.WriteEndArray();
                break;
            case JsonTypeInfoKind.Dictionary:
                json.WriteStartObject();
                foreach (var entry in xml.Elements().Where(entry => entry.Elements().Count() == 2))
                {
                    json.WritePropertyName(entry.Elements().First().Value);
                    Write(entry.Elements().Last(), contract.Options.GetTypeInfo(contract.ElementType!), json);
                }

                json.WriteEndObject();
                break;
            default:
                WriteScalar(xml.Value, Nullable.GetUnderlyingType(contract.Type) ?? contract.Type, json);
                break;
        }
    }

    private static void WriteScalar(string text, Type type, Utf8JsonWriter json)
    {
        if (type == typeof(bool) && bool.TryParse(text, out var flag))
            json.WriteBooleanValue(flag);
        else if ((type == typeof(int) || type == typeof(long)) && long.TryParse(text, CultureInfo.InvariantCulture, out var whole))
            json.WriteNumberValue(whole);
        else if (type == typeof(double) && double.TryParse(text, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real))
            json.WriteNumberValue(real);
        else
            json.WriteStringValue(text);
    }
}
