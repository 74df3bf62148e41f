using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace KmsLab.Tests.Architecture;

/// <summary>Says in which source file a type or a method of an assembly stands, after its PDB.</summary>
internal sealed class SourceFiles
{
    /// <summary>The compiler's own list of documents for types without code (Portable PDB v1.0, Type Definition Document).</summary>
    private static readonly Guid TypeDefinitionDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    private readonly MetadataReader _reader;
    private readonly MetadataReader _symbols;
    private readonly string _projectFolder;
    private readonly Dictionary<DocumentHandle, string?> _paths = [];
    private readonly Dictionary<TypeDefinitionHandle, string?> _types = [];

    public SourceFiles(MetadataReader reader, MetadataReader symbols, string project)
    {
        (_reader, _symbols, _projectFolder) = (reader, symbols, $"/{project}/");
        foreach (var type in reader.TypeDefinitions)
            _types[type] = FileOf(type, reader.GetTypeDefinition(type));
    }

    /// <summary>The file where a type stands; that of the type around it when it has none of its own; null: a generator wrote it.</summary>
    public string? Of(TypeDefinitionHandle type) =>
        _types[type] ?? (_reader.GetTypeDefinition(type).GetDeclaringType() is { IsNil: false } around ? Of(around) : null);

    /// <summary>The file where a method stands; that of its type when it has no code of its own; null: a generator wrote it.</summary>
    public string? Of(MethodDefinitionHandle method)
    {
        var documents = DocumentsOf(method).ToList();
        return documents.Count == 0
            ? Of(_reader.GetMethodDefinition(method).GetDeclaringType())
            : documents.Select(PathOf).FirstOrDefault(path => path is not null);
    }

    /// <summary>The file that bears its name, when it stands in several.</summary>
    private string? FileOf(TypeDefinitionHandle handle, TypeDefinition type)
    {
        var documents = type.GetMethods().SelectMany(DocumentsOf).Concat(DocumentsOf(handle));
        var paths = documents.Select(PathOf).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToList();
        var name = _reader.GetString(type.Name).Split('`')[0];
        return paths.Find(path => Path.GetFileName(path).Split('.')[0] == name) ?? paths.FirstOrDefault();
    }

    private IEnumerable<DocumentHandle> DocumentsOf(MethodDefinitionHandle method)
    {
        var information = _symbols.GetMethodDebugInformation(method);
        if (!information.Document.IsNil)
            return [information.Document];
        return information.SequencePointsBlob.IsNil ? [] : information.GetSequencePoints().Select(point => point.Document).Distinct();
    }

    private IEnumerable<DocumentHandle> DocumentsOf(TypeDefinitionHandle type)
    {
        foreach (var handle in _symbols.GetCustomDebugInformation(type))
        {
            var information = _symbols.GetCustomDebugInformation(handle);
            if (_symbols.GetGuid(information.Kind) != TypeDefinitionDocuments)
                continue;
            var blob = _symbols.GetBlobReader(information.Value);
            while (blob.RemainingBytes > 0)
                yield return MetadataTokens.DocumentHandle(blob.ReadCompressedInteger());
        }
    }

    /// <summary>Below the project's folder; null for what a generator wrote.</summary>
    private string? PathOf(DocumentHandle document)
    {
        if (!_paths.TryGetValue(document, out var path))
        {
            var full = _symbols.GetString(_symbols.GetDocument(document).Name).Replace('\\', '/');
            var at = full.LastIndexOf(_projectFolder, StringComparison.Ordinal);
            path = at < 0 ? null : full[(at + _projectFolder.Length)..];
            if (path is null || path.StartsWith("obj/", StringComparison.Ordinal) || path.EndsWith(".g.cs", StringComparison.Ordinal))
                path = null;
            _paths[document] = path;
        }

        return path;
    }
}
