using System.Globalization;
using KmsLab.Sentinel.Sources.Files;
using Spectre.Console;

namespace KmsLab.Sentinel.Replay;

/// <summary>Shows on stderr how far a replay is: a bar for a terminal, now and then a line for a file.</summary>
internal sealed class ReplayProgress(Func<FileReport> report, TimeProvider time)
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    public async Task ShowAsync(Task run)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (Console.IsErrorRedirected)
            await ShowLinesAsync(run);
        else
            await ShowBarAsync(run, console);
        await run;
    }

    private Task ShowBarAsync(Task run, IAnsiConsole console) => console.Progress().AutoClear(true).StartAsync(async context =>
    {
        var bar = context.AddTask("Replaying", maxValue: 1);
        while (!await IsOverAsync(run, Refresh))
            (bar.Value, bar.Description) = (Part, $"Replaying, file {report().FilesDone + 1} of {report().Files}");
    });

    private async Task ShowLinesAsync(Task run)
    {
        while (!await IsOverAsync(run, LineInterval))
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{Part:P0} read, {report().FilesDone} of {report().Files} files"));
    }

    private double Part => report() is { Bytes: > 0 } now ? Math.Min(1, (double)now.BytesRead / now.Bytes) : 0;

    private async Task<bool> IsOverAsync(Task run, TimeSpan patience) => await Task.WhenAny(run, Task.Delay(patience, time)) == run;
}
