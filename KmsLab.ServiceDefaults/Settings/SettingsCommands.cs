using System.CommandLine;

namespace KmsLab.ServiceDefaults.Settings;

/// <summary>Makes the commands about a service's settings.</summary>
internal static class SettingsCommands
{
    /// <summary>Makes <c>check FILE</c>: 0 when the settings are right, 1 when they are not.</summary>
    public static Command Check(string service, Func<string, SettingsFindings> find)
    {
        var file = new Argument<string>("file")
        {
            Description = "A JSON file with settings in their sections, as for --config. The environment counts below it.",
        };
        var command = new Command(
            "check", $"Say what is wrong with {service}'s settings, without starting it. Exit code: 0 if they are right, 1 if not.")
        {
            file,
        };
        command.SetAction(parsed => Check(service, parsed.GetRequiredValue(file), find));
        return command;
    }

    /// <summary>Makes <c>settings</c>, which prints them all.</summary>
    public static Command Settings(string service, Func<IReadOnlyList<SettingsSection>> sections)
    {
        var schema = new Option<bool>("--json-schema") { Description = "Print a JSON schema of settings files, for an editor." };
        var command = new Command("settings", "Print all settings with their types, defaults and meanings, in Markdown.") { schema };
        command.SetAction(parsed => Console.Out.Write(
            parsed.GetValue(schema) ? SettingsPage.WriteSchema(sections()) : SettingsPage.Write(service, sections())));
        return command;
    }

    private static int Check(string service, string file, Func<string, SettingsFindings> find)
    {
        try
        {
            var found = find(file);
            if (found.Problems.Count > 0)
                throw new SettingsException(found.Problems);

            Console.Out.WriteLine($"{service}'s settings are right.");
            foreach (var missing in found.Missing)
                Console.Out.WriteLine($"Not in this file, and needed to start: {missing}");
            return 0;
        }
        catch (Exception problem) when (problem is SettingsException or CommandLineException)
        {
            Console.Error.WriteLine(problem.Message);
            return 1;
        }
    }
}
