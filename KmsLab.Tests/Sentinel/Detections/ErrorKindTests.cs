using System.Text.Json.Nodes;
using KmsLab.Sentinel.Detections;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>Which errors are an attacker's, and which are everyday's.</summary>
public sealed class ErrorKindTests(PostgresCluster cluster)
{
    private const string ServiceLinked = $"arn:aws:iam::{TestRecords.Account}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig";

    [Theory]
    [InlineData("AccessDenied", nameof(ErrorKind.Refusal))]
    [InlineData("AccessDeniedException", nameof(ErrorKind.Refusal))]
    [InlineData("Client.UnauthorizedOperation", nameof(ErrorKind.Refusal))]
    [InlineData("VpceAccessDenied", nameof(ErrorKind.Refusal))]
    [InlineData("InvalidCiphertextException", nameof(ErrorKind.Guess))]
    [InlineData("IncorrectKeyException", nameof(ErrorKind.Guess))]
    [InlineData("KMSInvalidMacException", nameof(ErrorKind.Guess))]
    [InlineData("InvalidGrantTokenException", nameof(ErrorKind.Guess))]
    [InlineData("ThrottlingException", nameof(ErrorKind.Throttling))]
    [InlineData("RequestLimitExceeded", nameof(ErrorKind.Throttling))]
    [InlineData("Client.RequestLimitExceeded", nameof(ErrorKind.Throttling))]
    [InlineData("LimitExceededException", nameof(ErrorKind.Throttling))]
    [InlineData("TooManyRequestsException", nameof(ErrorKind.Throttling))]
    [InlineData("NotFoundException", nameof(ErrorKind.Absence))]
    [InlineData("ResourceNotFoundException", nameof(ErrorKind.Absence))]
    [InlineData("NoSuchEntity", nameof(ErrorKind.Absence))]
    [InlineData("AlreadyExistsException", nameof(ErrorKind.Existence))]
    [InlineData("CustomKeyStoreNameInUseException", nameof(ErrorKind.Existence))]
    [InlineData("DisabledException", nameof(ErrorKind.KeyState))]
    [InlineData("KMSInvalidStateException", nameof(ErrorKind.KeyState))]
    [InlineData("KeyUnavailableException", nameof(ErrorKind.KeyState))]
    [InlineData("KMSInternalException", nameof(ErrorKind.Other))]
    [InlineData("ValidationException", nameof(ErrorKind.Other))]
    public void Error_has_a_kind_and_only_refusals_and_guesses_are_bursts(string error, string kind)
    {
        using var burst = new DetectionBench(KmsErrorBurst.Definition);
        using var probing = new DetectionBench(DryRunProbing.Definition);
        var record = TestRecords.Decrypt(errorCode: error);

        ErrorKinds.Of(record.Observation()).ToString().ShouldBe(kind);
        (burst.Select(record) is not null).ShouldBe(kind is nameof(ErrorKind.Refusal) or nameof(ErrorKind.Guess));
        (probing.Select(record) is not null).ShouldBe(kind is nameof(ErrorKind.Refusal));
        ErrorRates.Definitions.Count(definition => definition.Select(record.Observation()) is not null).ShouldBe(kind is nameof(ErrorKind.Refusal) or nameof(ErrorKind.Guess) ? 0 : 1);
    }

    public static TheoryData<string> Services { get; } = ["linked", "invoked", "itself"];

    [Theory]
    [MemberData(nameof(Services))]
    public void What_a_service_meets_is_its_own_kind(string how)
    {
        var record = how switch
        {
            "linked" => TestRecords.Decrypt(errorCode: "AccessDenied", role: ServiceLinked),
            "invoked" => TestRecords.Decrypt(errorCode: "AccessDenied").With(r => r["userIdentity"]!["invokedBy"] = "config.amazonaws.com"),
            _ => TestRecords.Decrypt(errorCode: "AccessDenied").With(r => r["userIdentity"] = new JsonObject { ["type"] = "AWSService", ["invokedBy"] = "securityhub.amazonaws.com" }),
        };

        ErrorKinds.Of(record.Observation()).ShouldBe(ErrorKind.Service);
        KmsErrorBurst.Definition.Select(record.Observation()).ShouldBeNull();
        DryRunProbing.Definition.Select(record.Observation()).ShouldBeNull();
    }

    [Fact]
    public async Task Slow_guessing_is_found_by_the_long_span()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var sentinel = bed.Start();

        await sentinel.TakeAsync(Enumerable.Range(0, 29).Select(i => Error(i * 61, "InvalidCiphertextException")));
        (await sentinel.AlarmsAsync()).ShouldBeEmpty();
        await sentinel.TakeAsync(Error(29 * 61, "InvalidCiphertextException"));

        var alarm = await sentinel.AlarmAsync();
        (alarm.Detection, alarm.Observed, alarm.Threshold, alarm.Window).ShouldBe(("kms-error-burst", 30, 30, TimeSpan.FromHours(2)));
        alarm.FirstSeen.ShouldBe(TestRecords.Noon);
    }

    [Fact]
    public async Task Slower_than_the_long_span_is_not_found_and_an_exception_holds_for_it()
    {
        await using var bed = await SentinelBed.CreateAsync(DatabaseProvider.Sqlite, cluster);
        bed.Options.Detections["kms-error-burst"] = new() { Exceptions = { ["batch"] = new() { Principal = DetectionBench.Stranger, Threshold = 100, Reason = "retries" } } };
        var sentinel = bed.Start();

        await sentinel.TakeAsync(Enumerable.Range(0, 60).Select(i => Error(i * 300, "AccessDenied")));
        await sentinel.TakeAsync(Enumerable.Range(0, 60).Select(i => Error(i * 61, "AccessDenied", DetectionBench.Stranger)));

        (await sentinel.AlarmsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public void Long_span_is_tuned_where_there_is_one()
    {
        var settings = new DetectionOverrides { SlowThreshold = 10, SlowWindow = TimeSpan.FromHours(6) }.ApplyTo(KmsErrorBurst.Definition.Defaults);

        settings.Slow.ShouldBe(new SlowLimit(10, TimeSpan.FromHours(6)));
        settings.Span.ShouldBe(TimeSpan.FromHours(6));
        new DetectionOverrides { SlowThreshold = 10 }.Check("x", DryRunProbing.Definition.Defaults).ShouldHaveSingleItem().ShouldContain("no long span");
        new DetectionOverrides { SlowThreshold = 0, SlowWindow = TimeSpan.Zero }.Check("x", KmsErrorBurst.Definition.Defaults).Count().ShouldBe(2);
    }

    [Fact]
    public void Throttled_call_without_a_proof_says_nothing()
    {
        using var bench = new DetectionBench(UnattestedCall.Definition);
        bench.Select(TestRecords.Decrypt(errorCode: "ThrottlingException")).ShouldBeNull();
        bench.Select(TestRecords.Decrypt(errorCode: "AccessDenied")).ShouldNotBeNull();
    }

    private static byte[] Error(int second, string error, string role = TestRecords.RoleArn) => TestRecords.Decrypt(TestRecords.Noon.AddSeconds(second), error, role).Utf8();
}
