namespace KmsLab.Tests.Architecture;

/// <summary>The rooms of a project: each folder at its top with all that is below it, and the files at the top themselves.</summary>
internal static class Rooms
{
    /// <summary>The room of the files that lie in no folder: <c>Program.cs</c>, and what puts the rooms together.</summary>
    public const string Root = "(root)";

    /// <summary>The room in which a file stands.</summary>
    /// <param name="file">Its path below the project's folder.</param>
    public static string Of(string file) => file.IndexOf('/', StringComparison.Ordinal) is var end and > 0 ? file[..end] : Root;

    /// <summary>Each room and the rooms that it knows.</summary>
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> Known(CompiledProject project) => project.Files
        .GroupBy(file => Of(file.Key))
        .ToDictionary(
            room => room.Key,
            IReadOnlySet<string> (room) => room.SelectMany(file => file.Value).Select(Of).Where(other => other != room.Key).ToHashSet());

    /// <summary>Rooms that know each other, as <c>A &lt;-&gt; B</c>.</summary>
    public static IEnumerable<string> Pairs(CompiledProject project)
    {
        var known = Known(project);
        return
            from one in known.Keys.Order(StringComparer.Ordinal)
            from other in known[one].Order(StringComparer.Ordinal)
            where string.CompareOrdinal(one, other) < 0 && known.TryGetValue(other, out var back) && back.Contains(one)
            select $"{one} <-> {other}";
    }

    /// <summary>Lists the files of a pair that know one of the other room, one a line.</summary>
    public static IEnumerable<string> Why(CompiledProject project, string pair)
    {
        var rooms = pair.Split(" <-> ");
        return
            from file in project.Files
            from other in file.Value
            where rooms.Contains(Of(file.Key)) && rooms.Contains(Of(other)) && Of(file.Key) != Of(other)
            let line = $"  {file.Key} knows {other}"
            orderby line
            select line;
    }
}
