using Spectre.Console;

namespace KmsLab.Sentinel.Replay.Rates;

/// <summary>
/// <c>KmsLab.Sentinel replay --rates</c>: calls by key, principal, operation, outcome, service and minute, told on the console.
/// </summary>
internal static class RatesProgram
{
    /// <summary>Counts.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(ReplayOptions replay, CancellationToken cancellationToken)
    {
        var run = new RatesRun(replay);
        var counted = Task.Run(() => run.RunAsync(cancellationToken), cancellationToken);
        if (replay.ShowsProgress)
            await new ReplayProgress(() => run.Report, TimeProvider.System).ShowAsync(counted);
        var report = RatesReport.Of(await counted, run.Report);
        if (replay.Json)
            Print(report);
        else
            ReplayTables.Print(report, AnsiConsole.Console);

        if (report.Records.Counted > 0)
            return ReplayProgram.Quiet;

        await Console.Error.WriteLineAsync(
            $"Sentinel counted no record of KMS: {report.Files.Found} files, {report.Records.Read} records in them. "
            + "Name files with CloudTrail's records, and a time that they are of.");
        return ReplayProgram.Nothing;
    }

    private static void Print(RatesReport report)
    {
        using var output = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
        report.Write(output);
        output.Write("\n"u8);
    }
}
