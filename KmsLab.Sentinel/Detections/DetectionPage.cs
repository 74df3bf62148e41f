using System.CommandLine;
using System.Text;
using KmsLab.Sentinel.Languages;

namespace KmsLab.Sentinel.Detections;

/// <summary>Writes docs/detections.md from the detections' own metadata: <c>KmsLab.Sentinel detections</c> prints it.</summary>
internal static class DetectionPage
{
    private const string Text = "Detections.md";

    /// <summary>Makes the command that prints it.</summary>
    public static Command CreateCommand()
    {
        var command = new Command("detections", "Print the page of all detections, in Markdown: docs/detections.md.");
        command.SetAction(_ => Console.Out.Write(Write(DetectionCatalog.BuiltIn)));
        return command;
    }

    /// <summary>The page, in Markdown.</summary>
    public static string Write(IReadOnlyList<DetectionDefinition> definitions)
    {
        var page = new StringBuilder();
        foreach (var line in Template())
        {
            switch (line)
            {
                case "<!-- table -->":
                    WriteTable(page, definitions);
                    break;
                case "<!-- detections -->":
                    foreach (var definition in definitions)
                        WriteDetection(page, definition);
                    break;
                default:
                    page.Append(line).Append('\n');
                    break;
            }
        }

        return page.ToString();
    }

    private static void WriteTable(StringBuilder page, IReadOnlyList<DetectionDefinition> definitions)
    {
        page.Append("| detection | severity | raises when | default |\n|---|---|---|---|\n");
        foreach (var definition in definitions)
            page.Append($"| [{definition.Id}](#{definition.Id}) | {Severity(definition)} | {Cell(definition.Title)} | {Defaults(definition)} |\n");
    }

    private static void WriteDetection(StringBuilder page, DetectionDefinition definition)
    {
        page.Append($"### {definition.Id}\n\n**{definition.Title}.** Severity {Severity(definition)}, ATT&CK {Technique(definition)}.\n\n");
        page.Append(definition.About).Append("\n\n");
        page.Append($"- **Default**: {Defaults(definition)}{(definition.Clock == Clock.Wall ? ", over by Sentinel's own clock" : "")}.\n");
        page.Append($"- **Reads**: {string.Join(", ", definition.EventSources.Select(source => $"`{source}`"))}.\n");
        page.Append($"- **Says**: {definition.Why}\n");
        page.Append($"- **Tune**: {definition.Tuning}\n\n");
        page.Append("Respond:\n\n");
        foreach (var step in definition.Runbook)
            page.Append(Wording.IsCommand(step) || step.StartsWith("openssl ", StringComparison.Ordinal) ? $"```sh\n{step}\n```\n\n" : $"{step}\n\n");
    }

    private static string Severity(DetectionDefinition definition) => definition.Severity.ToString().ToLowerInvariant();

    private static string Technique(DetectionDefinition definition) =>
        definition.Technique.Length == 0 ? "none" : $"[{definition.Technique}](https://attack.mitre.org/techniques/{definition.Technique.Replace('.', '/')}/)";

    private static string Defaults(DetectionDefinition definition) =>
        $"{definition.Defaults.Mode}, {DetectionRule.Of(definition, definition.Defaults, Texts.English)}";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static IEnumerable<string> Template()
    {
        using var stream = typeof(DetectionPage).Assembly.GetManifestResourceStream($"{typeof(DetectionPage).Namespace}.{Text}")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            yield return line;
    }
}
