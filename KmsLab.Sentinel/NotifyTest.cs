using System.CommandLine;
using KmsLab.Sentinel.Host;
using KmsLab.Sentinel.Publishing;
using KmsLab.ServiceDefaults.Settings;

namespace KmsLab.Sentinel;

/// <summary>
/// Makes <c>Sentinel notify-test</c>: sends a test message on each configured channel, with the settings of the service and without starting it.
/// </summary>
internal static class NotifyTest
{
    private const string About = "Send a test message on each configured channel, and say what became of it. Exit code: 0 if all were sent, 1 if not.";

    private static readonly Option<string> Config = new("--config")
    {
        Description = "A JSON file with settings, as the service takes it. The environment counts below it.",
    };

    private static readonly Option<string> Channel = new("--channel")
    {
        Description = "One channel only, such as webhook:ops, pagerduty:oncall or sns.",
    };

    public static Command Create()
    {
        var command = new Command("notify-test", About) { Config, Channel };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(Config), parsed.GetValue(Channel), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? config, string? channel, CancellationToken cancellationToken)
    {
        try
        {
            await using var app = Build(config);
            if (SettingsCheck.Find(app.Services, SentinelOptions.Section) is { Problems: [_, ..] problems })
                throw new SettingsException(problems);

            var test = app.Services.GetRequiredService<ChannelTest>();
            if (channel is not null && !test.Names.Contains(channel))
                throw new CommandLineException($"There is no channel '{channel}'{NearestName.Question(channel, test.Names)} The settings have {string.Join(", ", test.Names)}.");

            var results = await test.RunAsync(channel, "notify-test", cancellationToken);
            foreach (var result in results)
                await Console.Out.WriteLineAsync($"{result.Channel}: {(result.Sent ? "sent" : $"not sent. {result.Problem}")}");
            return results.All(result => result.Sent) ? 0 : 1;
        }
        catch (Exception problem) when (problem is SettingsException or CommandLineException)
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return 1;
        }
    }

    private static WebApplication Build(string? config)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        if (config is not null)
            builder.Configuration.AddConfigFile(config);
        // The log is a channel as well; nothing else is of interest here.
        builder.Logging.AddFilter((category, _) => category == typeof(LogChannel).FullName);
        builder.AddSentinel();
        return builder.Build();
    }
}
