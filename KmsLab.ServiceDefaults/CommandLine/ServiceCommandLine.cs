using System.CommandLine;
using KmsLab.ServiceDefaults.Settings;

namespace KmsLab.ServiceDefaults.CommandLine;

/// <summary>Reads a service's command line: one of its commands, or the settings to run it with.</summary>
/// <param name="service">The service.</param>
/// <param name="serve">Runs it.</param>
internal sealed class ServiceCommandLine(ServiceDescription service, Func<ServeArguments, Task<int>> serve)
{
    private readonly Option<string?> _config = new("--config")
    {
        Description = "A JSON file with settings in their sections. It counts above environment variables and below the command line.",
        HelpName = "FILE",
    };

    /// <summary>Does what it asks for.</summary>
    /// <returns>The exit code: 1 when the command line can't be understood.</returns>
    public async Task<int> RunAsync(string[] args)
    {
        try
        {
            // A command's arguments are its own: only the service itself has settings.
            var command = args is [var first, ..] ? Commands().FirstOrDefault(one => one.Name == first) : null;
            var (settings, rest) = command is null ? SettingArguments.Split(args, service.Section) : new([], args);
            var root = Root(settings);
            var parsed = root.Parse(rest, new ParserConfiguration { ResponseFileTokenReplacer = null });
            var isRoot = parsed.CommandResult.Command == root;
            Check(parsed, settings);
            // The host has signal handlers of its own, and more time to stop.
            return await parsed.InvokeAsync(isRoot
                ? new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false }
                : new InvocationConfiguration());
        }
        catch (CommandLineException problem)
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return 1;
        }
    }

    private IEnumerable<Command> Commands() => [.. service.Commands, HealthProbe.Create(service.Section)];

    private RootCommand Root(IReadOnlyList<string> settings)
    {
        var root = new RootCommand(service.Summary) { _config };
        foreach (var command in Commands())
            root.Add(command);
        root.SetAction((parsed, _) => serve(new(settings, parsed.GetValue(_config))));
        ServiceHelp.Extend(root, service);
        return root;
    }

    private void Check(ParseResult parsed, IReadOnlyList<string> settings)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens is [var unknown, ..] && parsed.Errors.Count > 0)
            throw new CommandLineException(Unknown(command, unknown));
        if (parsed.Errors is [var error, ..])
            throw new CommandLineException($"{NameOf(command)}: {error.Message} See {NameOf(command)} --help.");
        if (settings.Count > 0 && command is not RootCommand)
            throw new CommandLineException($"{NameOf(command)} takes no settings such as {settings[0]}. See {NameOf(command)} --help.");
    }

    private string Unknown(Command command, string unknown)
    {
        var commands = command.Subcommands.Select(one => one.Name).ToList();
        var options = command.Options.Concat(command is RootCommand ? [] : HelpOf(command)).Select(one => one.Name).ToList();
        var (kind, names) = unknown.StartsWith('-') ? ("option", options) : (command is RootCommand ? "command" : "argument", commands);
        string?[] parts =
        [
            commands.Count > 0 ? $"the commands {string.Join(", ", commands)}" : null,
            $"the options {string.Join(", ", options)}",
            command is RootCommand ? $"settings such as --{service.Section}:Url=VALUE" : null,
        ];
        var question = NearestName.Question(unknown, names);
        return $"{NameOf(command)} has no {kind} '{unknown}'{question} It has {string.Join("; ", parts.OfType<string>())}.";
    }

    /// <summary>Help is an option of the root that all commands have.</summary>
    private static IEnumerable<Option> HelpOf(Command command) =>
        command.Parents.OfType<RootCommand>().SelectMany(root => root.Options).Where(option => option.Recursive);

    private string NameOf(Command command) => command is RootCommand ? service.Section : $"{service.Section} {command.Name}";
}

/// <summary>The arguments that a service is run with.</summary>
/// <param name="Settings">Settings of the command line, each as <c>--Key=VALUE</c>.</param>
/// <param name="ConfigFile">The file of <c>--config</c>; null without one.</param>
internal sealed record ServeArguments(IReadOnlyList<string> Settings, string? ConfigFile);
