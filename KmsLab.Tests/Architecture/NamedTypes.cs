using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace KmsLab.Tests.Architecture;

/// <summary>Collects the types of an assembly that a piece of its metadata names, whatever it is wrapped in.</summary>
internal sealed class NamedTypes(MetadataReader reader) : ISignatureTypeProvider<string?, object?>, ICustomAttributeTypeProvider<string?>
{
    private const string SystemType = "System.Type";

    private static readonly char[] Separators = ['[', ']', ',', ' '];

    private readonly HashSet<TypeDefinitionHandle> _types = [];

    private readonly Dictionary<string, TypeDefinitionHandle> _byName =
        reader.TypeDefinitions.ToDictionary(handle => FullName(reader, handle));

    public IReadOnlySet<TypeDefinitionHandle> Types => _types;

    public void Clear() => _types.Clear();

    /// <summary>Adds a type, or the type of a member with what its type arguments name.</summary>
    public void Add(EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition when !handle.IsNil: // Nil: an interface has no base.
                _types.Add((TypeDefinitionHandle)handle);
                break;
            case HandleKind.TypeSpecification:
                reader.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(this, null);
                break;
            case HandleKind.FieldDefinition:
                _types.Add(reader.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.MethodDefinition:
                _types.Add(reader.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.MemberReference:
                Add(reader.GetMemberReference((MemberReferenceHandle)handle).Parent);
                break;
            case HandleKind.MethodSpecification:
                var method = reader.GetMethodSpecification((MethodSpecificationHandle)handle);
                Add(method.Method);
                method.DecodeSignature(this, null);
                break;
        }
    }

    /// <summary>Adds an attribute's type and the types that its arguments name.</summary>
    public void Add(CustomAttribute attribute)
    {
        Add(attribute.Constructor);
        attribute.DecodeValue(this);
    }

    public string? GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
    {
        _types.Add(handle);
        return null;
    }

    /// <summary>Adds what <c>typeof</c> in an attribute names, such as <c>List`1[[KmsLab.Alarm, KmsLab]]</c> with its namespaces.</summary>
    public string? GetTypeFromSerializedName(string name)
    {
        foreach (var part in name.Split(Separators, StringSplitOptions.RemoveEmptyEntries))
        {
            if (_byName.TryGetValue(part, out var type))
                _types.Add(type);
        }

        return null;
    }

    public string? GetTypeFromSpecification(
        MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public string? GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
    {
        var type = reader.GetTypeReference(handle);
        return $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
    }

    public string? GetSystemType() => SystemType;

    public bool IsSystemType(string? type) => type == SystemType;

    /// <summary>Enums that stand in attributes are of the usual size.</summary>
    public PrimitiveTypeCode GetUnderlyingEnumType(string? type) => PrimitiveTypeCode.Int32;

    // The parts of a composed type have been visited before it, and that is all that is wanted of it.
    public string? GetArrayType(string? elementType, ArrayShape shape) => null;

    public string? GetByReferenceType(string? elementType) => null;

    public string? GetFunctionPointerType(MethodSignature<string?> signature) => null;

    public string? GetGenericInstantiation(string? genericType, ImmutableArray<string?> typeArguments) => null;

    public string? GetGenericMethodParameter(object? genericContext, int index) => null;

    public string? GetGenericTypeParameter(object? genericContext, int index) => null;

    public string? GetModifiedType(string? modifier, string? unmodifiedType, bool isRequired) => null;

    public string? GetPinnedType(string? elementType) => null;

    public string? GetPointerType(string? elementType) => null;

    public string? GetPrimitiveType(PrimitiveTypeCode typeCode) => null;

    public string? GetSZArrayType(string? elementType) => null;

    private static string FullName(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        var name = reader.GetString(type.Name);
        if (type.GetDeclaringType() is { IsNil: false } around)
            return $"{FullName(reader, around)}+{name}";
        return type.Namespace.IsNil ? name : $"{reader.GetString(type.Namespace)}.{name}";
    }
}
