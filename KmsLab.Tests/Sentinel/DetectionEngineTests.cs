using System.Text.Json.Nodes;
using KmsLab.CloudTrail.Attestation;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Host;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel;

/// <summary>What the engine does with settings, rules, distinct values and findings, on either database, with a restart in between.</summary>
public sealed class DetectionEngineTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Distinct_rule_counts_each_value_once_and_across_a_restart(DatabaseProvider provider)
    {
        await using var bed = await SentinelBed.CreateAsync(provider, cluster);
        bed.Options.Rules["many-records"] = new()
        {
            Pattern = "{ $.eventName = \"Decrypt\" }",
            GroupBy = ["principal"],
            Distinct = "$.requestParameters.encryptionContext.r",
            Threshold = 3,
            Window = TimeSpan.FromHours(1),
        };
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Read("a", 0), Read("a", 1), Read("b", 2), Read("a", 3));
        (await sentinel.AlarmsAsync()).ShouldBeEmpty();

        sentinel = bed.Start();
        await sentinel.TakeAsync(Read("b", 10), Read("c", 20));

        var alarm = await sentinel.AlarmAsync();
        alarm.Detection.ShouldBe("many-records");
        alarm.Observed.ShouldBe(3);
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Finding_raises_its_detection_once_however_often_it_is_handed_in(DatabaseProvider provider)
    {
        await using var bed = await SentinelBed.CreateAsync(provider, cluster);
        var finding = new Finding("kms-error-burst", new DetectionGroup([new("principal", "x")]), Noon, "GetTrailStatus", "the trail does not log");

        var sentinel = bed.Start();
        await sentinel.Pipeline.TakeAsync(new Turn.OwnWork([finding, finding]), TestContext.Current.CancellationToken);
        await bed.Start().Pipeline.TakeAsync(new Turn.OwnWork([finding]), TestContext.Current.CancellationToken);
        (await sentinel.AlarmsAsync()).ShouldBeEmpty();

        await bed.Start().Pipeline.TakeAsync(new Turn.OwnWork([finding with { Detail = "something else" }]), TestContext.Current.CancellationToken);
        (await sentinel.AlarmAsync()).Evidence.Select(record => record.Detail).ShouldBe(["the trail does not log", "something else"], ignoreOrder: true);
    }

    [Fact]
    public async Task Exception_raises_the_threshold_of_one_principal_only()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        bed.Options.Detections["kms-error-burst"] = new() { Exceptions = { ["batch"] = new() { Principal = "*:role/kmslab-*", Threshold = 4, Reason = "retries" } } };
        var sentinel = bed.Start();

        await sentinel.TakeAsync(Refused(0), Refused(1), Refused(2));
        (await sentinel.AlarmsAsync()).ShouldBeEmpty();

        await sentinel.TakeAsync(Refused(3), Refused(3, "arn:aws:iam::000000000000:role/other"), Refused(4, "arn:aws:iam::000000000000:role/other"));
        (await sentinel.AlarmsAsync()).Select(alarm => alarm.Threshold).ShouldBe([4L, 2L], ignoreOrder: true);
    }

    [Fact]
    public async Task Exception_without_a_threshold_counts_nothing_until_its_end()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        bed.Options.Detections["kms-error-burst"] = new() { Exceptions = { ["move"] = new() { Key = TestRecords.KeyArn, Until = Noon.AddSeconds(10), Reason = "migration" } } };
        var sentinel = bed.Start();

        await sentinel.TakeAsync(Refused(8), Refused(9), Refused(10));
        (await sentinel.AlarmsAsync()).ShouldBeEmpty();

        await sentinel.TakeAsync(Refused(11));
        (await sentinel.AlarmAsync()).EvidenceTotal.ShouldBe(2);
    }

    [Fact]
    public async Task Suppression_leaves_matching_records_out()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        bed.Options.Detections["kms-error-burst"] = new() { Suppressions = { ["scanner"] = new() { Pattern = "{ $.sourceIPAddress = \"192.0.2.*\" }", Reason = "our scanner" } } };
        var sentinel = bed.Start();

        await sentinel.TakeAsync(Refused(0), Refused(1), TestRecords.WrongKey(Noon).With(r => r["sourceIPAddress"] = "198.51.100.7").Utf8());
        (await sentinel.AlarmsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_of_three_periods_must_reach_the_threshold()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        bed.Options.Detections["kms-error-burst"] = new() { Datapoints = 2, Periods = 3 };
        var sentinel = bed.Start();

        await sentinel.TakeAsync(Refused(0), Refused(1), Refused(2), Refused(60), Refused(190), Refused(191));
        (await sentinel.AlarmsAsync()).ShouldBeEmpty();

        await sentinel.TakeAsync(Refused(61));
        var alarm = await sentinel.AlarmAsync();
        alarm.Observed.ShouldBe(3);
        alarm.FirstSeen.ShouldBe(Noon);
        alarm.QuietAt.ShouldBe(Noon.AddMinutes(4));
    }

    [Fact]
    public async Task Hysteresis_keeps_an_alarm_on_while_a_window_holds_less_than_would_raise_it()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        bed.Options.Detections["kms-error-burst"] = new() { Threshold = 3, ClearThreshold = 1 };
        var sentinel = bed.Start();

        await sentinel.TakeAsync(Refused(0), Refused(1), Refused(2), Refused(50), Refused(100), Refused(161));

        (await sentinel.AlarmAsync()).QuietAt.ShouldBe(Noon.AddSeconds(160));
    }

    [Fact]
    public async Task Alarm_says_why_and_fills_its_commands()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Refused(0), TestRecords.WrongKey(Noon.AddSeconds(1)).With(r => r["userIdentity"]!["accessKeyId"] = "A'; reboot #").Utf8());

        var alarm = await sentinel.AlarmAsync();
        AlarmText.Why(alarm, KmsErrorBurst.Definition).ShouldBe(
            $"KMS refused {TestRecords.RoleArn} 2 times within 60 s (fewer than 2 are allowed), last Decrypt with InvalidCiphertextException from 192.0.2.10.");
        AlarmText.Runbook(alarm, KmsErrorBurst.Definition).ShouldContain("""aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue='A'\''; reboot #'""");
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task Key_seen_with_the_tag_of_a_set_stays_protected_after_the_tag_is_gone(DatabaseProvider provider)
    {
        await using var bed = await SentinelBed.CreateAsync(provider, cluster);
        bed.Options.ProtectedSets["vault"] = new() { Tag = "kmslab:set=vault" };
        bed.Options.Rules["reads"] = new() { Pattern = "{ $.eventName = \"Decrypt\" }", GroupBy = ["set"] };
        await bed.Start().TakeAsync(TestRecords.CreateKey("kmslab:set", "vault").Utf8());

        var sentinel = bed.Start();
        await sentinel.TakeAsync(TestRecords.Decrypt().Utf8());

        (await sentinel.AlarmAsync()).Group.Values.ShouldBe([new("set", "vault")]);
    }

    [Fact]
    public void Attestation_is_judged_on_cryptographic_calls_of_protected_keys_only()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var options = new SentinelOptions { Attestation = { PublicKeys = { ["k1"] = key.ExportSubjectPublicKeyInfoPem() } } };
        options.ProtectedSets["vault"] = new() { Keys = [TestRecords.KeyArn] };
        using var services = new EngineServices(options).Build();
        using var memory = new TurnMemory(services.CreateScope());

        Studied(TestRecords.Decrypt()).Attestation.ShouldBe(AttestationVerdict.Absent);
        Studied(TestRecords.Decrypt().With(r => r["eventName"] = "DescribeKey")).Attestation.ShouldBeNull();
        Studied(TestRecords.Decrypt().With(r => r["resources"]![0]!["ARN"] = TestRecords.OtherKeyArn)).Attestation.ShouldBeNull();

        Observation Studied(JsonObject record)
        {
            var observation = record.Observation();
            foreach (var part in memory.Parts)
                part.Study(observation);
            return observation;
        }
    }

    [Fact]
    public void Wrong_settings_are_all_reported_at_once()
    {
        var options = new SentinelOptions { LogGroups = ["g"] };
        options.Detections["kms-error-burst"] = new() { Threshold = 0, Datapoints = 3, Exceptions = { ["x"] = new() }, Suppressions = { ["y"] = new() { Pattern = "{ $.a = }", Reason = "r" } } };
        options.Detections["no-such"] = new();
        options.Rules["mine"] = new() { Pattern = "", GroupBy = ["nonsense"] };
        options.ProtectedSets["vault"] = new() { Keys = ["alias/x"], Addresses = ["here"] };
        options.Attestation.PublicKeys["k"] = "no pem";

        var errors = new SentinelOptionsValidator().Validate(null, options).Failures.ShouldNotBeNull().ToList();

        foreach (var part in (string[])["kms-error-burst:Threshold", "Datapoints", "Exceptions:x needs", "Exceptions:x:Reason", "Suppressions:y:Pattern", "no-such is no detection",
                     "mine:Pattern", "'nonsense'", "'alias/x' is no key ARN", "'here' is no address", "PublicKeys:k"])
        {
            errors.ShouldContain(error => error.Contains(part), part);
        }
    }

    private static byte[] Read(string record, int minute) =>
        TestRecords.Decrypt(Noon.AddMinutes(minute)).With(r => r["requestParameters"]!["encryptionContext"]!["r"] = record).Utf8();

    private static byte[] Refused(int second, string role = TestRecords.RoleArn) => TestRecords.WrongKey(Noon.AddSeconds(second), role).Utf8();
}
