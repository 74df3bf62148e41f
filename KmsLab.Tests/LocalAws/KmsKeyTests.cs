using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;

namespace KmsLab.Tests.LocalAws;

public sealed class KmsKeyTests(LocalAwsFixture fixture) : IClassFixture<LocalAwsFixture>
{
    private readonly LocalAwsHost _aws = fixture.Host;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task New_key_has_every_field_that_aws_returns()
    {
        using var kms = _aws.Kms();

        var created = (await kms.CreateKeyAsync(new() { Description = "d", Tags = [new() { TagKey = "a", TagValue = "b" }] }, Cancel)).KeyMetadata;
        var key = (await kms.DescribeKeyAsync(created.KeyId, Cancel)).KeyMetadata;

        key.AWSAccountId.ShouldBe("000000000000");
        key.Arn.ShouldBe($"arn:aws:kms:us-east-1:000000000000:key/{key.KeyId}");
        key.CreationDate.ShouldNotBeNull();
        key.Enabled.ShouldBe(true);
        key.Description.ShouldBe("d");
        key.KeyUsage.ShouldBe(KeyUsageType.ENCRYPT_DECRYPT);
        key.KeyState.ShouldBe(KeyState.Enabled);
        key.Origin.ShouldBe(OriginType.AWS_KMS);
        key.KeyManager.ShouldBe(KeyManagerType.CUSTOMER);
        key.KeySpec.ShouldBe(KeySpec.SYMMETRIC_DEFAULT);
        key.EncryptionAlgorithms.ShouldBe(["SYMMETRIC_DEFAULT"]);
        key.MultiRegion.ShouldBe(false);
        key.CurrentKeyMaterialId.Length.ShouldBe(64);
    }

    [Fact]
    public async Task Disabled_key_neither_encrypts_nor_decrypts_until_enabled()
    {
        using var kms = _aws.Kms();
        var key = await CreateKeyAsync(kms);
        var encrypted = await kms.EncryptAsync(new() { KeyId = key.KeyId, Plaintext = new([1]) }, Cancel);

        await kms.DisableKeyAsync(key.KeyId, Cancel);

        (await kms.DescribeKeyAsync(key.KeyId, Cancel)).KeyMetadata.KeyState.ShouldBe(KeyState.Disabled);
        (await Should.ThrowAsync<DisabledException>(() => kms.EncryptAsync(new() { KeyId = key.KeyId, Plaintext = new([1]) }, Cancel))).Message.ShouldBe($"{key.Arn} is disabled.");
        await Should.ThrowAsync<DisabledException>(() => kms.DecryptAsync(new() { CiphertextBlob = encrypted.CiphertextBlob }, Cancel));
        await kms.EnableKeyAsync(key.KeyId, Cancel);
        await kms.DecryptAsync(new() { CiphertextBlob = encrypted.CiphertextBlob }, Cancel);
    }

    [Fact]
    public async Task Scheduled_deletion_can_be_cancelled()
    {
        using var kms = _aws.Kms();
        var key = await CreateKeyAsync(kms);

        var scheduled = await kms.ScheduleKeyDeletionAsync(new ScheduleKeyDeletionRequest() { KeyId = key.KeyId, PendingWindowInDays = 7 }, Cancel);

        scheduled.KeyState.ShouldBe(KeyState.PendingDeletion);
        scheduled.PendingWindowInDays.ShouldBe(7);
        (await Should.ThrowAsync<KMSInvalidStateException>(() => kms.EncryptAsync(new() { KeyId = key.KeyId, Plaintext = new([1]) }, Cancel))).Message.ShouldBe($"{key.Arn} is pending deletion.");
        await Should.ThrowAsync<KMSInvalidStateException>(() => kms.ScheduleKeyDeletionAsync(new ScheduleKeyDeletionRequest() { KeyId = key.KeyId, PendingWindowInDays = 7 }, Cancel));
        (await kms.CancelKeyDeletionAsync(key.KeyId, Cancel)).KeyId.ShouldBe(key.Arn);
        (await kms.DescribeKeyAsync(key.KeyId, Cancel)).KeyMetadata.KeyState.ShouldBe(KeyState.Disabled);
    }

    [Fact]
    public async Task Keys_are_listed_in_pages_without_loss()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        using var kms = aws.Kms();
        var created = new List<string>();
        for (var i = 0; i < 7; i++)
            created.Add((await CreateKeyAsync(kms)).KeyId);

        var listed = new List<string>();
        string? marker = null;
        do
        {
            var page = await kms.ListKeysAsync(new() { Limit = 3, Marker = marker }, Cancel);
            page.Keys.Count.ShouldBeLessThanOrEqualTo(3);
            listed.AddRange(page.Keys.Select(key => key.KeyId));
            marker = page.NextMarker;
            page.Truncated.ShouldBe(marker is not null);
        }
        while (marker is not null);

        listed.ShouldBe(created, ignoreOrder: true);
    }

    [Fact]
    public async Task State_is_kept_apart_by_region()
    {
        using var here = _aws.Kms();
        using var there = _aws.Kms(region: "eu-west-1");
        var key = await CreateKeyAsync(here);

        await Should.ThrowAsync<NotFoundException>(() => there.DescribeKeyAsync(key.KeyId, Cancel));
        (await CreateKeyAsync(there)).Arn.ShouldStartWith("arn:aws:kms:eu-west-1:");
    }

    [Fact]
    public async Task Alias_can_be_moved_and_removed()
    {
        using var kms = _aws.Kms();
        var first = await CreateKeyAsync(kms);
        var second = await CreateKeyAsync(kms);
        var name = $"alias/{Guid.NewGuid():N}";
        await kms.CreateAliasAsync(new() { AliasName = name, TargetKeyId = first.KeyId }, Cancel);

        (await Should.ThrowAsync<AlreadyExistsException>(() => kms.CreateAliasAsync(new() { AliasName = name, TargetKeyId = second.KeyId }, Cancel)))
            .Message.ShouldBe($"An alias with the name arn:aws:kms:us-east-1:000000000000:{name} already exists");
        await kms.UpdateAliasAsync(new() { AliasName = name, TargetKeyId = second.Arn }, Cancel);
        (await kms.DescribeKeyAsync(name, Cancel)).KeyMetadata.KeyId.ShouldBe(second.KeyId);
        (await kms.ListAliasesAsync(new() { KeyId = second.KeyId }, Cancel)).Aliases.Single().AliasName.ShouldBe(name);
        await kms.DeleteAliasAsync(name, Cancel);
        await Should.ThrowAsync<NotFoundException>(() => kms.DescribeKeyAsync(name, Cancel));
    }

    [Fact]
    public async Task Aws_managed_key_appears_when_it_is_asked_for_and_cannot_be_changed()
    {
        using var kms = _aws.Kms();

        var key = (await kms.DescribeKeyAsync("alias/aws/s3", Cancel)).KeyMetadata;

        key.KeyManager.ShouldBe(KeyManagerType.AWS);
        (await kms.DescribeKeyAsync("alias/aws/s3", Cancel)).KeyMetadata.KeyId.ShouldBe(key.KeyId);
        var error = await Should.ThrowAsync<AmazonKeyManagementServiceException>(() => kms.DisableKeyAsync(key.KeyId, Cancel));
        error.ErrorCode.ShouldBe("AccessDeniedException");
    }

    [Fact]
    public async Task Policy_is_stored_and_checked_for_form()
    {
        using var kms = _aws.Kms();
        var key = await CreateKeyAsync(kms);
        (await kms.GetKeyPolicyAsync(new() { KeyId = key.KeyId }, Cancel)).Policy.ShouldContain("Enable IAM User Permissions");
        const string Policy = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}]}""";

        await kms.PutKeyPolicyAsync(new() { KeyId = key.KeyId, Policy = Policy }, Cancel);

        (await kms.GetKeyPolicyAsync(new() { KeyId = key.KeyId, PolicyName = "default" }, Cancel)).Policy.ShouldBe(Policy);
        (await kms.ListKeyPoliciesAsync(new() { KeyId = key.KeyId }, Cancel)).PolicyNames.ShouldBe(["default"]);
        await Should.ThrowAsync<MalformedPolicyDocumentException>(() => kms.PutKeyPolicyAsync(new() { KeyId = key.KeyId, Policy = "no" }, Cancel));
    }

    [Fact]
    public async Task Grants_are_listed_retired_and_revoked()
    {
        using var kms = _aws.Kms();
        var key = await CreateKeyAsync(kms);
        CreateGrantRequest request = new()
        {
            KeyId = key.KeyId,
            GranteePrincipal = "arn:aws:iam::000000000000:role/grantee",
            RetiringPrincipal = $"arn:aws:iam::000000000000:role/{Guid.NewGuid():N}",
            Operations = ["Decrypt", "Encrypt"],
            Name = "g",
            Constraints = new() { EncryptionContextSubset = new() { ["a"] = "1" } },
        };

        var first = await kms.CreateGrantAsync(request, Cancel);
        var again = await kms.CreateGrantAsync(request, Cancel);
        var nameless = await kms.CreateGrantAsync(new() { KeyId = key.Arn, GranteePrincipal = "arn:aws:iam::000000000000:role/x", Operations = ["Encrypt"] }, Cancel);

        again.GrantId.ShouldBe(first.GrantId);
        (await kms.ListGrantsAsync(new() { KeyId = key.KeyId }, Cancel)).Grants.Select(grant => grant.GrantId).ShouldBe([first.GrantId, nameless.GrantId], ignoreOrder: true);
        (await kms.ListRetirableGrantsAsync(new ListRetirableGrantsRequest() { RetiringPrincipal = request.RetiringPrincipal }, Cancel)).Grants.Single().Constraints.EncryptionContextSubset["a"].ShouldBe("1");
        await kms.RetireGrantAsync(new RetireGrantRequest() { GrantToken = first.GrantToken }, Cancel);
        await kms.RevokeGrantAsync(new() { KeyId = key.KeyId, GrantId = nameless.GrantId }, Cancel);
        (await kms.ListGrantsAsync(new() { KeyId = key.KeyId }, Cancel)).Grants.ShouldBeEmpty();
        await Should.ThrowAsync<NotFoundException>(() => kms.RevokeGrantAsync(new() { KeyId = key.KeyId, GrantId = nameless.GrantId }, Cancel));
    }

    [Fact]
    public async Task Tags_are_merged_and_removed()
    {
        using var kms = _aws.Kms();
        var key = await CreateKeyAsync(kms);

        await kms.TagResourceAsync(new() { KeyId = key.KeyId, Tags = [new() { TagKey = "a", TagValue = "1" }, new() { TagKey = "b", TagValue = "2" }] }, Cancel);
        await kms.TagResourceAsync(new() { KeyId = key.KeyId, Tags = [new() { TagKey = "a", TagValue = "3" }] }, Cancel);
        await kms.UntagResourceAsync(new() { KeyId = key.KeyId, TagKeys = ["b"] }, Cancel);

        (await kms.ListResourceTagsAsync(new() { KeyId = key.KeyId }, Cancel)).Tags.Single().TagValue.ShouldBe("3");
        (await Should.ThrowAsync<TagException>(() => kms.TagResourceAsync(new() { KeyId = key.KeyId, Tags = [new() { TagKey = "aws:x", TagValue = "1" }] }, Cancel)))
            .Message.ShouldBe("Tags beginning with aws: are reserved");
    }

    [Fact]
    public async Task Rotation_status_shows_period_and_next_date()
    {
        using var kms = _aws.Kms();
        var key = await CreateKeyAsync(kms);
        (await kms.GetKeyRotationStatusAsync(new GetKeyRotationStatusRequest() { KeyId = key.KeyId }, Cancel)).KeyRotationEnabled.ShouldBe(false);

        await kms.EnableKeyRotationAsync(new EnableKeyRotationRequest() { KeyId = key.KeyId, RotationPeriodInDays = 90 }, Cancel);
        var status = await kms.GetKeyRotationStatusAsync(new GetKeyRotationStatusRequest() { KeyId = key.KeyId }, Cancel);

        status.KeyRotationEnabled.ShouldBe(true);
        status.RotationPeriodInDays.ShouldBe(90);
        status.NextRotationDate.ShouldNotBeNull();
        await kms.DisableKeyRotationAsync(new DisableKeyRotationRequest() { KeyId = key.KeyId }, Cancel);
        (await kms.GetKeyRotationStatusAsync(new GetKeyRotationStatusRequest() { KeyId = key.KeyId }, Cancel)).KeyRotationEnabled.ShouldBe(false);
    }

    private static async Task<KeyMetadata> CreateKeyAsync(AmazonKeyManagementServiceClient kms) =>
        (await kms.CreateKeyAsync(new CreateKeyRequest(), Cancel)).KeyMetadata;
}
