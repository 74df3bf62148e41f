using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace KmsLab.Tests.Architecture;

/// <summary>Finds which source files of an assembly know which others.</summary>
internal sealed class FileReferences(PEReader assembly, MetadataReader reader, SourceFiles sources)
{
    private readonly Dictionary<string, HashSet<string>> _files = [];
    private readonly NamedTypes _named = new(reader);

    public IReadOnlyDictionary<string, IReadOnlySet<string>> Read()
    {
        foreach (var handle in reader.TypeDefinitions)
        {
            if (sources.Of(handle) is { } file)
                Add(file, () => ReadType(handle));
        }

        foreach (var handle in reader.MethodDefinitions)
        {
            if (sources.Of(handle) is { } file)
                Add(file, () => ReadMethod(reader.GetMethodDefinition(handle)));
        }

        return _files.ToDictionary(file => file.Key, IReadOnlySet<string> (file) => file.Value);
    }

    private void Add(string file, Action read)
    {
        _named.Clear();
        read();
        if (!_files.TryGetValue(file, out var known))
            _files[file] = known = [];
        known.UnionWith(_named.Types.Select(sources.Of).OfType<string>().Where(other => other != file));
    }

    private void ReadType(TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        _named.Add(type.BaseType);
        foreach (var implemented in type.GetInterfaceImplementations())
            _named.Add(reader.GetInterfaceImplementation(implemented).Interface);
        ReadConstraints(type.GetGenericParameters());
        ReadAttributes(type.GetCustomAttributes());
        foreach (var property in type.GetProperties())
            ReadAttributes(reader.GetPropertyDefinition(property).GetCustomAttributes());
        if (!HasGeneratedFields(type))
            ReadFields(type);
    }

    private void ReadFields(TypeDefinition type)
    {
        foreach (var handle in type.GetFields())
        {
            var field = reader.GetFieldDefinition(handle);
            field.DecodeSignature(_named, null);
            ReadAttributes(field.GetCustomAttributes());
        }
    }

    private void ReadMethod(MethodDefinition method)
    {
        method.DecodeSignature(_named, null);
        ReadConstraints(method.GetGenericParameters());
        ReadAttributes(method.GetCustomAttributes());
        if (method.RelativeVirtualAddress == 0)
            return;

        var body = assembly.GetMethodBody(method.RelativeVirtualAddress);
        foreach (var region in body.ExceptionRegions.Where(region => !region.CatchType.IsNil))
            _named.Add(region.CatchType);
        foreach (var token in Instructions.TokensOf(body.GetILReader()))
            _named.Add(token);
    }

    private void ReadConstraints(GenericParameterHandleCollection parameters)
    {
        foreach (var constraint in parameters.SelectMany(parameter => reader.GetGenericParameter(parameter).GetConstraints()))
            _named.Add(reader.GetGenericParameterConstraint(constraint).Type);
    }

    private void ReadAttributes(CustomAttributeHandleCollection attributes)
    {
        foreach (var attribute in attributes)
            _named.Add(reader.GetCustomAttribute(attribute));
    }

    /// <summary>
    /// Fields of types that the compiler makes are local variables, more of them in a debug build; those of a JSON context are
    /// its generator's.
    /// </summary>
    private bool HasGeneratedFields(TypeDefinition type) => reader.GetString(type.Name).StartsWith('<')
        || (type.BaseType.Kind == HandleKind.TypeReference
            && reader.GetString(reader.GetTypeReference((TypeReferenceHandle)type.BaseType).Name) == "JsonSerializerContext");
}
