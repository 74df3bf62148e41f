using System.Text.Json;
using KmsLab.ServiceDefaults.Settings;

namespace KmsLab.Sentinel.Detections.Rules;

/// <summary>The rules of a folder as they were read, and what is wrong with them.</summary>
/// <param name="Rules">By id, which is the file's name without <c>.json</c>.</param>
/// <param name="Problems">Mistakes, each with its file and what to do. With any of them none of the folder is used.</param>
/// <param name="Fingerprint">The state of the files when they were read: see <see cref="FingerprintOf"/>.</param>
internal sealed record RuleFolder(IReadOnlyDictionary<string, RuleOptions> Rules, IReadOnlyList<string> Problems, string Fingerprint)
{
    private const string Ending = ".json";
    private const string CasesName = "Cases";
    private const string SchemaName = "$schema";

    public static RuleFolder None { get; } = new(new Dictionary<string, RuleOptions>(), [], "");

    /// <summary>Reads <c>{id}.json</c> of a folder: a rule as in <c>Sentinel:Rules:{id}</c>, and its cases.</summary>
    /// <param name="path">The folder; empty for none.</param>
    public static RuleFolder Read(string path)
    {
        if (path.Length == 0)
            return None;

        // Before the files: what changes meanwhile is read again.
        var fingerprint = FingerprintOf(path);
        var (rules, problems) = (new Dictionary<string, RuleOptions>(StringComparer.OrdinalIgnoreCase), new List<string>());
        try
        {
            foreach (var file in FilesOf(path))
            {
                var found = ProblemsOf(file.FullName, out var rule).ToList();
                problems.AddRange(found);
                if (found.Count == 0)
                    rules.Add(Path.GetFileNameWithoutExtension(file.Name), rule!);
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            problems.Add($"Sentinel:RulesFolder: {problem.Message.TrimEnd('.')}. Set it to a folder of rules that Sentinel may read.");
        }

        return new(rules, problems, fingerprint);
    }

    /// <summary>A text that is another one whenever a file of the folder may be.</summary>
    public static string FingerprintOf(string path)
    {
        try
        {
            return string.Join('\n', FilesOf(path).Select(file => $"{file.Name} {file.Length} {file.LastWriteTimeUtc.Ticks}"));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return problem.Message;
        }
    }

    /// <summary>Editors leave files of their own beside the real ones; those begin with a dot.</summary>
    private static IEnumerable<FileInfo> FilesOf(string path) => new DirectoryInfo(path).EnumerateFiles($"*{Ending}")
        .Where(file => file.Name[0] != '.').OrderBy(file => file.Name, StringComparer.Ordinal);

    private static IEnumerable<string> ProblemsOf(string path, out RuleOptions? rule)
    {
        rule = null;
        var id = Path.GetFileNameWithoutExtension(path);
        if (!id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            return [$"{path}: a rule has the name of its file, of letters, digits, '-' and '_' only: rename it."];

        try
        {
            var settings = Read(path, id);
            var read = settings.GetSection(id).Get<RuleOptions>() ?? new RuleOptions();
            var problems = read.CheckRule(id).Select(problem => $"{path}: {problem}.").ToList();
            if (problems.Count > 0)
                return problems;

            rule = read;
            return CasesOf(path).SelectMany((one, index) => one.ProblemOf(CustomRule.Create(id, read)) is { } problem
                ? [$"{path}: case {index + 1}{(one.Name.Length > 0 ? $", '{one.Name}'" : "")}: {problem}"]
                : Array.Empty<string>()).ToList();
        }
        catch (SettingsException wrong)
        {
            return wrong.Failures;
        }
        catch (CommandLineException malformed)
        {
            return [malformed.Message];
        }
        catch (JsonException malformed)
        {
            return [$"{path}: {CasesName}: {malformed.Message}"];
        }
    }

    /// <summary>Reads the rule alone: records of its cases may have any member.</summary>
    /// <exception cref="SettingsException">A member that nobody reads, or a value of the wrong type.</exception>
    private static IConfigurationRoot Read(string path, string id)
    {
        var settings = ConfigFile.Read(path, option: "")
            .Where(setting => !IsOfCases(setting.Key) && setting.Key != SchemaName)
            .ToDictionary(setting => $"{id}:{setting.Key}", setting => setting.Value);
        return SettingsCheck.Read(path, settings, new SettingsSection(id, typeof(RuleOptions)));
    }

    private static bool IsOfCases(string key) => key.Split(':')[0].Equals(CasesName, StringComparison.OrdinalIgnoreCase);

    private static IReadOnlyList<RuleCase> CasesOf(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path), new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (IsOfCases(member.Name))
                return member.Value.Deserialize<IReadOnlyList<RuleCase>>(RuleCase.Json) ?? [];
        }

        return [];
    }
}
