using System.IO.Enumeration;
using System.Text.RegularExpressions;
using Microsoft.Extensions.FileSystemGlobbing;
using Microsoft.Extensions.FileSystemGlobbing.Abstractions;

namespace KmsLab.Sentinel.Sources.Files;

/// <summary>The files that a path stands for: a folder with all in it, whatever their names, a glob such as <c>logs/**/*.json.gz</c>, or one file.</summary>
internal static partial class FileSet
{
    /// <summary>The files in the order in which CloudTrail delivered them, as far as their names tell, then by path.</summary>
    /// <exception cref="SourceAbsentException">There is nothing at the path.</exception>
    public static IReadOnlyList<FileInfo> List(string path)
    {
        try
        {
            return [.. Find(path).OrderBy(file => DeliveredAt(file.Name), StringComparer.Ordinal).ThenBy(file => file.FullName, StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException absent)
        {
            throw new SourceAbsentException($"There is no file or folder {path}.", absent);
        }
    }

    /// <summary>CloudTrail puts the minute of delivery into the name: <c>111122223333_CloudTrail_eu-west-1_20261123T1205Z_1a2b3c.json.gz</c>
    /// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html#cloudtrail-log-filename-format).</summary>
    private static string DeliveredAt(string name) => Delivered().Match(name).Value;

    [GeneratedRegex(@"(?<=_)[0-9]{8}T[0-9]{4}Z(?=_)")]
    private static partial Regex Delivered();

    private static IEnumerable<FileInfo> Find(string path)
    {
        if (File.Exists(path))
            return [new FileInfo(path)];
        if (Directory.Exists(path))
            return InFolder(path);
        if (path.IndexOfAny(['*', '?']) >= 0)
            return Matching(path);
        throw new DirectoryNotFoundException(path);
    }

    /// <summary>Links to folders are not followed: they may lead back.</summary>
    private static FileSystemEnumerable<FileInfo> InFolder(string path) =>
        new(path, (ref FileSystemEntry entry) => (FileInfo)entry.ToFileSystemInfo(), new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.None })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory,
            ShouldRecursePredicate = (ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        };

    private static IEnumerable<FileInfo> Matching(string glob)
    {
        var full = Path.GetFullPath(glob);
        var root = full;
        while (root.IndexOfAny(['*', '?']) >= 0)
            root = Path.GetDirectoryName(root)!;
        var matcher = new Matcher(StringComparison.Ordinal).AddInclude(Path.GetRelativePath(root, full).Replace('\\', '/'));
        return Directory.Exists(root)
            ? matcher.Execute(new DirectoryInfoWrapper(new DirectoryInfo(root))).Files.Select(file => new FileInfo(Path.Combine(root, file.Path)))
            : throw new DirectoryNotFoundException(root);
    }
}
