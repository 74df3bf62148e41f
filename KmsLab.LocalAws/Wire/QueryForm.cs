using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace KmsLab.LocalAws.Wire;

/// <summary>A Query request's parameters as the tree that their dotted names spell: <c>Tags.member.1.Key=a</c>.</summary>
internal sealed class QueryForm
{
    private const int MaxParameters = 20_000;
    private const int MaxDepth = 16;

    private Dictionary<string, QueryForm>? _children;

    /// <summary>The parameter's value; null for an inner node.</summary>
    public string? Value { get; private set; }

    public QueryForm? Child(string name) => _children?.GetValueOrDefault(name);

    /// <summary>Parses <c>application/x-www-form-urlencoded</c>.</summary>
    /// <exception cref="AwsException">Too many parameters, or names nested too deeply.</exception>
    public static QueryForm Parse(ReadOnlySpan<byte> body)
    {
        var root = new QueryForm();
        var count = 0;
        foreach (var range in Split(body, (byte)'&'))
        {
            var pair = body[range];
            if (pair.IsEmpty)
                continue;
            if (++count > MaxParameters)
                throw AwsException.Serialization($"More than {MaxParameters} parameters.");

            var equals = pair.IndexOf((byte)'=');
            var name = Decode(equals < 0 ? pair : pair[..equals]);
            root.Find(name).Value = equals < 0 ? "" : Decode(pair[(equals + 1)..]);
        }

        return root;
    }

    /// <summary>Writes the parameters as the JSON that <paramref name="contract"/> expects.</summary>
    /// <exception cref="AwsException">A value is not of the member's type.</exception>
    public void WriteAs(JsonTypeInfo contract, Utf8JsonWriter json)
    {
        switch (contract.Kind)
        {
            case JsonTypeInfoKind.Object:
                WriteObject(contract, json);
                break;
            case JsonTypeInfoKind.Enumerable:
                json.WriteStartArray();
                foreach (var item in Items("member"))
                    item.WriteAs(contract.Options.GetTypeInfo(contract.ElementType!), json);
                json.WriteEndArray();
                break;
            case JsonTypeInfoKind.Dictionary:
                WriteMap(contract, json);
                break;
            default:
                WriteScalar(contract.Type, json);
                break;
        }
    }

    private void WriteObject(JsonTypeInfo contract, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var property in contract.Properties)
        {
            // Older clients write an empty list under the member's own name, though it is flattened.
            if ((FlattenedMembers.Of(property)?.Name is { } flattened ? Child(flattened) : null) is not { } child && (child = Child(property.Name)) is null)
                continue;
            json.WritePropertyName(property.Name);
            child.WriteAs(contract.Options.GetTypeInfo(property.PropertyType), json);
        }

        json.WriteEndObject();
    }

    // Maps are entry.1.key and entry.1.value; SNS's message attributes say Name and Value, SQS's tags Key and Value.
    private void WriteMap(JsonTypeInfo contract, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var entry in Items("entry"))
        {
            if ((entry.Child("key") ?? entry.Child("Name") ?? entry.Child("Key"))?.Value is not { } key || (entry.Child("value") ?? entry.Child("Value")) is not { } value)
                throw AwsException.Serialization("A map's entry lacks its key or its value.");
            json.WritePropertyName(key);
            value.WriteAs(contract.Options.GetTypeInfo(contract.ElementType!), json);
        }

        json.WriteEndObject();
    }

    private void WriteScalar(Type type, Utf8JsonWriter json)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        var text = Value ?? throw AwsException.Serialization("A parameter has members where a value was expected.");
        if (type == typeof(string) || type == typeof(byte[]) || type == typeof(DateTimeOffset))
            json.WriteStringValue(text);
        else if (type == typeof(bool))
            json.WriteBooleanValue(bool.TryParse(text, out var flag) ? flag : throw NotA("Boolean", text));
        else if (type == typeof(double))
            AwsJson.WriteReal(json, double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) ? real : throw NotA("Double", text));
        else
            json.WriteNumberValue(long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : throw NotA("Integer", text));
    }

    private static AwsException NotA(string type, string text) => AwsException.Serialization($"The value '{(text.Length > 100 ? text[..100] : text)}' is not a {type}.");

    private IEnumerable<QueryForm> Items(string wrapper)
    {
        var list = Child(wrapper) ?? this;
        return list._children is null
            ? []
            : list._children
                .Select(child => (Index: int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : -1, Node: child.Value))
                .Where(item => item.Index >= 0)
                .OrderBy(item => item.Index)
                .Select(item => item.Node);
    }

    private QueryForm Find(string name)
    {
        var node = this;
        var depth = 0;
        foreach (var part in name.Split('.'))
        {
            if (++depth > MaxDepth)
                throw AwsException.Serialization("A parameter's name is nested too deeply.");
            node._children ??= new(StringComparer.Ordinal);
            if (!node._children.TryGetValue(part, out var child))
                node._children[part] = child = new();
            node = child;
        }

        return node;
    }

    private static string Decode(ReadOnlySpan<byte> encoded)
    {
        var text = Encoding.UTF8.GetString(encoded);
        return text.AsSpan().ContainsAny('+', '%') ? Uri.UnescapeDataString(text.Replace('+', ' ')) : text;
    }

    private static MemoryExtensions.SpanSplitEnumerator<byte> Split(ReadOnlySpan<byte> body, byte separator) => body.Split(separator);
}
