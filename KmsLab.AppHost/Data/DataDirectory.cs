namespace KmsLab.AppHost.Data;

/// <summary>The folder that holds the lab's state, held by one lab at a time.</summary>
internal sealed class DataDirectory : IDisposable
{
    private const string LockFile = "lab.lock";

    private readonly FileStream? _held;

    private DataDirectory(string path, FileStream? held) => (Path, _held) = (path, held);

    /// <summary>The folder's full path.</summary>
    public string Path { get; }

    /// <summary>The folder that is used unless an option names another.</summary>
    public static string Default => System.IO.Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "KmsLab");

    /// <summary>Creates the folder if need be and takes hold of it.</summary>
    /// <exception cref="LabException">It can't be written, or another lab holds it.</exception>
    public static DataDirectory Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            CreatePrivate(full);
            var held = new FileStream(System.IO.Path.Combine(full, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DataDirectory(full, held);
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new LabException($"the data directory {full} can't be written. Choose another with --data DIR.", denied);
        }
        catch (IOException inUse) when (File.Exists(System.IO.Path.Combine(full, LockFile)))
        {
            throw new LabException(
                $"the data directory {full} is in use by another lab. Stop that one, or choose another with --data DIR.", inUse);
        }
        catch (IOException unusable)
        {
            throw new LabException(
                $"the data directory {full} can't be used ({unusable.Message}) Choose another with --data DIR.", unusable);
        }
    }

    /// <summary>A folder that is only named: nothing is made or held.</summary>
    public static DataDirectory Named(string path) => new(System.IO.Path.GetFullPath(path), null);

    /// <summary>Tells if a lab holds the folder.</summary>
    public static bool IsHeld(string path)
    {
        var file = System.IO.Path.Combine(path, LockFile);
        if (!File.Exists(file))
            return false;

        try
        {
            using var free = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Full path of a file in the folder.</summary>
    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => _held?.Dispose();

    /// <summary>The lab's key material lies in here: nobody else on the machine needs to read it.</summary>
    private static void CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
