using KmsLab.Sentinel.Replay;
using KmsLab.Simulator;

namespace KmsLab.Tests.Sentinel.Golden;

/// <summary>
/// The same records come to the same alarms, with the same records for evidence, and to the same counts, whatever is rebuilt inside the engine.
/// </summary>
public sealed class GoldenTests
{
    private const string Expected = "KmsLab.Tests.Sentinel.Golden.expected.txt";

    /// <summary>A Monday.</summary>
    private static readonly DateTimeOffset Start = new(2026, 8, 3, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] Attacks =
    [
        "key-guessing", "dry-run-probing", "burst-exfiltration", "grant-backdoor", "attested-exfiltration", "key-tampering", "trail-blinding", "ransom",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Same_records_come_to_the_same_alarms_evidence_and_counts()
    {
        using var folder = new TempFolder();
        TrailFiles.Write(folder.Path, Settings(), Cancellation);

        var report = await ReplayProgram.ReplayAsync(
            new(folder[TrailFiles.RecordsFolder], null, null, null, Json: false, folder[TrailFiles.ConfigurationFile]) { ShowsProgress = false }, Cancellation);

        var found = ReplayOutcome.Lines(report);
        report.Alarms.Select(alarm => alarm.Alarm.Detection).Distinct().Count().ShouldBeGreaterThan(6, "the sample must show something");
        if (Environment.GetEnvironmentVariable("KMSLAB_GOLDEN") is { Length: > 0 } file)
            await File.WriteAllLinesAsync(file, found, Cancellation);
        found.ShouldBe(ExpectedLines(), "Where a change is meant, run this test with KMSLAB_GOLDEN=FILE and put the file in the place of expected.txt.");
    }

    private static TrailSettings Settings() =>
        new(Seed: 5, Start, Days: 12, [.. Attacks.Select((id, number) => new TrailAttack(id, TimeSpan.FromHours(200 + (8 * number))) { Length = TimeSpan.FromHours(1) })])
        {
            CallsADay = 150,
            Records = 60,
            OfficeClients = 4,
        };

    private static IReadOnlyList<string> ExpectedLines()
    {
        using var stream = typeof(GoldenTests).Assembly.GetManifestResourceStream(Expected);
        if (stream is null)
            return [];
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().TrimEnd('\n').Split('\n');
    }
}
