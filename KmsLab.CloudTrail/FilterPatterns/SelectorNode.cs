using System.Text;
using System.Text.Json;

namespace KmsLab.CloudTrail.FilterPatterns;

/// <summary>
/// All selectors of a pattern as one automaton: a message is read once, each value takes it one node further, and what no selector asks for is skipped.
/// </summary>
/// <remarks>
/// A node stands for the set of selectors that are still in play, with a place in each. A named property goes where both its own steps and the
/// wildcard steps lead, so no value is ever visited twice. Selectors have no loops, so this is a tree.
/// </remarks>
internal sealed class SelectorNode
{
    private readonly (byte[] Name, SelectorNode Node)[] _properties;
    private readonly (int Index, SelectorNode Node)[] _elements;
    private readonly SelectorNode? _otherProperty;
    private readonly SelectorNode? _otherElement;

    private SelectorNode(List<Place> places)
    {
        Leaves = [.. places.Where(place => place.IsEnd).Select(place => place.Leaf)];
        _properties = [.. places.Where(place => place.Next.Property is not null).Select(place => place.Next.Property!).Distinct()
            .Select(name => (Encoding.UTF8.GetBytes(name), Follow(places, step => !step.IsArray && (step.IsWildcard || step.Property == name))!))];
        _elements = [.. places.Where(place => place.Next.Index is not null).Select(place => place.Next.Index!.Value).Distinct()
            .Select(index => (index, Follow(places, step => step.IsArray && (step.IsWildcard || step.Index == index))!))];
        _otherProperty = Follow(places, step => step is { IsWildcard: true, IsArray: false });
        _otherElement = Follow(places, step => step is { IsWildcard: true, IsArray: true });
    }

    /// <summary>The selectors that end here, by their index.</summary>
    public int[] Leaves { get; }

    public bool HasProperties => _properties.Length > 0 || _otherProperty is not null;

    public bool HasElements => _elements.Length > 0 || _otherElement is not null;

    public static SelectorNode Build(IEnumerable<Selector> selectors) =>
        new([.. selectors.Select((selector, leaf) => new Place(selector, leaf, 0))]);

    /// <summary>Where the property that <paramref name="reader"/> stands on leads to, or null if no selector wants it.</summary>
    public SelectorNode? Property(ref Utf8JsonReader reader)
    {
        foreach (var (name, node) in _properties)
        {
            if (reader.ValueTextEquals(name))
                return node;
        }

        return _otherProperty;
    }

    public SelectorNode? Element(int index)
    {
        foreach (var (at, node) in _elements)
        {
            if (at == index)
                return node;
        }

        return _otherElement;
    }

    private static SelectorNode? Follow(List<Place> places, Func<SelectorStep, bool> leads)
    {
        List<Place> next = [.. places.Where(place => !place.IsEnd && leads(place.Next)).Select(place => place with { Step = place.Step + 1 })];
        return next.Count == 0 ? null : new(next);
    }

    private readonly record struct Place(Selector Selector, int Leaf, int Step)
    {
        public bool IsEnd => Step == Selector.Steps.Count;

        public SelectorStep Next => IsEnd ? default : Selector.Steps[Step];
    }
}
