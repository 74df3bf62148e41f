using KmsLab.Sentinel.Detection;

namespace KmsLab.Sentinel.TrailGuard;

/// <summary>The group of <c>trail-blinding</c> that a part of the evidence's way belongs to: the same that a record about it counts for.</summary>
internal static class EvidenceGroup
{
    /// <summary>Of a trail's or key's ARN, of <c>log-group:name</c>, or of a source as <c>logs:name</c>.</summary>
    public static DetectionGroup Of(string resource) => resource switch
    {
        _ when GuardBook.IsTrail(resource) => TrailBlinding.GroupOf("trail", resource[(resource.LastIndexOf('/') + 1)..]),
        _ when GuardLook.IsKeyArn(resource) => TrailBlinding.GroupOf("key", resource),
        _ when resource.StartsWith(GuardLook.LogGroupPrefix, StringComparison.Ordinal) => TrailBlinding.GroupOf("logGroup", resource[GuardLook.LogGroupPrefix.Length..]),
        _ when resource.StartsWith("logs:", StringComparison.Ordinal) => TrailBlinding.GroupOf("logGroup", resource["logs:".Length..]),
        _ => TrailBlinding.GroupOf("resource", resource),
    };
}
