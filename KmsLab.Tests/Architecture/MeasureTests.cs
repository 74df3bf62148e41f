namespace KmsLab.Tests.Architecture;

/// <summary>The measure itself, on samples and on made-up circles.</summary>
public sealed class MeasureTests
{
    private static readonly CompiledProject Tests = CompiledProject.Read(Path.Combine(AppContext.BaseDirectory, "KmsLab.Tests.dll"));

    [Theory]
    [InlineData("InAttribute")]
    [InlineData("InSignature")]
    [InlineData("InLambda")]
    [InlineData("InAsyncCode")]
    [InlineData("InSwitch")]
    [InlineData("InCatch")]
    public void File_knows_the_type_that_it_names(string sample) =>
        Tests.Files[$"Architecture/Samples/{sample}.cs"].ShouldBe(["Architecture/Samples/Known.cs"]);

    [Fact]
    public void Name_of_a_type_is_no_knowledge_of_it() => Tests.Files["Architecture/Samples/InNothing.cs"].ShouldBeEmpty();

    [Fact]
    public void Largest_circle_goes_by_way_of_others_and_leaves_out_who_only_knows_it()
    {
        var known = Graph(("a", ["b"]), ("b", ["c", "leaf"]), ("c", ["a"]), ("above", ["a"]), ("x", ["y"]), ("y", ["x"]));

        Circles.Largest(known).ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public void Nothing_stands_in_a_circle_when_all_arrows_point_one_way()
    {
        var known = Graph(("a", ["b", "c"]), ("b", ["c"]), ("c", []));

        Circles.Largest(known).ShouldBeEmpty();
    }

    private static Dictionary<string, IReadOnlySet<string>> Graph(params IEnumerable<(string From, string[] To)> arrows) =>
        arrows.ToDictionary(arrow => arrow.From, IReadOnlySet<string> (arrow) => arrow.To.ToHashSet());
}
