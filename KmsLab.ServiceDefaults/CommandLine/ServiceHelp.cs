using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace KmsLab.ServiceDefaults.CommandLine;

/// <summary>
/// Adds to the help of a service what System.CommandLine can't know: settings, and where the documentation is.
/// Its commands keep their own help.
/// </summary>
/// <param name="service">The service.</param>
/// <param name="usual">What it follows.</param>
internal sealed class ServiceHelp(ServiceDescription service, SynchronousCommandLineAction usual) : SynchronousCommandLineAction
{
    private static readonly ServiceSetting[] Shared =
    [
        new("Logging:LogLevel:Default", "how much is logged: Debug, Information, Warning", "Information"),
        new("OTEL_EXPORTER_OTLP_ENDPOINT", "the collector of traces, metrics and logs; without it none are gathered"),
    ];

    /// <summary>A command line that asks for help is never wrong.</summary>
    public override bool ClearsParseErrors => true;

    /// <summary>Extends the help of a service's root command.</summary>
    public static void Extend(RootCommand root, ServiceDescription service)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new ServiceHelp(service, (SynchronousCommandLineAction)help.Action!);
    }

    public override int Invoke(ParseResult parseResult)
    {
        var exitCode = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is RootCommand)
            Write(parseResult.InvocationConfiguration.Output);
        return exitCode;
    }

    private void Write(TextWriter output)
    {
        ServiceSetting[] settings = [.. service.Settings, .. Shared];
        var width = settings.Max(setting => setting.Key.Length);
        output.WriteLine($"Settings (--KEY=VALUE or --KEY VALUE; as environment variables with __ for the colon: {service.Section}__Url):");
        foreach (var setting in settings)
        {
            var preset = setting.Default.Length == 0 ? "" : $" [default: {setting.Default}]";
            output.WriteLine($"  --{setting.Key.PadRight(width)}  {setting.Text}{preset}");
        }

        output.WriteLine();
        output.WriteLine($"All settings: {string.Join(", ", service.Docs)} in the repository.");
    }
}
