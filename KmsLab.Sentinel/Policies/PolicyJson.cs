using System.Text.Json;

namespace KmsLab.Sentinel.Policies;

/// <summary>Reads the elements of a policy, whatever their case and whether one value or a list.</summary>
internal static class PolicyJson
{
    public static JsonElement Element(JsonElement parent, string name)
    {
        if (parent.ValueKind != JsonValueKind.Object)
            return default;

        return parent.EnumerateObject().FirstOrDefault(member => string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase)).Value;
    }

    /// <summary>The items of a list; anything else is a list of itself, and nothing one of none.</summary>
    public static IEnumerable<JsonElement> Each(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray(),
        JsonValueKind.Undefined or JsonValueKind.Null => [],
        _ => [value],
    };

    /// <summary>The texts of a list or of one value; numbers and Booleans as they are written.</summary>
    public static IEnumerable<string> Texts(JsonElement value) => Each(value).Select(Text).OfType<string>();

    public static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };
}
