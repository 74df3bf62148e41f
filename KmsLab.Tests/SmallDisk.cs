using System.Diagnostics;

namespace KmsLab.Tests;

/// <summary>A file system of its own that can really be full. Unmounted afterwards.</summary>
/// <remarks>
/// Needs the right to mount, which neither an ordinary user nor root in a container has: such tests skip, in strict mode too, because nothing that could be
/// installed would help.
/// </remarks>
internal sealed class SmallDisk : IDisposable
{
    private const int DiskFull = 28; // ENOSPC

    private readonly string _ballast;

    private SmallDisk(string path) => (Path, _ballast) = (path, System.IO.Path.Combine(path, "ballast"));

    /// <summary>Where it is mounted. Everybody may write there.</summary>
    public string Path { get; }

    public static SmallDisk Mount(int megabytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root on Linux can mount a small disk.");
        var path = Directory.CreateTempSubdirectory("kmslab-disk-").FullName;
        if (Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=1777", "kmslab-test", path))
            return new(path);

        Directory.Delete(path);
        Assert.Skip("No right to mount a small disk.");
        throw new UnreachableException();
    }

    /// <summary>Takes all the space that is left.</summary>
    public void Fill()
    {
        using var file = new FileStream(_ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in new[] { 1 << 20, 1 << 12 })
        {
            try
            {
                while (true)
                    file.Write(new byte[size]);
            }
            catch (IOException full) when ((full.HResult & 0xFFFF) == DiskFull)
            {
                // The next smaller size, until nothing fits.
            }
        }
    }

    /// <summary>Gives it back.</summary>
    public void Free() => File.Delete(_ballast);

    public void Dispose()
    {
        Run("umount", "-l", Path);
        Directory.Delete(Path);
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception) // There is no such program.
        {
            return false;
        }
    }
}
