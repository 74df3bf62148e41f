using System.Text;
using System.Text.Json.Nodes;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel;

/// <summary>Records as AWS really writes them, through the whole engine: each odd shape counts, or is kept aside, and stops nothing.</summary>
public sealed class OddRecordTests(PostgresCluster cluster)
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

    private static readonly string Role = TestRecords.RoleArn;

    [Fact]
    public Task Unknown_fields_are_passed_over() => CountsAsync(TestRecords.Decrypt().With(r => r["somethingNew"] = new JsonObject { ["eventName"] = "inner", ["deep"] = new JsonArray(1, new JsonObject()) }));

    [Theory]
    [InlineData("1.12")]
    [InlineData("1.0")]
    [InlineData("1")]
    [InlineData(null)]
    public Task Minor_version_does_not_matter(string? version) => CountsAsync(TestRecords.Decrypt().With(r => r["eventVersion"] = version));

    [Theory]
    [InlineData("2.0")]
    [InlineData("10.1")]
    [InlineData("x")]
    public Task Other_major_version_is_kept_aside(string version) => IsKeptAsideAsync(TestRecords.Decrypt().With(r => r["eventVersion"] = version), "eventVersion");

    [Fact]
    public Task Missing_version_counts() => CountsAsync(TestRecords.Decrypt().With(r => r.Remove("eventVersion")));

    [Fact]
    public async Task Missing_identity_counts_for_nobody_known() =>
        (await RatesOfAsync(TestRecords.Decrypt().With(r => r.Remove("userIdentity")))).ShouldBe(["90ab|unknown|Decrypt|Success||12:00:00+60=1"]);

    [Fact]
    public async Task Service_identity_counts_for_the_service() =>
        (await RatesOfAsync(TestRecords.Decrypt().With(r => r["userIdentity"] = new JsonObject { ["type"] = "AWSService", ["invokedBy"] = "s3.amazonaws.com" })))
            .ShouldBe(["90ab|s3.amazonaws.com|Decrypt|Success|s3.amazonaws.com|12:00:00+60=1"]);

    [Fact]
    public async Task Service_on_somebodys_behalf_counts_for_that_somebody_and_the_service() =>
        (await RatesOfAsync(TestRecords.Decrypt().With(r => r["userIdentity"]!["invokedBy"] = "fas.s3.amazonaws.com"))).ShouldBe([$"90ab|{Role}|Decrypt|Success|fas.s3.amazonaws.com|12:00:00+60=1"]);

    [Fact]
    public Task Empty_access_key_id_counts() => CountsAsync(TestRecords.Decrypt().With(r => r["userIdentity"]!["accessKeyId"] = ""));

    [Fact]
    public Task MfaAuthenticated_is_a_text_or_a_boolean() =>
        CountsAsync(TestRecords.Decrypt().With(r => r["userIdentity"]!["sessionContext"]!["attributes"]!["mfaAuthenticated"] = true));

    [Theory]
    [InlineData("alias/kmslab", "slab")]
    [InlineData("1234abcd-12ab-34cd-56ef-1234567890ab", "90ab")]
    public async Task Key_is_named_by_alias_or_bare_id_where_there_are_no_resources(string keyId, string ending)
    {
        var rates = await RatesOfAsync(TestRecords.Decrypt().With(r =>
        {
            r.Remove("resources");
            r["requestParameters"]!["keyId"] = keyId;
        }));

        rates.ShouldBe([$"{ending}|{Role}|Decrypt|Success||12:00:00+60=1"]);
    }

    [Fact]
    public async Task ReEncrypt_counts_for_both_keys() => (await RatesOfAsync(TestRecords.ReEncrypt())).Count.ShouldBe(2);

    [Theory]
    [InlineData("userIdentity", "[]")]
    [InlineData("userIdentity", "7")]
    [InlineData("requestParameters", "\"HIDDEN_DUE_TO_SECURITY_REASONS\"")]
    [InlineData("requestParameters", "[1,2]")]
    [InlineData("responseElements", "true")]
    [InlineData("errorMessage", "{}")]
    [InlineData("addendum", "\"UPDATED_DATA\"")]
    [InlineData("addendum", "{\"reason\":\"UPDATED_DATA\"}")]
    [InlineData("addendum", "{\"reason\":\"UPDATED_DATA\",\"originalEventID\":7}")]
    [InlineData("sharedEventID", "{}")]
    [InlineData("readOnly", "\"yes\"")]
    [InlineData("sourceIPAddress", "1e400")]
    public async Task Wrong_types_stop_nothing(string field, string json)
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();

        await sentinel.TakeAsync(TestRecords.Decrypt().With(r => r[field] = JsonNode.Parse(json)).Utf8(), TestRecords.Decrypt().Utf8());

        (await sentinel.StatusAsync()).Records.Counted.ShouldBe(2);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(200)]
    [InlineData(100_000)]
    public async Task Deep_nesting_stops_nothing(int depth)
    {
        await using var bed = await BedAsync();
        bed.Options.EventSources = ["kms.amazonaws.com"];
        var sentinel = bed.Start();
        var json = TestRecords.Decrypt().With(r => r["eventName"] = "PutKeyPolicy").ToJsonString();
        var nested = json.Replace("\"responseElements\":null", $"\"responseElements\":{new string('[', depth)}{new string(']', depth)}", StringComparison.Ordinal);

        await sentinel.TakeAsync(Encoding.UTF8.GetBytes(nested), TestRecords.Decrypt().Utf8());

        var records = (await sentinel.StatusAsync()).Records;
        (records.Counted + records.Malformed).ShouldBe(2);
        records.Counted.ShouldBe(depth < 250 ? 2 : 1);
    }

    [Fact]
    public async Task Half_a_surrogate_pair_in_a_parameter_stops_nothing()
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        var json = TestRecords.Decrypt().With(r => r["eventName"] = "PutKeyPolicy").ToJsonString().Replace("SYMMETRIC_DEFAULT\"", "x\",\"policy\":\"\\ud800\"", StringComparison.Ordinal);

        await sentinel.TakeAsync(Encoding.UTF8.GetBytes(json), TestRecords.Decrypt().Utf8());

        (await sentinel.StatusAsync()).Records.Counted.ShouldBe(2);
    }

    [Fact]
    public async Task Insights_event_is_no_call() =>
        (await RatesOfAsync(TestRecords.Decrypt().With(r => r["eventType"] = "AwsCloudTrailInsight"), TestRecords.Decrypt())).ShouldHaveSingleItem().ShouldEndWith("=1");

    [Fact]
    public async Task Time_of_another_age_is_kept_aside() => await IsKeptAsideAsync(TestRecords.Decrypt().With(r => r["eventTime"] = "9999-12-31T23:59:59Z"), "eventTime");

    [Fact]
    public async Task Key_service_event_without_caller_and_parameters_counts() =>
        (await RatesOfAsync(TestRecords.ServiceEvent())).ShouldBe(["90ab|AWS Internal|RotateKey|Success|AWS Internal|12:00:00+60=1"]);

    [Fact]
    public Task Record_of_a_megabyte_counts() => CountsAsync(TestRecords.Decrypt().With(r => r["additionalEventData"] = new string('x', 1_000_000)));

    /// <summary>A caller chooses its User-Agent, and must not become invisible by it.</summary>
    [Theory]
    [InlineData("\\ud800")]
    [InlineData("\u0001")]
    public async Task Caller_whose_text_is_no_Unicode_raises_the_alarm_all_the_same_and_it_says_so(string text)
    {
        await using var bed = await BedAsync();
        bed.Options.ProtectedSets["vault"] = new() { Keys = [TestRecords.KeyArn] };
        var deletion = TestRecords.Decrypt().With(r => (r["eventName"], r["userAgent"]) = ("ScheduleKeyDeletion", "@"));
        var json = Encoding.UTF8.GetString(deletion.Utf8()).Replace("\"@\"", $"\"{text}\"", StringComparison.Ordinal);
        var sentinel = bed.Start();

        await sentinel.TakeAsync(Encoding.UTF8.GetBytes(json));

        var alarm = (await sentinel.AlarmsAsync()).Where(alarm => alarm.Detection == "key-tampering").ShouldHaveSingleItem();
        alarm.Evidence.ShouldHaveSingleItem().IsMended.ShouldBe(true);
    }

    private async Task CountsAsync(JsonObject record) => (await RatesOfAsync(record)).ShouldBe([$"90ab|{Role}|Decrypt|Success||12:00:00+60=1"]);

    private async Task<IReadOnlyList<string>> RatesOfAsync(params JsonObject[] records)
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        await sentinel.TakeAsync(records.Select(record => record.Utf8()));
        return await sentinel.RatesAsync();
    }

    private async Task IsKeptAsideAsync(JsonObject record, string why)
    {
        await using var bed = await BedAsync();
        var sentinel = bed.Start();
        await sentinel.TakeAsync(record.Utf8(), TestRecords.Decrypt(Noon).Utf8());

        var status = await sentinel.StatusAsync();
        status.Records.Counted.ShouldBe(1);
        status.Records.Malformed.ShouldBe(1);
        status.Malformed.ShouldHaveSingleItem().Problem.ShouldContain(why);
    }

    private Task<SentinelBed> BedAsync() => SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
}
