using KmsLab.Sentinel.Detections;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>Any customer key's destruction, for accounts without a protected set.</summary>
public sealed class KeyDestructionTests
{
    private const string Unguarded = $"arn:aws:kms:{TestRecords.Region}:{TestRecords.Account}:key/bbbbbbbb-12ab-34cd-56ef-1234567890ab";

    [Theory]
    [InlineData("DisableKey", null, true)]
    [InlineData("ScheduleKeyDeletion", null, true)]
    [InlineData("DeleteImportedKeyMaterial", null, true)]
    [InlineData("ScheduleKeyDeletion", "AccessDenied", true)]
    [InlineData("ScheduleKeyDeletion", "KMSInvalidStateException", false)]
    [InlineData("CancelKeyDeletion", null, false)]
    [InlineData("EnableKey", null, false)]
    public void Key_of_no_set_that_is_made_useless_counts(string operation, string? error, bool counts)
    {
        using var bench = new DetectionBench(KeyDestruction.Definition);
        var record = Change(operation, Unguarded, error);

        (bench.Select(record) is not null).ShouldBe(counts);
    }

    [Fact]
    public void Key_of_a_set_is_the_business_of_key_tampering()
    {
        using var any = new DetectionBench(KeyDestruction.Definition);
        using var guarded = new DetectionBench(KeyTampering.Definition);
        var record = Change("DisableKey", TestRecords.KeyArn);

        any.Select(record).ShouldBeNull();
        guarded.Select(record).ShouldNotBeNull();
    }

    [Fact]
    public void It_is_off_unless_it_is_switched_on() => KeyDestruction.Definition.Defaults.Mode.ShouldBe(DetectionMode.Off);

    private static System.Text.Json.Nodes.JsonObject Change(string operation, string key, string? error = null) => TestRecords.Decrypt(errorCode: error).With(record =>
    {
        record["eventName"] = operation;
        record["readOnly"] = false;
        record["requestParameters"] = new System.Text.Json.Nodes.JsonObject { ["keyId"] = key };
        record["resources"] = new System.Text.Json.Nodes.JsonArray(TestRecords.Resource(key));
    });
}
