using KmsLab.ServiceDefaults.Settings;

namespace KmsLab.Tests.ServiceDefaults.Settings;

/// <summary>The file of <c>--config</c>.</summary>
public sealed class ConfigFileTests
{
    [Fact]
    public async Task File_gives_its_settings_by_key()
    {
        using var folder = new TempFolder();
        var file = await WriteAsync(folder, """
            {
              // Comments are welcome.
              "Sentinel": { "LogGroups": ["a", "b"], "EventHistory": true, "Database": null },
              "CryptoApi": { "Limits": { "Burst": 5 } },
            }
            """);

        ConfigFile.Read(file).ShouldBe(
            new Dictionary<string, string?>
            {
                ["Sentinel:LogGroups:0"] = "a",
                ["Sentinel:LogGroups:1"] = "b",
                ["Sentinel:EventHistory"] = "True",
                ["CryptoApi:Limits:Burst"] = "5",
            },
            ignoreOrder: true);
    }

    [Theory]
    [InlineData("{\n \"Sentinel\": {\n  \"Url\" \"x\"\n }\n}", ", line 3: '\"' is invalid")]
    [InlineData("{\n \"Sentinel\": {", ", line 2: ")]
    [InlineData("", ", line 1: ")]
    [InlineData("[]", ": Top-level JSON element must be an object")]
    [InlineData("{ \"a\": 1, \"A\": 2 }", ": A duplicate key 'A' was found")]
    public async Task Malformed_file_is_told_with_its_line(string text, string problem)
    {
        using var folder = new TempFolder();
        var file = await WriteAsync(folder, text);

        var error = Should.Throw<CommandLineException>(() => ConfigFile.Read(file));

        error.Message.ShouldStartWith($"--config {file}{problem}");
        error.Message.ShouldNotContain("LineNumber");
    }

    [Fact]
    public void File_that_is_not_there_is_told()
    {
        using var folder = new TempFolder();

        var missing = Should.Throw<CommandLineException>(() => ConfigFile.Read(folder["no.json"]));
        missing.Message.ShouldBe($"--config {folder["no.json"]}: there is no such file.");
        Should.Throw<CommandLineException>(() => ConfigFile.Read(folder.Path)).Message.ShouldStartWith($"--config {folder.Path}: ");
    }

    private static async Task<string> WriteAsync(TempFolder folder, string text)
    {
        await File.WriteAllTextAsync(folder[".hidden.json"], text, TestContext.Current.CancellationToken);
        return folder[".hidden.json"];
    }
}
