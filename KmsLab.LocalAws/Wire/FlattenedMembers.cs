using System.Collections.Concurrent;
using System.Text.Json.Serialization.Metadata;

namespace KmsLab.LocalAws.Wire;

/// <summary>Finds the members that Query flattens.</summary>
internal static class FlattenedMembers
{
    private static readonly ConcurrentDictionary<JsonPropertyInfo, FlattenedAttribute?> Known = new();

    /// <summary>How a member is flattened; null: it isn't.</summary>
    public static FlattenedAttribute? Of(JsonPropertyInfo member) => Known.GetOrAdd(member, static m =>
        m.AttributeProvider?.GetCustomAttributes(typeof(FlattenedAttribute), false).OfType<FlattenedAttribute>().FirstOrDefault());
}
