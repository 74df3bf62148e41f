using System.Text.Json;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.LocalAws;

public sealed class MultiRegionKeyTests
{
    private const string Home = LocalAwsHost.Region;
    private const string Away = "eu-west-1";

    private readonly FakeTimeProvider _time = new(new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replica_decrypts_what_its_primary_encrypted_and_the_reverse_also_after_a_rotation_and_a_restart()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        var id = await ReplicatedAsync(aws);
        var (old, oldToo) = (await SealAsync(aws, Home, id), await SealAsync(aws, Away, id));

        using (var home = aws.Kms())
            await home.RotateKeyOnDemandAsync(new RotateKeyOnDemandRequest { KeyId = id }, Cancel);
        var (fresh, freshToo) = (await SealAsync(aws, Home, id), await SealAsync(aws, Away, id));
        await aws.RestartAsync();

        foreach (var (region, blob) in ((string, MemoryStream)[])[(Away, old), (Home, oldToo), (Away, fresh), (Home, freshToo)])
            (await OpenAsync(aws, region, blob)).ShouldBe([7]);
        using var kms = aws.Kms(region: Away);
        using var other = aws.Kms(region: "us-west-2");
        (await Should.ThrowAsync<AmazonKeyManagementServiceException>(() => other.DecryptAsync(new() { CiphertextBlob = fresh }, Cancel))).ErrorCode.ShouldBe("AccessDeniedException");
        (await kms.ListKeyRotationsAsync(new() { KeyId = id }, Cancel)).Rotations.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Replica_has_a_description_tags_policy_and_state_of_its_own()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        using var home = aws.Kms();
        using var away = aws.Kms(region: Away);
        var primary = (await home.CreateKeyAsync(new CreateKeyRequest { MultiRegion = true, Description = "first", Tags = [new() { TagKey = "a", TagValue = "1" }] }, Cancel)).KeyMetadata;

        var answer = await home.ReplicateKeyAsync(new() { KeyId = primary.KeyId, ReplicaRegion = Away, Description = "second", Tags = [new() { TagKey = "b", TagValue = "2" }] }, Cancel);
        await away.DisableKeyAsync(primary.KeyId, Cancel);

        answer.ReplicaKeyMetadata.KeyState.ShouldBe(KeyState.Creating);
        answer.ReplicaKeyMetadata.Arn.ShouldBe(primary.Arn.Replace(Home, Away, StringComparison.Ordinal));
        answer.ReplicaPolicy.ShouldContain(":root");
        answer.ReplicaTags.Single().TagKey.ShouldBe("b");
        var replica = (await away.DescribeKeyAsync(primary.KeyId, Cancel)).KeyMetadata;
        replica.Description.ShouldBe("second");
        replica.KeyState.ShouldBe(KeyState.Disabled);
        replica.MultiRegionConfiguration.MultiRegionKeyType.ShouldBe(MultiRegionKeyType.REPLICA);
        replica.MultiRegionConfiguration.PrimaryKey.Arn.ShouldBe(primary.Arn);
        var described = (await home.DescribeKeyAsync(primary.KeyId, Cancel)).KeyMetadata;
        described.KeyState.ShouldBe(KeyState.Enabled);
        described.MultiRegionConfiguration.ReplicaKeys.Single().Region.ShouldBe(Away);
        (await home.ListResourceTagsAsync(new() { KeyId = primary.KeyId }, Cancel)).Tags.Single().TagKey.ShouldBe("a");
    }

    [Fact]
    public async Task Rotation_is_the_primarys()
    {
        await using var aws = await LocalAwsHost.StartAsync(time: _time);
        var id = await ReplicatedAsync(aws);
        using var home = aws.Kms();
        using var away = aws.Kms(region: Away);

        await Should.ThrowAsync<UnsupportedOperationException>(() => away.EnableKeyRotationAsync(new EnableKeyRotationRequest { KeyId = id }, Cancel));
        await Should.ThrowAsync<UnsupportedOperationException>(() => away.RotateKeyOnDemandAsync(new RotateKeyOnDemandRequest { KeyId = id }, Cancel));
        await home.EnableKeyRotationAsync(new EnableKeyRotationRequest { KeyId = id, RotationPeriodInDays = 90 }, Cancel);
        (await away.GetKeyRotationStatusAsync(new GetKeyRotationStatusRequest { KeyId = id }, Cancel)).RotationPeriodInDays.ShouldBe(90);

        _time.Advance(TimeSpan.FromDays(90) + TimeSpan.FromMinutes(2));
        await aws.DeliveredAsync(records => records.Exists(item => Name(item.Record) == "RotateKey"));
        (await away.DescribeKeyAsync(id, Cancel)).KeyMetadata.CurrentKeyMaterialId.ShouldBe((await home.DescribeKeyAsync(id, Cancel)).KeyMetadata.CurrentKeyMaterialId);
    }

    [Fact]
    public async Task Primary_moves_to_the_Region_of_a_replica()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        var id = await ReplicatedAsync(aws);
        using var home = aws.Kms();
        using var away = aws.Kms(region: Away);
        await home.EnableKeyRotationAsync(new EnableKeyRotationRequest { KeyId = id }, Cancel);

        await home.UpdatePrimaryRegionAsync(new() { KeyId = id, PrimaryRegion = Away }, Cancel);

        var configuration = (await home.DescribeKeyAsync(id, Cancel)).KeyMetadata.MultiRegionConfiguration;
        configuration.MultiRegionKeyType.ShouldBe(MultiRegionKeyType.REPLICA);
        configuration.PrimaryKey.Region.ShouldBe(Away);
        (await home.GetKeyRotationStatusAsync(new GetKeyRotationStatusRequest { KeyId = id }, Cancel)).KeyRotationEnabled.ShouldBe(true);
        await away.DisableKeyRotationAsync(id, Cancel);
        await Should.ThrowAsync<UnsupportedOperationException>(() => home.UpdatePrimaryRegionAsync(new() { KeyId = id, PrimaryRegion = Away }, Cancel));
        await Should.ThrowAsync<NotFoundException>(() => away.UpdatePrimaryRegionAsync(new() { KeyId = id, PrimaryRegion = "us-west-2" }, Cancel));
    }

    [Fact]
    public async Task Primarys_deletion_waits_for_its_replicas()
    {
        await using var aws = await LocalAwsHost.StartAsync(time: _time);
        var id = await ReplicatedAsync(aws);
        using var home = aws.Kms();
        using var away = aws.Kms(region: Away);

        var scheduled = await home.ScheduleKeyDeletionAsync(new ScheduleKeyDeletionRequest { KeyId = id, PendingWindowInDays = 10 }, Cancel);
        scheduled.KeyState.ShouldBe(KeyState.PendingReplicaDeletion);
        scheduled.DeletionDate.ShouldBeNull();
        var waiting = (await home.DescribeKeyAsync(id, Cancel)).KeyMetadata;
        waiting.PendingDeletionWindowInDays.ShouldBe(10);
        await Should.ThrowAsync<KMSInvalidStateException>(() => home.EncryptAsync(new() { KeyId = id, Plaintext = new([1]) }, Cancel));
        await SealAsync(aws, Away, id);

        await away.ScheduleKeyDeletionAsync(new ScheduleKeyDeletionRequest { KeyId = id, PendingWindowInDays = 7 }, Cancel);
        _time.Advance(TimeSpan.FromDays(7) + TimeSpan.FromMinutes(2));
        await aws.DeliveredAsync(records => records.Count(item => Name(item.Record) == "DeleteKey") == 1);
        var pending = (await home.DescribeKeyAsync(id, Cancel)).KeyMetadata;
        pending.KeyState.ShouldBe(KeyState.PendingDeletion);
        pending.DeletionDate.ShouldNotBeNull().ShouldBeGreaterThan(_time.GetUtcNow().UtcDateTime.AddDays(9));

        _time.Advance(TimeSpan.FromDays(10) + TimeSpan.FromMinutes(2));
        await aws.DeliveredAsync(records => records.Count(item => Name(item.Record) == "DeleteKey") == 2);
        await Should.ThrowAsync<NotFoundException>(() => home.DescribeKeyAsync(id, Cancel));
    }

    [Fact]
    public async Task Deletion_that_waits_for_replicas_can_be_cancelled()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        var id = await ReplicatedAsync(aws);
        using var home = aws.Kms();
        await home.ScheduleKeyDeletionAsync(id, Cancel);

        await home.CancelKeyDeletionAsync(id, Cancel);

        (await home.DescribeKeyAsync(id, Cancel)).KeyMetadata.KeyState.ShouldBe(KeyState.Disabled);
    }

    [Fact]
    public async Task Each_Region_has_its_record()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        var id = await ReplicatedAsync(aws);
        using var home = aws.Kms();
        await home.UpdatePrimaryRegionAsync(new() { KeyId = id, PrimaryRegion = Away }, Cancel);
        var delivered = await aws.DeliveredAsync(records => records.Count(item => Name(item.Record) == "UpdatePrimaryRegion") == 2);

        var replicated = Single("ReplicateKey", Home);
        replicated.GetProperty("resources")[0].GetProperty("ARN").GetString().ShouldBe($"arn:aws:kms:{Home}:{LocalAwsHost.Account}:key/{id}");
        replicated.GetProperty("responseElements").GetProperty("replicaKeyMetadata").GetProperty("arn").GetString().ShouldBe($"arn:aws:kms:{Away}:{LocalAwsHost.Account}:key/{id}");
        replicated.GetProperty("requestParameters").GetProperty("replicaRegion").GetString().ShouldBe(Away);
        var created = Single("CreateKey", Away);
        created.GetProperty("requestID").GetString().ShouldBe(replicated.GetProperty("requestID").GetString());
        created.GetProperty("userIdentity").GetProperty("invokedBy").GetString().ShouldBe("kms.amazonaws.com");
        created.GetProperty("resources")[0].GetProperty("ARN").GetString().ShouldBe($"arn:aws:kms:{Away}:{LocalAwsHost.Account}:key/{id}");
        var synchronized = Single("SynchronizeMultiRegionKey", Home);
        synchronized.GetProperty("userIdentity").GetRawText().ShouldBe("""{"accountId":"000000000000","invokedBy":"AWS Internal"}""");
        Single("UpdatePrimaryRegion", Home).GetProperty("requestParameters").GetProperty("keyId").GetString().ShouldBe(id);
        var becamePrimary = Single("UpdatePrimaryRegion", Away);
        becamePrimary.GetProperty("requestParameters").GetProperty("keyId").GetString().ShouldBe($"arn:aws:kms:{Away}:{LocalAwsHost.Account}:key/{id}");
        becamePrimary.TryGetProperty("resources", out _).ShouldBeFalse();

        JsonElement Single(string name, string region) => delivered.Single(item => Name(item.Record) == name && item.Record.GetProperty("awsRegion").GetString() == region).Record;
    }

    [Fact]
    public async Task What_can_not_be_replicated_is_refused()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        using var home = aws.Kms();
        using var away = aws.Kms(region: Away);
        var single = (await home.CreateKeyAsync(new CreateKeyRequest(), Cancel)).KeyMetadata.KeyId;
        var id = await ReplicatedAsync(aws);

        await Should.ThrowAsync<UnsupportedOperationException>(() => home.ReplicateKeyAsync(new() { KeyId = single, ReplicaRegion = Away }, Cancel));
        await Should.ThrowAsync<UnsupportedOperationException>(() => away.ReplicateKeyAsync(new() { KeyId = id, ReplicaRegion = "us-west-2" }, Cancel));
        await Should.ThrowAsync<AlreadyExistsException>(() => home.ReplicateKeyAsync(new() { KeyId = id, ReplicaRegion = Away }, Cancel));
        await Should.ThrowAsync<AmazonKeyManagementServiceException>(() => home.ReplicateKeyAsync(new() { KeyId = id, ReplicaRegion = "cn-north-1" }, Cancel));
        await home.DisableKeyAsync(id, Cancel);
        await Should.ThrowAsync<DisabledException>(() => home.ReplicateKeyAsync(new() { KeyId = id, ReplicaRegion = "us-west-2" }, Cancel));
    }

    private static async Task<string> ReplicatedAsync(LocalAwsHost aws)
    {
        using var kms = aws.Kms();
        var id = (await kms.CreateKeyAsync(new CreateKeyRequest { MultiRegion = true }, Cancel)).KeyMetadata.KeyId;
        await kms.ReplicateKeyAsync(new() { KeyId = id, ReplicaRegion = Away }, Cancel);
        return id;
    }

    private static async Task<MemoryStream> SealAsync(LocalAwsHost aws, string region, string id)
    {
        using var kms = aws.Kms(region: region);
        return (await kms.EncryptAsync(new() { KeyId = id, Plaintext = new([7]) }, Cancel)).CiphertextBlob;
    }

    private static async Task<byte[]> OpenAsync(LocalAwsHost aws, string region, MemoryStream blob)
    {
        using var kms = aws.Kms(region: region);
        return (await kms.DecryptAsync(new() { CiphertextBlob = new(blob.ToArray()) }, Cancel)).Plaintext.ToArray();
    }

    private static string? Name(JsonElement record) => record.GetProperty("eventName").GetString();
}
