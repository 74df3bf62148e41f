using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Kms;

/// <summary>Keys from their making to their end: CreateKey, DescribeKey, ListKeys, UpdateKeyDescription, EnableKey, DisableKey, ScheduleKeyDeletion, CancelKeyDeletion.</summary>
internal sealed class KeyLifecycle(KeyFinder finder, TimeProvider time)
{
    private const int MinWindowInDays = 7;
    private const int MaxWindowInDays = 30;

    public void AddTo(AwsService service)
    {
        service.Add("CreateKey", OnTrail.WriteWithResponse, () => KmsJson.Wire.CreateKeyRequest, () => KmsJson.Wire.KeyMetadataResponse, Create);
        service.Add("DescribeKey", OnTrail.Read, () => KmsJson.Wire.DescribeKeyRequest, () => KmsJson.Wire.KeyMetadataResponse, Describe);
        service.Add("ListKeys", OnTrail.Read, () => KmsJson.Wire.ListKeysRequest, () => KmsJson.Wire.ListKeysResponse, List);
        service.Add("UpdateKeyDescription", OnTrail.Write, () => KmsJson.Wire.UpdateKeyDescriptionRequest, () => KmsJson.Wire.NoOutput, UpdateDescription);
        service.Add("EnableKey", OnTrail.Write, () => KmsJson.Wire.KeyRequest, () => KmsJson.Wire.NoOutput, (call, request) => SetEnabled(call, request, true));
        service.Add("DisableKey", OnTrail.Write, () => KmsJson.Wire.KeyRequest, () => KmsJson.Wire.NoOutput, (call, request) => SetEnabled(call, request, false));
        service.Add("ScheduleKeyDeletion", OnTrail.WriteWithResponse, () => KmsJson.Wire.ScheduleKeyDeletionRequest, () => KmsJson.Wire.ScheduleKeyDeletionResponse, ScheduleDeletion);
        service.Add("CancelKeyDeletion", OnTrail.WriteWithResponse, () => KmsJson.Wire.KeyRequest, () => KmsJson.Wire.KeyResponse, CancelDeletion);
    }

    private KeyMetadataResponse Create(AwsCall call, CreateKeyRequest request)
    {
        CheckSupported(request);
        var ring = finder.Ring(call);
        var now = time.GetUtcNow();
        var isMultiRegion = request.MultiRegion == true;
        var key = new KmsKey
        {
            Id = isMultiRegion ? $"mrk-{Guid.NewGuid():N}" : Guid.NewGuid().ToString(),
            Account = call.Account,
            Region = call.Region,
            Created = now,
            Description = request.Description ?? "",
            IsMultiRegion = isMultiRegion,
            Policy = request.Policy is { } policy ? KeyPolicies.Check(policy) : KeyPolicies.Default(call.Scope),
            Tags = KeyTags.Merge([], request.Tags),
            Materials = [KeyMaterial.Create(now, null)],
        };
        FillDefaults(request);
        ring.Change(() => ring.Save(call, key));
        call.Touch(key.Arn, KeyFinder.ResourceType);
        return new() { KeyMetadata = KeyMetadata.Of(key, [key]) };
    }

    private static void CheckSupported(CreateKeyRequest request)
    {
        if (request is { KeySpec: { } spec, CustomerMasterKeySpec: { } oldSpec } && spec != oldSpec)
            throw KmsErrors.Validation("You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.");
        if ((request.KeySpec ?? request.CustomerMasterKeySpec) is { } wanted and not "SYMMETRIC_DEFAULT")
        {
            throw request.KeyUsage is null
                ? KmsErrors.Validation("You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.")
                : KmsErrors.Unsupported($"KmsLab LocalAws has symmetric encryption keys only; key spec {wanted} is not supported.");
        }

        if (request.KeyUsage is { } usage and not "ENCRYPT_DECRYPT")
            throw KmsErrors.Validation($"KeyUsage {usage} is not compatible with KeySpec SYMMETRIC_DEFAULT");
        if (request.Origin is not (null or "AWS_KMS"))
            throw KmsErrors.Unsupported($"KmsLab LocalAws has keys of origin AWS_KMS only; origin {request.Origin} is not supported.");
    }

    // AWS's record of the call shows the defaults that it filled in.
    public static void FillDefaults(CreateKeyRequest request)
    {
        request.Description ??= "";
        request.KeyUsage ??= "ENCRYPT_DECRYPT";
        request.Origin ??= "AWS_KMS";
        request.KeySpec = request.CustomerMasterKeySpec = "SYMMETRIC_DEFAULT";
        request.BypassPolicyLockoutSafetyCheck ??= false;
        request.MultiRegion ??= false;
    }

    private KeyMetadataResponse Describe(AwsCall call, DescribeKeyRequest request)
    {
        GrantTokens.Check(request.GrantTokens);
        var key = finder.ByAnyName(call, request.KeyId!);
        return new() { KeyMetadata = KeyMetadata.Of(key, finder.Related(key)) };
    }

    private ListKeysResponse List(AwsCall call, ListKeysRequest request)
    {
        var keys = finder.Ring(call).Keys.Values.OrderBy(key => key.Id, StringComparer.Ordinal).ToList();
        var (page, next) = Pages.Cut(keys, key => key.Id, request, 100);
        return new() { Keys = page.ConvertAll(key => new KeyListEntry { KeyId = key.Id, KeyArn = key.Arn }), NextMarker = next, Truncated = next is not null };
    }

    private NoOutput UpdateDescription(AwsCall call, UpdateKeyDescriptionRequest request) => finder.Ring(call).Change(() =>
    {
        var key = finder.ChangeableNotPendingDeletion(call, request.KeyId!);
        finder.Ring(call).Save(call, key with { Description = request.Description! });
        return NoOutput.Instance;
    });

    private NoOutput SetEnabled(AwsCall call, KeyRequest request, bool enabled) => finder.Ring(call).Change(() =>
    {
        var key = finder.ChangeableNotPendingDeletion(call, request.KeyId!);
        if (key.Enabled != enabled)
            finder.Ring(call).Save(call, key with { Enabled = enabled });
        return NoOutput.Instance;
    });

    private ScheduleKeyDeletionResponse ScheduleDeletion(AwsCall call, ScheduleKeyDeletionRequest request) => finder.Ring(call).Change(() =>
    {
        var days = request.PendingWindowInDays ?? MaxWindowInDays;
        if (days is < MinWindowInDays or > MaxWindowInDays)
            throw KmsErrors.Validation($"PendingWindowInDays must be between {MinWindowInDays} and {MaxWindowInDays}, inclusive.");

        request.PendingWindowInDays = days;
        var key = finder.ChangeableNotPendingDeletion(call, request.KeyId!);
        // A primary key waits for its replicas, and counts its days after them.
        key = !key.IsReplica && finder.Related(key).Count > 1
            ? key with { PendingWindowInDays = days, Enabled = false }
            : key with { DeletionDate = time.GetUtcNow().AddDays(days), Enabled = false };
        finder.Ring(call).Save(call, key);
        return new ScheduleKeyDeletionResponse { KeyId = key.Arn, DeletionDate = key.DeletionDate, KeyState = key.State, PendingWindowInDays = days };
    });

    private KeyResponse CancelDeletion(AwsCall call, KeyRequest request) => finder.Ring(call).Change(() =>
    {
        var key = finder.Changeable(call, request.KeyId!);
        if (!key.IsPendingDeletion)
            throw KmsErrors.InvalidState($"{key.Arn} is not pending deletion.");

        // The key comes back disabled, as on AWS.
        finder.Ring(call).Save(call, key with { DeletionDate = null, PendingWindowInDays = null, Enabled = false });
        return new KeyResponse { KeyId = key.Arn };
    });
}
