using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace KmsLab.LocalAws.Wire;

/// <summary>A request or response as validation and the trail see it: members with their constraints, read once from the type's wire contract.</summary>
internal sealed class Shape
{
    private static readonly ConcurrentDictionary<Type, Shape> Known = new();
    private static readonly Lock Making = new();

    // Under the lock: those that are being made, which members of each other may name.
    private static readonly Dictionary<Type, Shape> Unfinished = [];

    private Shape()
    {
    }

    public IReadOnlyList<Member> Members { get; private set; } = [];

    public static Shape Of(JsonTypeInfo contract)
    {
        if (Known.TryGetValue(contract.Type, out var known))
            return known;

        lock (Making)
        {
            if (Known.TryGetValue(contract.Type, out known) || Unfinished.TryGetValue(contract.Type, out known))
                return known;
            var isOutermost = Unfinished.Count == 0;
            var shape = Unfinished[contract.Type] = new Shape();
            shape.Members = [.. contract.Properties.Where(p => p.Get is not null).Select(p => new Member(p, contract.Options))];
            if (isOutermost)
                Publish();
            return shape;
        }
    }

    private static void Publish()
    {
        foreach (var (type, shape) in Unfinished)
            Known[type] = shape;
        Unfinished.Clear();
    }

    /// <summary>A member of a shape.</summary>
    internal sealed class Member
    {
        private readonly JsonPropertyInfo _property;

        public Member(JsonPropertyInfo property, JsonSerializerOptions options)
        {
            _property = property;
            TrailName = CamelCase(property.Name);
            EncodedTrailName = JsonEncodedText.Encode(TrailName, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
            Constraint = property.AttributeProvider?.GetCustomAttributes(typeof(ConstraintAttribute), false).OfType<ConstraintAttribute>().FirstOrDefault();
            NotServed = property.AttributeProvider?.GetCustomAttributes(typeof(NotServedAttribute), false).OfType<NotServedAttribute>().FirstOrDefault()?.Why;
            IsOnTrail = property.PropertyType != typeof(byte[]) && property.AttributeProvider?.IsDefined(typeof(NotOnTrailAttribute), false) != true;
            IsCollection = options.GetTypeInfo(property.PropertyType).Kind is JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary;
            Nested = NestedShape(property.PropertyType, options);
        }

        /// <summary>The member's name on the wire.</summary>
        public string Name => _property.Name;

        /// <summary>Whether it is a list or a map.</summary>
        public bool IsCollection { get; }

        /// <summary>The member's name with a small first letter, as CloudTrail and validation messages write it.</summary>
        public string TrailName { get; }

        public JsonEncodedText EncodedTrailName { get; }

        public ConstraintAttribute? Constraint { get; }

        /// <summary>The reason for which it is refused here; null when it is served.</summary>
        public string? NotServed { get; }

        public bool IsOnTrail { get; }

        /// <summary>The shape of the member, or of its elements, when it is a structure.</summary>
        public Shape? Nested { get; }

        public object? Get(object owner) => _property.Get!(owner);

        private static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];

        private static Shape? NestedShape(Type type, JsonSerializerOptions options)
        {
            var contract = options.GetTypeInfo(type);
            while (contract is { Kind: JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary, ElementType: { } element })
                contract = options.GetTypeInfo(element);
            return contract.Kind == JsonTypeInfoKind.Object ? Of(contract) : null;
        }
    }
}
