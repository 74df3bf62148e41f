using System.Globalization;

namespace KmsLab.Tests.Architecture;

/// <summary>Reads what <c>circles.txt</c> still allows: a list that only ever gets shorter.</summary>
internal sealed class KnownCircles
{
    private readonly List<string> _lines;

    private KnownCircles(List<string> lines) => _lines = lines;

    public static KnownCircles Read()
    {
        using var stream = typeof(KnownCircles).Assembly.GetManifestResourceStream("KmsLab.Tests.Architecture.circles.txt")!;
        using var reader = new StreamReader(stream);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new([.. lines.Where(line => line[0] != '#')]);
    }

    /// <summary>Arrows of one project that point the wrong way, such as <c>KmsLab.A -> KmsLab.B</c>.</summary>
    public IEnumerable<string> Arrows(string project) => _lines.Where(line => line.StartsWith($"{project} -> ", StringComparison.Ordinal));

    /// <summary>Rooms of a project that know each other.</summary>
    public IEnumerable<string> Pairs(string project) => Of(project).Where(what => what.Contains(" <-> ", StringComparison.Ordinal));

    /// <summary>The most <paramref name="things"/> of a project that may stand in one circle.</summary>
    public int Ceiling(string project, string things)
    {
        var end = $" {things} in a circle";
        var number = Of(project).SingleOrDefault(what => what.EndsWith(end, StringComparison.Ordinal))?[..^end.Length];
        return number is null ? 0 : int.Parse(number, CultureInfo.InvariantCulture);
    }

    private IEnumerable<string> Of(string project) => _lines
        .Where(line => line.StartsWith($"{project}: ", StringComparison.Ordinal))
        .Select(line => line[(project.Length + 2)..]);
}
