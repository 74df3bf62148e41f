using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace KmsLab.Tests.Architecture;

/// <summary>
/// A project of the solution as it was compiled: which projects it refers to, and which of its source files know which others.
/// </summary>
/// <remarks>
/// <para>Read from the assembly's metadata and code and from its PDB, which says in which file a method and a type stand; nothing is
/// loaded or run. A file knows another when its code names a type that stands there: as a base, in a field, signature or attribute, or by
/// using a member of it.</para>
/// <para>What leaves no trace in an assembly is not seen: constants and enum members, whose values are copied, and <c>nameof</c>.
/// What a source generator wrote is not counted: it follows from what somebody wrote.</para>
/// </remarks>
internal sealed class CompiledProject
{
    private CompiledProject(string name, IReadOnlyList<string> references, IReadOnlyDictionary<string, IReadOnlySet<string>> files) =>
        (Name, References, Files) = (name, references, files);

    /// <summary>The assembly's name, such as <c>KmsLab.Sentinel</c>.</summary>
    public string Name { get; }

    /// <summary>The projects that it refers to.</summary>
    public IReadOnlyList<string> References { get; }

    /// <summary>Each source file, as a path below the project's folder, and the files that it knows.</summary>
    public IReadOnlyDictionary<string, IReadOnlySet<string>> Files { get; }

    /// <summary>Reads <c>{path}.dll</c> and the PDB beside it.</summary>
    public static CompiledProject Read(string path)
    {
        using var assembly = new PEReader(File.OpenRead(path));
        using var symbols = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(Path.ChangeExtension(path, ".pdb")));
        var reader = assembly.GetMetadataReader();
        var name = Path.GetFileNameWithoutExtension(path);
        var sources = new SourceFiles(reader, symbols.GetMetadataReader(), name);
        return new(name, [.. ProjectsOf(reader)], new FileReferences(assembly, reader, sources).Read());
    }

    private static IEnumerable<string> ProjectsOf(MetadataReader reader) => reader.AssemblyReferences
        .Select(handle => reader.GetString(reader.GetAssemblyReference(handle).Name))
        .Where(name => name.StartsWith("KmsLab.", StringComparison.Ordinal))
        .Order();
}
