namespace KmsLab.Tests.Architecture;

/// <summary>
/// Arrows point one way: AppHost and the services know the libraries, and nobody else knows anybody;
/// inside a project no two rooms know each other.
/// <c>circles.txt</c> lists what is left to put right.
/// </summary>
public sealed class ArchitectureTests
{
    private static readonly string[] Programs =
        ["KmsLab.AppHost", "KmsLab.CryptoApi", "KmsLab.LocalAws", "KmsLab.Sentinel", "KmsLab.Simulator"];

    private static readonly string[] Libraries = ["KmsLab.Attestation", "KmsLab.AwsSdk", "KmsLab.CloudTrail", "KmsLab.ServiceDefaults"];

    private static readonly KnownCircles Known = KnownCircles.Read();

    private static readonly Lazy<Dictionary<string, CompiledProject>> Solution = new(() => Directory
        .GetFiles(AppContext.BaseDirectory, "KmsLab.*.dll")
        .Where(path => Path.GetFileName(path) != "KmsLab.Tests.dll")
        .Select(CompiledProject.Read)
        .ToDictionary(project => project.Name));

    public static TheoryData<string> Projects => [.. Solution.Value.Keys.Order()];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_knows_libraries_only(string project)
    {
        Programs.Concat(Libraries).ShouldContain(project, "a new project: list it with the programs or with the libraries");

        var wrong = Solution.Value[project].References
            .Where(other => Libraries.Contains(project) || !Libraries.Contains(other))
            .Select(other => $"{project} -> {other}");

        ShouldBeOnTheList(wrong, Known.Arrows(project), arrow => arrow);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Rooms_that_know_each_other_are_those_on_the_list(string project)
    {
        var compiled = Solution.Value[project];

        ShouldBeOnTheList(
            Rooms.Pairs(compiled),
            Known.Pairs(project),
            pair => $"{project}: {pair}\n{string.Join('\n', Rooms.Why(compiled, pair))}");
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Circle_of_rooms_is_no_larger_than_on_the_list(string project) =>
        ShouldBeNoLarger(project, "rooms", Circles.Largest(Rooms.Known(Solution.Value[project])));

    [Theory]
    [MemberData(nameof(Projects))]
    public void Circle_of_files_is_no_larger_than_on_the_list(string project) =>
        ShouldBeNoLarger(project, "files", Circles.Largest(Solution.Value[project].Files));

    /// <summary>A list that only gets shorter.</summary>
    private static void ShouldBeOnTheList(IEnumerable<string> found, IEnumerable<string> listed, Func<string, string> describe)
    {
        var (now, before) = (found.ToList(), listed.ToList());
        var added = now.Except(before).Select(describe).ToList();
        var removed = before.Except(now).ToList();

        if (added.Count > 0)
            Assert.Fail($"New, and not wanted:\n{string.Join('\n', added)}");
        if (removed.Count > 0)
            Assert.Fail($"Put right: take it off circles.txt, so that it can't come back:\n{string.Join('\n', removed)}");
    }

    private static void ShouldBeNoLarger(string project, string things, IReadOnlyList<string> circle)
    {
        var ceiling = Known.Ceiling(project, things);
        var report = $"{project}: {circle.Count} {things} in a circle, at most {ceiling} are allowed:\n  {string.Join("\n  ", circle)}";
        TestContext.Current.TestOutputHelper!.WriteLine(report);
        if (circle.Count > ceiling)
            Assert.Fail(report);
    }
}
