using System.Text.Json.Nodes;
using KmsLab.Sentinel.Detections;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;
using static KmsLab.Tests.Sentinel.Detections.DetectionBench;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>ransom-pattern.</summary>
public sealed class RansomPatternTests(PostgresCluster cluster)
{
    private const string ForeignKey = $"arn:aws:kms:{TestRecords.Region}:444455556666:key/ffffffff-12ab-34cd-56ef-1234567890ab";
    private const string NewForeignKey = "arn:aws:kms:us-east-1:777788889999:key/1111abcd-12ab-34cd-56ef-1234567890ab";
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

    [Fact]
    public async Task Hundredth_encryption_under_a_foreign_key_raises_the_alarm()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var sentinel = bed.Start();

        await sentinel.TakeAsync(Enumerable.Range(0, 99).Select(second => Encryption("GenerateDataKey", ForeignKey).With(r => r["eventTime"] = TestRecords.Time(Noon.AddSeconds(second))).Utf8()));
        (await sentinel.AlarmsAsync()).ShouldBeEmpty();
        await sentinel.TakeAsync(Encryption("Encrypt", ForeignKey).Utf8());

        var alarm = await sentinel.AlarmAsync();
        alarm.Detection.ShouldBe("ransom-pattern");
        alarm.Observed.ShouldBe(100);
    }

    [Theory]
    [InlineData("Encrypt")]
    [InlineData("GenerateDataKey")]
    [InlineData("GenerateDataKeyWithoutPlaintext")]
    [InlineData("GenerateDataKeyPair")]
    public void Encryption_under_a_foreign_key_counts_through_services_too(string operation)
    {
        using var bench = new DetectionBench(RansomPattern.Definition);

        bench.Select(Encryption(operation, ForeignKey)).ShouldNotBeNull().Detail.ShouldBe($"{operation} under a key of the account 444455556666");
        bench.Select(Encryption(operation, ForeignKey).With(r => r["userIdentity"]!["invokedBy"] = "s3.amazonaws.com")).ShouldBeNull("what services encrypt is learned first");
        bench.Select(Later(Encryption(operation, ForeignKey), 8, ThroughS3(null), Stranger)).ShouldBeNull("a key in use since the beginning is usual");
        bench.Select(Later(Encryption(operation, NewForeignKey), 8, ThroughS3(null), TestRecords.RoleArn)).ShouldNotBeNull()
            .Detail.ShouldBe($"{operation} through s3.amazonaws.com under a key of the account 777788889999 for the first time");
        bench.Select(Encryption(operation, TestRecords.OtherKeyArn)).ShouldBeNull("a key of one's own, known long enough");
        bench.Select(Encryption(operation, ForeignKey).With(r => r["errorCode"] = "AccessDenied")).ShouldBeNull();
        bench.Select(Encryption(operation, ForeignKey).With(r => r["recipientAccountId"] = "444455556666")).ShouldBeNull("the copy that the key's account gets");
        bench.Select(Encryption(operation, ForeignKey).With(r => r["resources"] = null)).ShouldBeNull();
    }

    [Fact]
    public void Reading_under_a_foreign_key_and_a_trusted_account_do_not_count()
    {
        using var bench = new DetectionBench(RansomPattern.Definition, options => options.ProtectedSets["vault"].TrustedAccounts = ["444455556666"]);
        bench.Select(Encryption("Encrypt", ForeignKey)).ShouldBeNull();

        using var strict = new DetectionBench(RansomPattern.Definition);
        strict.Select(Encryption("Decrypt", ForeignKey)).ShouldBeNull();
    }

    [Fact]
    public void ReEncrypt_counts_by_its_destination()
    {
        using var bench = new DetectionBench(RansomPattern.Definition);
        JsonObject ReEncrypt(string from, string to) => TestRecords.ReEncrypt().With(r => r["resources"] = new JsonArray(Resource(from), Resource(to)));

        bench.Select(ReEncrypt(TestRecords.OtherKeyArn, ForeignKey)).ShouldNotBeNull().Detail.ShouldBe("ReEncrypt under a key of the account 444455556666");
        bench.Select(ReEncrypt(ForeignKey, TestRecords.OtherKeyArn)).ShouldBeNull();
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(86_399, true)]
    [InlineData(86_400, false)]
    public void Key_is_new_for_a_day(int secondsLater, bool fires)
    {
        using var bench = new DetectionBench(RansomPattern.Definition);
        var encrypt = Encryption("Encrypt", TestRecords.OtherKeyArn).With(r => r["eventTime"] = TestRecords.Time(Noon.AddSeconds(secondsLater)));

        (bench.Select(TestRecords.CreateKey("a", "b", TestRecords.OtherKeyArn), encrypt) is not null).ShouldBe(fires);
    }

    [Fact]
    public void New_key_is_new_in_all_its_Regions()
    {
        using var bench = new DetectionBench(RansomPattern.Definition);
        const string Made = "arn:aws:kms:us-east-1:000000000000:key/mrk-aaaa";

        bench.Select(TestRecords.CreateKey("a", "b", Made), Encryption("Encrypt", Made.Replace("us-east-1", "eu-west-1", StringComparison.Ordinal))).ShouldNotBeNull();
    }

    [Fact]
    public void New_key_of_a_protected_set_is_no_ransom()
    {
        using var bench = new DetectionBench(RansomPattern.Definition, options => options.ProtectedSets["vault"].Tag = "kmslab:set=vault");
        bench.Select(TestRecords.CreateKey("kmslab:set", "vault", TestRecords.OtherKeyArn), Encryption("Encrypt", TestRecords.OtherKeyArn)).ShouldBeNull();
    }

    [Theory]
    [InlineData("ImportKeyMaterial", """{"keyId":"k","expirationModel":"KEY_MATERIAL_EXPIRES"}""", true)]
    [InlineData("CreateKey", """{"origin":"EXTERNAL"}""", true)]
    [InlineData("CreateKey", """{"origin":"EXTERNAL_KEY_STORE"}""", true)]
    [InlineData("CreateKey", """{"origin":"AWS_KMS"}""", false)]
    [InlineData("CreateKey", """{}""", false)]
    [InlineData("CreateCustomKeyStore", """{"customKeyStoreType":"EXTERNAL_KEY_STORE"}""", true)]
    [InlineData("CreateCustomKeyStore", """{"customKeyStoreType":"AWS_CLOUDHSM"}""", false)]
    [InlineData("GetParametersForImport", """{"keyId":"k"}""", false)]
    public async Task Key_material_from_outside_raises_it_at_once(string operation, string parameters, bool fires)
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Kms(operation, JsonNode.Parse(parameters)!.AsObject(), TestRecords.OtherKeyArn).Utf8());

        (await sentinel.AlarmsAsync()).Select(alarm => alarm.Detection).ShouldBe(fires ? ["ransom-pattern"] : []);
    }

    [Fact]
    public void First_encryption_under_a_foreign_key_is_enough_and_what_was_learned_is_quiet()
    {
        using var bench = new DetectionBench(RansomPattern.Definition);
        bench.Judge(Encryption("GenerateDataKey", ForeignKey).With(ThroughS3(null)));

        bench.Judge(Later(Encryption("GenerateDataKey", ForeignKey), 10, ThroughS3("arn:aws:s3:::logs"), TestRecords.RoleArn)).ShouldBeNull("a landing zone's central key");
        bench.Judge(Later(Encryption("Encrypt", NewForeignKey), 10, _ => { }, Stranger)).ShouldNotBeNull().IsEnough.ShouldBeTrue();
        bench.Judge(Later(Encryption("Encrypt", NewForeignKey), 11, _ => { }, Stranger)).ShouldNotBeNull().IsEnough.ShouldBeFalse("no news any more, and still counted");
        bench.Judge(Later(Encryption("Encrypt", NewForeignKey), 18, _ => { }, Stranger)).ShouldBeNull("in use for a week: usual");
    }

    [Theory]
    [InlineData("arn:aws:s3:::victim", true)]
    [InlineData("arn:aws:s3:::victim/object", false)]
    [InlineData(null, false)]
    public void Whole_bucket_under_a_foreign_key_is_enough_while_learning_too(string? bucket, bool fires)
    {
        using var bench = new DetectionBench(RansomPattern.Definition);
        (bench.Judge(Encryption("GenerateDataKey", ForeignKey).With(ThroughS3(bucket)))?.IsEnough == true).ShouldBe(fires);
    }

    [Theory]
    [InlineData(Stranger, "ReEncrypt", null, true)]
    [InlineData(Stranger, "GenerateDataKey", "arn:aws:s3:::victim", true)]
    [InlineData(Stranger, "GenerateDataKey", "arn:aws:s3:::victim/object", false)]
    [InlineData(Stranger, "Encrypt", null, false)]
    [InlineData(TestRecords.RoleArn, "GenerateDataKey", "arn:aws:s3:::victim", true)]
    [InlineData(TestRecords.RoleArn, "GenerateDataKey", "arn:aws:s3:::victim/object", false)]
    [InlineData(TestRecords.RoleArn, "ReEncrypt", null, false)]
    public void Data_encrypted_anew_by_whoever_just_made_the_key_is_enough(string who, string operation, string? bucket, bool fires)
    {
        using var bench = new DetectionBench(RansomPattern.Definition);
        bench.Judge(Kms("CreateKey", key: TestRecords.OtherKeyArn));

        var encryption = Kms(operation, key: TestRecords.OtherKeyArn, role: who);
        bench.Judge(bucket is null ? encryption : encryption.With(ThroughS3(bucket))).ShouldNotBeNull().IsEnough.ShouldBe(fires);
    }

    [Theory]
    [InlineData(Stranger, true)]
    [InlineData(TestRecords.RoleArn, false)]
    public async Task Forty_objects_under_a_key_of_ones_own_making_are_enough(string maker, bool fires)
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var sentinel = bed.Start();
        await sentinel.TakeAsync(Kms("CreateKey", key: TestRecords.OtherKeyArn, role: maker).Utf8());
        byte[] Object(int number) => Encryption("GenerateDataKey", TestRecords.OtherKeyArn).With(ThroughS3($"arn:aws:s3:::b/{number}"))
            .With(r => r["eventTime"] = TestRecords.Time(Noon.AddSeconds(number))).Utf8();

        await sentinel.TakeAsync(Enumerable.Range(1, 39).Select(Object));
        (await sentinel.AlarmsAsync()).ShouldBeEmpty();
        await sentinel.TakeAsync(Object(40));
        (await sentinel.AlarmsAsync()).Select(alarm => alarm.Detection).ShouldBe(fires ? ["ransom-pattern"] : []);
    }

    [Theory]
    [InlineData("b", Stranger, false)]
    [InlineData("other", Stranger, true)]
    [InlineData(null, Stranger, true)]
    [InlineData(null, Deployer, false)]
    public void Whole_bucket_under_a_key_that_another_just_made_is_enough_unless_the_bucket_is_as_new_or_a_deployer_made_the_key(string? made, string maker, bool fires)
    {
        using var bench = new DetectionBench(RansomPattern.Definition);
        if (made is not null)
            bench.Judge(Call("s3", "CreateBucket", new() { ["bucketName"] = made }, maker));
        bench.Judge(Kms("CreateKey", key: TestRecords.OtherKeyArn, role: maker));

        bench.Judge(Encryption("GenerateDataKey", TestRecords.OtherKeyArn).With(r => r["userIdentity"]!["sessionContext"]!["sessionIssuer"]!["arn"] = TestRecords.RoleArn).With(ThroughS3("arn:aws:s3:::b")))
            .ShouldNotBeNull().IsEnough.ShouldBe(fires);
    }

    [Fact]
    public async Task Encryption_is_summed_over_keys()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var sentinel = bed.Start();

        await sentinel.TakeAsync(Enumerable.Range(0, 100).Select(second =>
            Encryption("Encrypt", $"arn:aws:kms:us-east-1:444455556666:key/{second % 5}").With(r => r["eventTime"] = TestRecords.Time(Noon.AddSeconds(second))).Utf8()));

        (await sentinel.AlarmAsync()).Group.Values.ShouldBe([new("principal", Stranger)]);
    }

    [Fact]
    public async Task What_is_usual_is_known_after_a_restart()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        bed.Options.Turns.Retention = TimeSpan.FromDays(30);
        await bed.Start().TakeAsync(Encryption("GenerateDataKey", ForeignKey).With(r => r["eventTime"] = TestRecords.Time(Noon.AddDays(-8))).Utf8());

        var sentinel = bed.Start();
        await sentinel.TakeAsync(Encryption("GenerateDataKey", ForeignKey).Utf8());
        (await sentinel.AlarmsAsync()).ShouldBeEmpty();
        await sentinel.TakeAsync(Encryption("GenerateDataKey", NewForeignKey).Utf8());
        (await sentinel.AlarmAsync()).Detection.ShouldBe("ransom-pattern");
    }

    private static Action<JsonObject> ThroughS3(string? bucket) => record =>
    {
        record["userIdentity"]!["invokedBy"] = "s3.amazonaws.com";
        if (bucket is not null)
            record["requestParameters"] = new JsonObject { ["encryptionContext"] = new JsonObject { ["aws:s3:arn"] = bucket } };
    };

    private static JsonObject Later(JsonObject record, int days, Action<JsonObject> change, string role) =>
        Kms((string)record["eventName"]!, key: (string)record["resources"]![0]!["ARN"]!, role: role).With(r => r["eventTime"] = TestRecords.Time(Noon.AddDays(days))).With(change);

    private static JsonObject Encryption(string operation, string key) => Kms(operation, key: key);

    private static JsonObject Resource(string arn) => new() { ["type"] = "AWS::KMS::Key", ["ARN"] = arn };
}
