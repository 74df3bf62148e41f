using System.ComponentModel;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace KmsLab.ServiceDefaults.Settings;

/// <summary>A place of the configuration: a value, a list, a section with names of its own, or one with any names.</summary>
/// <remarks>
/// Read off the options types, by the rules of Microsoft.Extensions.Configuration.Binder: what the binder would read is known, and nothing else.
/// </remarks>
internal sealed class SettingNode
{
    /// <summary>Options are trees; a type that holds itself would have no end.</summary>
    private const int Deepest = 12;

    private readonly Dictionary<string, SettingNode> _children = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The name, as the options type spells it.</summary>
    public string Name { get; private init; } = "";

    /// <summary>The type of a single value; null for anything else.</summary>
    public Type? Value { get; private set; }

    /// <summary>The shape of each element of a list, or of what stands under each name of a section with any names.</summary>
    public SettingNode? Element { get; private set; }

    /// <summary>Tells whether the elements are numbered, not named.</summary>
    public bool IsList { get; private set; }

    /// <summary>Its meaning, where no options type tells it.</summary>
    public string Meaning { get; private init; } = "";

    /// <summary>The property that declares it; null for a root.</summary>
    public PropertyInfo? Property { get; private init; }

    /// <summary>Its default, or null.</summary>
    public object? Default { get; private init; }

    /// <summary>The settings under it, in the order of their declaration.</summary>
    public IReadOnlyCollection<SettingNode> Children => _children.Values;

    /// <summary>A setting under it; null when there is none of that name.</summary>
    public SettingNode? Child(string name) => _children.GetValueOrDefault(name);

    /// <summary>The same under the name and with the comment of the list that holds it.</summary>
    public SettingNode As(SettingNode list)
    {
        var node = new SettingNode { Name = list.Name, Property = list.Property };
        foreach (var child in Children)
            node._children.Add(child.Name, child);
        return node;
    }

    /// <summary>Puts what was registered into one tree.</summary>
    public static SettingNode Of(IEnumerable<SettingsSection> sections)
    {
        var root = new SettingNode();
        foreach (var section in sections)
        {
            var node = root;
            var names = section.Path.Split(':');
            foreach (var name in names[..^1])
                node = node.GetOrAdd(new SettingNode { Name = name });
            node = node.GetOrAdd(new SettingNode { Name = names[^1], Meaning = section.Meaning, Default = section.Default });
            node.Fill(section.Type, section.Default, 0);
        }

        return root;
    }

    private SettingNode GetOrAdd(SettingNode child)
    {
        if (_children.TryGetValue(child.Name, out var known))
            return known;

        _children.Add(child.Name, child);
        return child;
    }

    private void Fill(Type type, object? instance, int depth)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (TypeDescriptor.GetConverter(type).CanConvertFrom(typeof(string)))
        {
            Value = type;
        }
        else if (ElementOf(type, typeof(IDictionary<,>), typeof(IReadOnlyDictionary<,>)) is [_, var value])
        {
            Element = Filled(value, depth);
        }
        else if (ElementOf(type, typeof(IEnumerable<>)) is [var element])
        {
            (Element, IsList) = (Filled(element, depth), true);
        }
        else if (depth < Deepest)
        {
            instance ??= Make(type);
            foreach (var property in PropertiesOf(type))
            {
                var preset = instance is null ? null : property.GetValue(instance);
                var name = property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? property.Name;
                var child = GetOrAdd(new SettingNode { Name = name, Property = property, Default = preset });
                child.Fill(property.PropertyType, preset, depth + 1);
            }
        }
    }

    private static SettingNode Filled(Type type, int depth)
    {
        var node = new SettingNode();
        node.Fill(type, null, depth + 1);
        return node;
    }

    /// <summary>The binder sets what has a public setter, and fills collections and objects that are there already.</summary>
    private static IEnumerable<PropertyInfo> PropertiesOf(Type type) => BaseFirst(type)
        .SelectMany(one => one.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        .Where(property => property.GetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0)
        .Where(property => property.SetMethod is { IsPublic: true } || ElementOf(property.PropertyType, typeof(ICollection<>)).Length > 0)
        .DistinctBy(property => property.Name);

    private static IEnumerable<Type> BaseFirst(Type type) =>
        type.BaseType is { } parent && parent != typeof(object) ? BaseFirst(parent).Append(type) : [type];

    private static Type[] ElementOf(Type type, params Type[] shapes) => type.GetInterfaces().Append(type)
        .FirstOrDefault(one => one.IsGenericType && shapes.Contains(one.GetGenericTypeDefinition()))?.GetGenericArguments() ?? [];

    private static object? Make(Type type) =>
        type.GetConstructor(Type.EmptyTypes) is { } constructor && !type.IsAbstract ? constructor.Invoke(null) : null;
}
