using System.CommandLine;
using System.Globalization;

namespace KmsLab.Simulator.Commands;

/// <summary><c>write</c>: a trail in files.</summary>
internal static class WriteCommand
{
    private static readonly TimeProvider Clock = TimeProvider.System;

    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "Where to. Records go to its folder records, beside them sentinel.json, attestation.pub and truth.json." };
        var scenarios = new Option<string[]>("--scenario")
        {
            Description = "normal, or an attack or busy-week with its time from the start on: slow-exfiltration@9d4h, key-guessing@36h. May be given several times.",
            DefaultValueFactory = _ => ["normal"],
        };
        var days = new Option<int>("--days") { Description = "How many days of normal traffic.", DefaultValueFactory = _ => 30 };
        var start = Options.Instant("--start", "The first day, such as 2026-11-02. By default so that the trail ends with yesterday.");
        var calls = new Option<int>("--calls-a-day") { Description = "How many calls a weekday has, about.", DefaultValueFactory = _ => 5000 };
        var (seed, pace) = (Options.Seed(), Options.Pace());
        var command = new Command("write", "Writes CloudTrail files for KmsLab.Sentinel replay.") { folder, scenarios, days, start, calls, seed, pace };
        command.SetAction((parsed, cancellationToken) => SimulatorCommand.GuardAsync(() =>
        {
            var wanted = parsed.GetRequiredValue(scenarios);
            var settings = new TrailSettings(
                parsed.GetValue(seed), parsed.GetValue(start) ?? Midnight(-parsed.GetValue(days)), parsed.GetValue(days), [.. wanted.Where(text => text != "normal").Select(text => Attack(text, parsed.GetValue(pace)))])
            {
                CallsADay = parsed.GetValue(calls),
                WithNormal = wanted.Contains("normal"),
            };
            return WriteAsync(parsed.GetRequiredValue(folder), settings, cancellationToken);
        }));
        return command;
    }

    private static Task WriteAsync(string folder, TrailSettings settings, CancellationToken cancellationToken)
    {
        var begun = Clock.GetTimestamp();
        var truth = TrailFiles.Write(folder, settings, cancellationToken);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{truth.Calls} records from {truth.From:yyyy-MM-dd} on, {truth.Attacks.Count} attacks, in {Clock.GetElapsedTime(begun).TotalSeconds:0.0} s. Replay them with:"));
        Console.WriteLine(
            $"  dotnet run --project KmsLab.Sentinel -- replay {Path.Combine(folder, TrailFiles.RecordsFolder)} --config {Path.Combine(folder, TrailFiles.ConfigurationFile)}");
        return Task.CompletedTask;
    }

    private static TrailAttack Attack(string text, Pace pace)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var id = at < 0 ? text : text[..at];
        SimulatorCommand.Scenario(id);
        var offset = at < 0 ? TimeSpan.FromHours(34) : OffsetOf(text[(at + 1)..]);
        return new(id, offset) { Pace = pace };
    }

    /// <summary><c>9d4h30m</c>: parts one after the other.</summary>
    private static TimeSpan OffsetOf(string text)
    {
        var (sum, from) = (TimeSpan.Zero, 0);
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsAsciiLetter(text[i]))
                continue;
            sum += Options.ParseSpan(text[from..(i + 1)]) ?? throw Wrong(text);
            from = i + 1;
        }

        return from == text.Length && from > 0 ? sum : throw Wrong(text);
    }

    private static SimulatorException Wrong(string text) => new($"'@{text}' is no time from the start on: write it as @36h or @9d4h30m.");

    private static DateTimeOffset Midnight(int days) => new(Clock.GetUtcNow().UtcDateTime.Date.AddDays(days), TimeSpan.Zero);
}
