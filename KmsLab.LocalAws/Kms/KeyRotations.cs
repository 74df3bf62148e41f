using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Kms;

/// <summary>EnableKeyRotation, DisableKeyRotation, GetKeyRotationStatus, RotateKeyOnDemand, ListKeyRotations. Old materials stay, so old ciphertexts stay readable.</summary>
/// <remarks>The rotation of multi-Region keys is the primary's: replicas get its materials and show its settings.</remarks>
internal sealed class KeyRotations(KeyFinder finder, MultiRegionKeys multiRegion, TimeProvider time)
{
    public const int DefaultPeriodInDays = 365;

    private const int MaxOnDemand = 25;
    private const string OnDemand = "ON_DEMAND";

    public void AddTo(AwsService service)
    {
        service.Add("EnableKeyRotation", OnTrail.Write, () => KmsJson.Wire.EnableKeyRotationRequest, () => KmsJson.Wire.NoOutput, Enable);
        service.Add("DisableKeyRotation", OnTrail.Write, () => KmsJson.Wire.KeyRequest, () => KmsJson.Wire.NoOutput, Disable);
        service.Add("GetKeyRotationStatus", OnTrail.Read, () => KmsJson.Wire.KeyRequest, () => KmsJson.Wire.GetKeyRotationStatusResponse, Status);
        service.Add("RotateKeyOnDemand", OnTrail.WriteWithResponse, () => KmsJson.Wire.KeyRequest, () => KmsJson.Wire.KeyResponse, Rotate);
        service.Add("ListKeyRotations", OnTrail.Read, () => KmsJson.Wire.ListKeyRotationsRequest, () => KmsJson.Wire.ListKeyRotationsResponse, List);
    }

    /// <summary>The key with a fresh material on top.</summary>
    public static KmsKey Rotated(KmsKey key, DateTimeOffset now, string rotationType) => key with { Materials = [.. key.Materials, KeyMaterial.Create(now, rotationType)] };

    private NoOutput Enable(AwsCall call, EnableKeyRotationRequest request) => finder.Ring(call).Change(() =>
    {
        var key = RefuseReplica(call, KeyFinder.MustBeUsable(finder.Changeable(call, request.KeyId!)));
        var days = request.RotationPeriodInDays ?? key.RotationPeriodInDays ?? DefaultPeriodInDays;
        // Counted from the day that it is enabled; a period that stays the same keeps its date.
        var next = key.RotationPeriodInDays == days ? key.NextRotation : time.GetUtcNow().AddDays(days);
        finder.Ring(call).Save(call, key with { RotationPeriodInDays = days, NextRotation = next });
        return NoOutput.Instance;
    });

    private NoOutput Disable(AwsCall call, KeyRequest request) => finder.Ring(call).Change(() =>
    {
        var key = RefuseReplica(call, KeyFinder.MustBeUsable(finder.Changeable(call, request.KeyId!)));
        finder.Ring(call).Save(call, key with { RotationPeriodInDays = null, NextRotation = null });
        return NoOutput.Instance;
    });

    private GetKeyRotationStatusResponse Status(AwsCall call, KeyRequest request)
    {
        var key = finder.ByIdOrArn(call, request.KeyId!);
        // A key on its way out doesn't rotate, whatever was set before.
        var primary = finder.Primary(key);
        var days = key.IsPendingDeletion ? null : primary.RotationPeriodInDays;
        return new() { KeyId = key.Arn, KeyRotationEnabled = days is not null, RotationPeriodInDays = days, NextRotationDate = days is null ? null : primary.NextRotation };
    }

    private KeyResponse Rotate(AwsCall call, KeyRequest request) => finder.Ring(call).Change(() =>
    {
        var key = RefuseReplica(call, KeyFinder.MustBeUsable(finder.Changeable(call, request.KeyId!)));
        if (key.Materials.Count(material => material.RotationType == OnDemand) >= MaxOnDemand)
            throw new AwsException("LimitExceededException", $"The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: {key.Arn}");

        var rotated = Rotated(key, time.GetUtcNow(), OnDemand);
        finder.Ring(call).Save(call, rotated);
        call.AnswerAfter(multiRegion.Synchronize(rotated));
        return new KeyResponse { KeyId = key.Arn };
    });

    private static KmsKey RefuseReplica(AwsCall call, KmsKey key) => key.IsReplica
        ? throw KmsErrors.Unsupported($"{key.Arn} is a multi-Region replica key: {call.Operation.Name} takes its primary key only.")
        : key;

    private ListKeyRotationsResponse List(AwsCall call, ListKeyRotationsRequest request)
    {
        var key = finder.ByIdOrArn(call, request.KeyId!);
        var withFirst = request.IncludeKeyMaterial == "ALL_KEY_MATERIAL";
        var numbered = key.Materials
            .Select((material, index) => (Material: material, Name: $"{index:D6}"))
            .Where(item => withFirst || item.Material.RotationType is not null)
            .ToList();
        var (page, next) = Pages.Cut(numbered, item => item.Name, request, 100);
        return new() { Rotations = page.ConvertAll(item => Entry(key, item.Material)), NextMarker = next, Truncated = next is not null };
    }

    private static RotationsListEntry Entry(KmsKey key, KeyMaterial material) => new()
    {
        KeyId = key.Id,
        KeyMaterialId = material.Id,
        KeyMaterialState = material == key.Current ? "CURRENT" : "NON_CURRENT",
        RotationDate = material.RotationType is null ? null : material.Created,
        RotationType = material.RotationType,
    };
}
