using System.IO.Compression;
using System.Text.Json.Nodes;
using KmsLab.CloudTrail.Attestation;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Replay;
using KmsLab.Simulator;

namespace KmsLab.Tests.Simulator;

/// <summary>Trails in files: what the reader makes of them, and what Sentinel finds in them.</summary>
public sealed class TrailFilesTests(ITestOutputHelper output)
{
    /// <summary>A Monday.</summary>
    private static readonly DateTimeOffset Start = new(2026, 9, 7, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Each attack that needs no history.</summary>
    public static TheoryData<string> Attacks => [.. ScenarioCatalog.All.Where(scenario => scenario.Expected.Count > 0).Select(scenario => scenario.Id)];

    [Fact]
    public void Every_record_is_read_and_every_call_of_the_application_is_validly_attested()
    {
        using var folder = new TempFolder();
        var truth = TrailFiles.Write(folder.Path, new TrailSettings(Seed: 2, Start, Days: 1, []), Cancellation);

        var records = Lines(folder).Select(Read).ToList();

        records.Count.ShouldBe((int)truth.Calls);
        records.ShouldAllBe(record => record.EventTime >= Start && record.EventTime < Start.AddDays(1));
        using var verifier = new AttestationVerifier([new("sim1", File.ReadAllText(folder[TrailFiles.PublicKeyFile]))]);
        var application = records.Where(record => record.Identity.SessionIssuerArn == $"arn:aws:iam::{TrailFiles.Account}:role/kmslab-cryptoapi").ToList();
        application.Count.ShouldBeGreaterThan(1000);
        application.ShouldAllBe(record => verifier.Verify(record).Verdict == AttestationVerdict.Valid);
        records.Select(record => record.EventId).Distinct().Count().ShouldBe(records.Count);
    }

    [Fact]
    public void Same_seed_writes_the_same_but_for_the_signatures()
    {
        using var folder = new TempFolder();
        var settings = new TrailSettings(Seed: 3, Start, Days: 1, [new("key-guessing", TimeSpan.FromHours(10)), new("attested-exfiltration", TimeSpan.FromHours(11)) { Length = TimeSpan.FromHours(2) }]);

        var first = Unsigned(folder, "first", settings);
        var again = Unsigned(folder, "again", settings);
        var other = Unsigned(folder, "other", settings with { Seed = 4 });

        again.ShouldBe(first);
        other.ShouldNotBe(first);
    }

    /// <summary>The benchmark of detection quality replays the days before an attack once for all attacks: it rests on this.</summary>
    [Fact]
    public void Days_before_an_attack_are_the_same_with_and_without_it()
    {
        using var folder = new TempFolder();
        var settings = new TrailSettings(Seed: 3, Start, Days: 3, []) { CallsADay = 800 };
        var attacks = ScenarioCatalog.All.Where(scenario => scenario.IsAttack).Select(scenario => new TrailAttack(scenario.Id, TimeSpan.FromHours(49)) { Length = TimeSpan.FromMinutes(30) });

        var without = Unsigned(folder, "without", settings).TakeWhile(IsOfTheFirstTwoDays).ToList();
        var with = Unsigned(folder, "with", settings with { Attacks = [.. attacks] }).TakeWhile(IsOfTheFirstTwoDays).ToList();

        without.Count.ShouldBeGreaterThan(1500);
        with.ShouldBe(without);

        static bool IsOfTheFirstTwoDays(string line) => JsonNode.Parse(line)!["eventTime"]!.GetValue<DateTimeOffset>() < Start.AddDays(2);
    }

    [Fact]
    public void Ground_truth_is_read_as_it_was_written()
    {
        using var folder = new TempFolder();
        var truth = TrailFiles.Write(folder.Path, new TrailSettings(1, Start, 1, [new("ransom", TimeSpan.FromHours(1))]) { WithNormal = false }, Cancellation);

        var read = GroundTruth.FromJson(File.ReadAllText(folder[TrailFiles.TruthFile]));

        read.ToJson().ShouldBe(truth.ToJson());
        read.Attacks.ShouldHaveSingleItem().Scenario.ShouldBe("ransom");
    }

    [Fact]
    public void Folder_with_other_records_is_refused()
    {
        using var folder = new TempFolder();
        var settings = new TrailSettings(1, Start, 1, [new("ransom", TimeSpan.FromHours(1))]) { WithNormal = false };
        TrailFiles.Write(folder.Path, settings, Cancellation);

        Should.Throw<SimulatorException>(() => TrailFiles.Write(folder.Path, settings, Cancellation)).Message.ShouldContain("Name another folder");
    }

    [Fact]
    public void Blinded_trail_lacks_what_happened_meanwhile()
    {
        using var folder = new TempFolder();
        TrailFiles.Write(folder.Path, new TrailSettings(5, Start, 1, [new("trail-blinding", TimeSpan.FromHours(10)) { Length = TimeSpan.FromMinutes(50) }]), Cancellation);

        var records = Lines(folder).Select(Read).Where(record => record.EventTime >= Start.AddHours(10) && record.EventTime < Start.AddHours(10).AddMinutes(50)).ToList();
        var begun = records.FindIndex(record => record.EventName == "PutEventSelectors");
        var ended = records.FindIndex(begun + 1, record => record.EventName == "PutEventSelectors");

        records[begun..ended].ShouldNotContain(record => record.EventSource == "kms.amazonaws.com");
        records[ended..].ShouldContain(record => record.EventSource == "kms.amazonaws.com");
    }

    [Fact]
    public async Task Two_normal_days_raise_nothing_critical()
    {
        using var folder = new TempFolder();
        TrailFiles.Write(folder.Path, new TrailSettings(Seed: 6, Start, Days: 2, []), Cancellation);

        var report = await ReplayAsync(folder);

        report.Records.Malformed.ShouldBe(0);
        report.Records.Counted.ShouldBeGreaterThan(8000);
        Tell(report);
        report.Alarms.ShouldNotContain(alarm => alarm.Alarm.Severity == Severity.Critical);
    }

    [Fact]
    public async Task Administrators_busy_week_raises_no_alarm()
    {
        using var folder = new TempFolder();
        var settings = new TrailSettings(Seed: 6, Start, Days: 14, [new("busy-week", TimeSpan.Zero), new("busy-week", TimeSpan.FromDays(7))]) { CallsADay = 100, Records = 30, OfficeClients = 2 };
        var truth = TrailFiles.Write(folder.Path, settings, Cancellation);

        var report = await ReplayAsync(folder);

        Tell(report);
        truth.Attacks.ShouldBeEmpty();
        report.Records.Malformed.ShouldBe(0);
        report.Alarms.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task Attack_is_found_by_what_is_expected_to(string scenario)
    {
        using var folder = new TempFolder();
        var truth = TrailFiles.Write(folder.Path, new TrailSettings(7, Start, 1, [new(scenario, TimeSpan.FromHours(9))]) { CallsADay = 500, Records = 100 }, Cancellation);

        var report = await ReplayAsync(folder);

        Tell(report);
        var attack = truth.Attacks.ShouldHaveSingleItem();
        foreach (var detection in attack.Expected)
            report.Alarms.Where(alarm => alarm.Alarm.Detection == detection && alarm.Alarm.LastSeen >= attack.FirstCall.AddSeconds(-1)).ShouldNotBeEmpty(detection);
    }

    [Fact]
    public async Task Stolen_Keys_are_found_by_spread_once_everybody_else_is_known()
    {
        using var folder = new TempFolder();
        var settings = new TrailSettings(8, Start, 12, [new("attested-exfiltration", TimeSpan.FromDays(7.4)) { Length = TimeSpan.FromDays(4.2) }]) { CallsADay = 300, Records = 250, OfficeClients = 3 };
        var truth = TrailFiles.Write(folder.Path, settings, Cancellation);

        var report = await ReplayAsync(folder);

        Tell(report);
        truth.Attacks.SelectMany(attack => attack.Expected).ShouldBe(["decrypt-spread-slow", "decrypt-spread"]);
        foreach (var attack in truth.Attacks)
        {
            report.Alarms.ShouldContain(alarm => alarm.Alarm.Detection == attack.Expected[0] && alarm.Alarm.Group["client"] == attack.ClientTag);
            report.Alarms.ShouldNotContain(alarm => alarm.Alarm.Detection == attack.Expected[0] && alarm.Alarm.Group["client"] != attack.ClientTag);
        }
    }

    private void Tell(ReplayReport report)
    {
        foreach (var alarm in report.Alarms)
            output.WriteLine($"{alarm.Alarm.Detection} {string.Join(' ', alarm.Alarm.Group.Values)} {alarm.Alarm.FirstSeen:O}");
    }

    private static Task<ReplayReport> ReplayAsync(TempFolder folder) =>
        ReplayProgram.ReplayAsync(new(folder[TrailFiles.RecordsFolder], null, null, null, Json: false, folder[TrailFiles.ConfigurationFile]), Cancellation);

    private static string[] Unsigned(TempFolder folder, string name, TrailSettings settings)
    {
        TrailFiles.Write(folder[name], settings, Cancellation);
        return [.. Lines(folder[name]).Select(WithoutSignature)];
    }

    private static string WithoutSignature(string line)
    {
        var record = JsonNode.Parse(line)!;
        foreach (var proof in AttestationProof.FindAll(record["userAgent"]!.GetValue<string>()))
            return line.Replace(proof.ToString(), (proof with { Signature = new byte[64] }).ToString(), StringComparison.Ordinal);
        return line;
    }

    private static IEnumerable<string> Lines(TempFolder folder) => Lines(folder.Path);

    private static IEnumerable<string> Lines(string folder) =>
        Directory.GetFiles(Path.Combine(folder, TrailFiles.RecordsFolder)).Order(StringComparer.Ordinal).SelectMany(file =>
        {
            using var lines = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
            return lines.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        });

    private static CloudTrailRecord Read(string line) => CloudTrailRecordReader.Read(System.Text.Encoding.UTF8.GetBytes(line), RecordInterest.Everything).Record!;
}
