using KmsLab.CloudTrail.Writing;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Trail;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Kms;

/// <summary>ReplicateKey, UpdatePrimaryRegion, and what the keys of several Regions that share an id have in common.</summary>
/// <remarks>
/// Shared are the id, the material and its rotation; description, policy, tags, aliases, grants and state are each key's own.
/// https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html#mrk-sync-properties
/// </remarks>
internal sealed class MultiRegionKeys(KeyFinder finder, KmsState state, StateStore store, TrailRecorder trail, TimeProvider time)
{
    private const string Source = "kms.amazonaws.com";

    public void AddTo(AwsService service)
    {
        service.Add("ReplicateKey", OnTrail.WriteWithResponse, () => KmsJson.Wire.ReplicateKeyRequest, () => KmsJson.Wire.ReplicateKeyResponse, Replicate);
        service.Add("UpdatePrimaryRegion", OnTrail.Write, () => KmsJson.Wire.UpdatePrimaryRegionRequest, () => KmsJson.Wire.NoOutput, UpdatePrimaryRegion);
    }

    /// <summary>Gives a changed primary key's materials to its replicas. Inside <see cref="Keyring.Change(Action)"/> only.</summary>
    /// <returns>Completes when all is on disk, the event on the trail included.</returns>
    public Task Synchronize(KmsKey primary)
    {
        var replicas = state.Related(primary).Skip(1).ToList();
        foreach (var replica in replicas)
            state.Ring(new(replica.Account, replica.Region)).Save(store, replica with { Materials = primary.Materials });
        return replicas.Count == 0 ? Task.CompletedTask : TellSynchronized(primary);
    }

    private ReplicateKeyResponse Replicate(AwsCall call, ReplicateKeyRequest request) => finder.Ring(call).Change(() =>
    {
        var primary = PrimaryForChange(call, request.KeyId!);
        var ring = finder.Ring(call, OtherRegion(call, request.ReplicaRegion!));
        if (ring.Keys.ContainsKey(primary.Id))
            throw new AwsException("AlreadyExistsException", $"{ring.KeyArn(primary.Id)} already exists.");

        var replica = new KmsKey
        {
            Id = primary.Id,
            Account = primary.Account,
            Region = ring.Scope.Region,
            Created = time.GetUtcNow(),
            Description = request.Description ?? "",
            IsMultiRegion = true,
            IsReplica = true,
            Policy = request.Policy is { } policy ? KeyPolicies.Check(policy) : KeyPolicies.Default(ring.Scope),
            Tags = KeyTags.Merge([], request.Tags),
            Materials = primary.Materials,
        };
        ring.Save(call, replica);
        request.Description ??= "";
        request.BypassPolicyLockoutSafetyCheck ??= false;
        TellSynchronized(primary);

        // The answer tells of the moment before the material has come; no call sees it so.
        var metadata = KeyMetadata.Of(replica, finder.Related(primary));
        metadata.Enabled = false;
        metadata.KeyState = "Creating";
        RecordCreation(call, request, replica, metadata);
        return new ReplicateKeyResponse
        {
            ReplicaKeyMetadata = metadata,
            ReplicaPolicy = replica.Policy,
            ReplicaTags = [.. replica.Tags.Select(tag => new Tag { TagKey = tag.Key, TagValue = tag.Value })],
        };
    });

    private NoOutput UpdatePrimaryRegion(AwsCall call, UpdatePrimaryRegionRequest request) => finder.Ring(call).Change(() =>
    {
        var primary = PrimaryForChange(call, request.KeyId!);
        var ring = finder.Ring(call, OtherRegion(call, request.PrimaryRegion!));
        var replica = KeyFinder.MustBeUsable(ring.Keys.GetValueOrDefault(primary.Id) ?? throw KmsErrors.KeyNotFound(ring.KeyArn(primary.Id)));

        ring.Save(call, replica with { IsReplica = false, RotationPeriodInDays = primary.RotationPeriodInDays, NextRotation = primary.NextRotation });
        finder.Ring(call).Save(call, primary with { IsReplica = true, RotationPeriodInDays = null, NextRotation = null });
        call.FurtherRecords.Add(new(
            replica.Region, call.Operation.EventName, call.Operation.RequestShape, new UpdatePrimaryRegionRequest { KeyId = replica.Arn, PrimaryRegion = replica.Region }, null, null, []));
        return NoOutput.Instance;
    });

    /// <summary>A primary key fit for a change: a replica, or a key of one Region, is none.</summary>
    private KmsKey PrimaryForChange(AwsCall call, string name)
    {
        var key = KeyFinder.MustBeUsable(finder.Changeable(call, name));
        return key is { IsMultiRegion: true, IsReplica: false } ? key : throw KmsErrors.Unsupported($"{key.Arn} is not a multi-Region primary key.");
    }

    private static string OtherRegion(AwsCall call, string region)
    {
        if (region == call.Region)
            throw KmsErrors.Validation($"The Region {region} is that of the key itself.");
        return Partitions.Of(region) == Partitions.Of(call.Region) ? region : throw KmsErrors.Validation($"The Region {region} is in another partition.");
    }

    // https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html: the replica's Region records CreateKey.
    private static void RecordCreation(AwsCall call, ReplicateKeyRequest request, KmsKey replica, KeyMetadata metadata)
    {
        var creation = call.Service.Operations["CreateKey"];
        var parameters = new CreateKeyRequest { Policy = request.Policy, Description = replica.Description, Tags = request.Tags, MultiRegion = true };
        KeyLifecycle.FillDefaults(parameters);
        call.FurtherRecords.Add(new(
            replica.Region, creation.EventName, creation.RequestShape, parameters, creation.ResponseShape, new KeyMetadataResponse { KeyMetadata = metadata },
            [new(replica.Arn, KeyFinder.ResourceType)]));
    }

    // https://docs.aws.amazon.com/kms/latest/developerguide/ct-synchronize-multi-region-key.html: an AwsApiCall, though nobody called.
    private Task TellSynchronized(KmsKey primary) => trail.RecordServiceEvent(
        new(primary.Account, primary.Region), Source, "SynchronizeMultiRegionKey", new RecordedResource(primary.Arn, KeyFinder.ResourceType), TrailEvent.ApiCall);
}
