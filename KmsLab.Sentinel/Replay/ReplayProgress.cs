using System.Globalization;
using KmsLab.Sentinel.Sources.Files;
using Spectre.Console;

namespace KmsLab.Sentinel.Replay;

/// <summary>Shows on stderr how far a replay is: a bar for a terminal, now and then a line for a file.</summary>
internal sealed class ReplayProgress(FileSource source, TimeProvider time)
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
            (bar.Value, bar.Description) = (Part, $"Replaying, file {source.Report.FilesDone + 1} of {source.Report.Files}");
    });

    private async Task ShowLinesAsync(Task run)
    {
        while (!await IsOverAsync(run, LineInterval))
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{Part:P0} read, {source.Report.FilesDone} of {source.Report.Files} files"));
    }

    private double Part => source.Report is { Bytes: > 0 } report ? Math.Min(1, (double)report.BytesRead / report.Bytes) : 0;

    private async Task<bool> IsOverAsync(Task run, TimeSpan patience) => await Task.WhenAny(run, Task.Delay(patience, time)) == run;
}
