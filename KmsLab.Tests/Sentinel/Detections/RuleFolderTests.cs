using System.Text.Json.Nodes;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Detections.Rules;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>Rules in files of their own, with the cases that they are tried on.</summary>
public sealed class RuleFolderTests
{
    private const string Rule = """
        {
          "Pattern": "{ $.eventName = \"Decrypt\" }", "GroupBy": ["principal"], "Threshold": 5, "Window": "10m", "Severity": "High",
          "Cases": [
            { "Name": "a read", "Record": RECORD, "Counts": true, "Group": { "principal": "arn:aws:iam::000000000000:role/kmslab-cryptoapi" } },
            { "Name": "a look", "Record": OTHER, "Counts": false }
          ]
        }
        """;

    [Fact]
    public void File_is_a_rule_of_its_name()
    {
        using var folder = new TempFolder();
        Write(folder, "many-reads.json", Text());
        File.WriteAllText(folder[".many-reads.json.swp"], "x");

        var read = RuleFolder.Read(folder.Path);

        read.Problems.ShouldBeEmpty();
        var (id, rule) = read.Rules.ShouldHaveSingleItem();
        (id, rule.Threshold, rule.Window, rule.Severity).ShouldBe(("many-reads", 5, TimeSpan.FromMinutes(10), Severity.High));
        var catalog = new DetectionCatalog(new DetectionOptions { RulesFolder = folder.Path });
        catalog.FindActive("many-reads").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("\"Threshold\": 5", "\"Treshold\": 5", "did you mean 'Threshold'?")]
    [InlineData("\"Threshold\": 5", "\"Threshold\": \"many\"", "it is 'many', and must be a whole number such as 5")]
    [InlineData("\"Window\": \"10m\"", "\"Window\": 10", "must be a span of time such as 5m")]
    [InlineData("\"Severity\": \"High\"", "\"Severity\": \"Hihg\"", "did you mean 'High'?")]
    [InlineData("[\"principal\"]", "[\"prinzipal\"]", "'prinzipal' is nothing to group by")]
    [InlineData("$.eventName =", "$.eventName", "many-reads.json")]
    [InlineData("\"Counts\": false", "\"Counts\": true", "case 2, 'a look': the rule does not count it, and should")]
    [InlineData("\"Counts\": true", "\"Counts\": false", "case 1, 'a read': the rule counts it, and should not")]
    [InlineData("\"principal\": \"arn:aws:iam::000000000000:role/kmslab-cryptoapi\"", "\"principal\": \"arn:aws:iam::000000000000:role/other\"", "and should be 'arn:aws:iam::000000000000:role/other'")]
    [InlineData("\"Counts\": false", "\"Count\": false", "Cases")]
    [InlineData("\"Pattern\":", "\"Pattern\"", "line 2")]
    public void Mistake_is_told_with_its_file_and_nothing_is_used(string right, string wrong, string told)
    {
        using var folder = new TempFolder();
        var text = Text();
        text.ShouldContain(right);
        Write(folder, "many-reads.json", text.Replace(right, wrong, StringComparison.Ordinal));

        var problem = RuleFolder.Read(folder.Path).Problems.ShouldHaveSingleItem();

        problem.ShouldContain("many-reads.json");
        problem.ShouldContain(told);
        DetectionCatalog.Check(new DetectionOptions { RulesFolder = folder.Path }).ShouldBe([problem]);
    }

    [Fact]
    public void Name_that_is_taken_and_a_folder_that_is_not_there_are_told()
    {
        using var folder = new TempFolder();
        Write(folder, "kms-error-burst.json", Text());
        Write(folder, "mine.json", Text());
        Write(folder, "a b.json", Text());
        var options = new DetectionOptions { RulesFolder = folder.Path, Rules = { ["mine"] = new() { Pattern = "{ $.eventName = \"Encrypt\" }" } } };

        var problems = DetectionCatalog.Check(options).ToList();

        problems.Count.ShouldBe(3);
        problems.ShouldContain(problem => problem.Contains("a b.json") && problem.Contains("rename it"));
        problems.ShouldContain(problem => problem.Contains("kms-error-burst.json has the name of a detection"));
        problems.ShouldContain(problem => problem.Contains("mine.json and Sentinel:Rules:mine have one name"));
        RuleFolder.Read(folder["elsewhere"]).Problems.ShouldHaveSingleItem().ShouldStartWith("Sentinel:RulesFolder: ");
    }

    internal static void Write(TempFolder folder, string name, string text) => File.WriteAllText(folder[name], text);

    private static string Text() => Rule
        .Replace("RECORD", Plain(TestRecords.Decrypt()), StringComparison.Ordinal)
        .Replace("OTHER", Plain(TestRecords.Decrypt().With(record => record["eventName"] = "DescribeKey")), StringComparison.Ordinal);

    private static string Plain(JsonObject record) => record.ToJsonString();
}
