using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace KmsLab.Tests.Aws;

/// <summary>The cost tables of the READMEs are what the script works out.</summary>
public sealed partial class CostTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("README.es.md")]
    public async Task Readme_has_the_cost_of_traffic_that_the_script_prints(string readme)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", ". lib/cost.sh && show_traffic_cost"]) { WorkingDirectory = Template.Folder, RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0);

        var rows = Row.Matches(output).Select(row => row.Groups.Values.Skip(1).Select(group => group.Value).ToArray()).ToList();
        var text = File.ReadAllText(Path.Combine(Template.Folder, readme));

        rows.Count.ShouldBe(6);
        foreach (var row in rows)
            text.ShouldContain($"| {string.Join(" | ", row)} |", customMessage: "show_traffic_cost");
        for (var i = 0; i < 3; i++)
            rows[..5].Sum(row => Amount(row[i])).ShouldBe(Amount(rows[5][i]), 0.03m);
    }

    private static decimal Amount(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@" +([0-9]+\.[0-9]{2}) +([0-9]+\.[0-9]{2}) +([0-9]+\.[0-9]{2})\b")]
    private static partial Regex Row { get; }
}
