using System.Text;
using System.Text.Json;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.LocalAws;

public sealed class KeyClockTests
{
    private readonly FakeTimeProvider _time = new(new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Key_is_deleted_when_due_with_its_alias_and_an_event_of_the_service()
    {
        await using var aws = await LocalAwsHost.StartAsync(time: _time);
        using var kms = aws.Kms();
        var key = (await kms.CreateKeyAsync(new CreateKeyRequest(), Cancel)).KeyMetadata;
        await kms.CreateAliasAsync(new() { AliasName = "alias/doomed", TargetKeyId = key.KeyId }, Cancel);
        var blob = (await kms.EncryptAsync(new() { KeyId = key.KeyId, Plaintext = new([1]) }, Cancel)).CiphertextBlob;
        await kms.ScheduleKeyDeletionAsync(new ScheduleKeyDeletionRequest { KeyId = key.KeyId, PendingWindowInDays = 7 }, Cancel);

        _time.Advance(TimeSpan.FromDays(6.9));
        (await kms.DescribeKeyAsync(key.KeyId, Cancel)).KeyMetadata.KeyState.ShouldBe(KeyState.PendingDeletion);
        _time.Advance(TimeSpan.FromDays(0.2));
        var record = await ServiceEventAsync(aws, "DeleteKey");

        await Should.ThrowAsync<NotFoundException>(() => kms.DescribeKeyAsync(key.KeyId, Cancel));
        await Should.ThrowAsync<NotFoundException>(() => kms.DescribeKeyAsync("alias/doomed", Cancel));
        await Should.ThrowAsync<AmazonKeyManagementServiceException>(() => kms.DecryptAsync(new() { CiphertextBlob = blob }, Cancel));
        record.GetProperty("eventType").GetString().ShouldBe("AwsServiceEvent");
        record.GetProperty("userIdentity").GetRawText().ShouldBe("""{"accountId":"000000000000","invokedBy":"AWS Internal"}""");
        record.GetProperty("requestParameters").ValueKind.ShouldBe(JsonValueKind.Null);
        record.TryGetProperty("requestID", out _).ShouldBeFalse();
        record.GetProperty("resources")[0].GetProperty("ARN").GetString().ShouldBe(key.Arn);
    }

    [Fact]
    public async Task Key_rotates_by_itself_and_old_ciphertexts_stay_readable()
    {
        await using var aws = await LocalAwsHost.StartAsync(time: _time);
        using var kms = aws.Kms();
        var key = (await kms.CreateKeyAsync(new CreateKeyRequest(), Cancel)).KeyMetadata;
        await kms.EnableKeyRotationAsync(new EnableKeyRotationRequest { KeyId = key.KeyId, RotationPeriodInDays = 90 }, Cancel);
        var blob = (await kms.EncryptAsync(new() { KeyId = key.KeyId, Plaintext = new("old"u8.ToArray()) }, Cancel)).CiphertextBlob;

        _time.Advance(TimeSpan.FromDays(90) + TimeSpan.FromMinutes(2));
        await ServiceEventAsync(aws, "RotateKey");

        (await kms.DescribeKeyAsync(key.KeyId, Cancel)).KeyMetadata.CurrentKeyMaterialId.ShouldNotBe(key.CurrentKeyMaterialId);
        (await kms.ListKeyRotationsAsync(new() { KeyId = key.KeyId }, Cancel)).Rotations.Single().RotationType.ShouldBe(RotationType.AUTOMATIC);
        Encoding.UTF8.GetString((await kms.DecryptAsync(new() { CiphertextBlob = blob }, Cancel)).Plaintext.ToArray()).ShouldBe("old");
    }

    private static async Task<JsonElement> ServiceEventAsync(LocalAwsHost aws, string name) =>
        (await aws.DeliveredAsync(records => records.Exists(item => item.Record.GetProperty("eventName").GetString() == name)))
            .Last(item => item.Record.GetProperty("eventName").GetString() == name).Record;
}
