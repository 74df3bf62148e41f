using KmsLab.LocalAws.Settings;
using KmsLab.LocalAws.State;
using Microsoft.Extensions.Options;

namespace KmsLab.LocalAws.S3;

/// <summary>The files that hold objects' content, in the data directory. A file is written once, whole, before the state file names it, and removed after it no longer does.</summary>
internal sealed class ObjectFiles
{
    private readonly string _directory;
    private readonly StateStore _store;
    private readonly List<string> _found;

    public ObjectFiles(StateStore store, IOptions<LocalAwsOptions> options)
    {
        _store = store;
        _directory = Path.Combine(Path.GetFullPath(options.Value.DataDirectory), "objects");
        Directory.CreateDirectory(_directory);
        _found = [.. Directory.EnumerateFiles(_directory, "*", SearchOption.AllDirectories).Select(path => Path.GetFileName(path)!)];
    }

    /// <summary>A name for a new file.</summary>
    public static string NewName() => Guid.NewGuid().ToString("N");

    public FileStream Create(string name)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous);
    }

    /// <summary>Opens a file to read; whoever removes it meanwhile takes away its name only.</summary>
    /// <exception cref="FileNotFoundException">It was removed.</exception>
    public Microsoft.Win32.SafeHandles.SafeFileHandle Open(string name) =>
        File.OpenHandle(PathOf(name), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);

    public void Delete(string name)
    {
        try
        {
            File.Delete(PathOf(name));
        }
        catch (IOException)
        {
            // Somebody reads it (Windows): the next start removes it.
        }
    }

    /// <summary>Removes files once the transaction that let go of them is on disk.</summary>
    public async Task DeleteAfterAsync(Task committed, IReadOnlyList<string> names)
    {
        await committed;
        foreach (var name in names)
            Delete(name);
    }

    /// <summary>Removes what a killed process left behind: files that were there at start and that nothing names.</summary>
    public async Task SweepAsync()
    {
        foreach (var part in _found.Chunk(500))
        {
            var orphans = await _store.WriteAsync(session => part.Where(name => !ObjectTable.IsUsed(session, name)).ToList());
            orphans.ForEach(Delete);
        }

        _found.Clear();
    }

    private string PathOf(string name) => Path.Combine(_directory, name[..2], name);
}
