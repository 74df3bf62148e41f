using KmsLab.CloudTrail.Records;

namespace KmsLab.Sentinel.Trail;

/// <summary>
/// Something that no record of the trail says: the trail guard or the canary saw it. It counts for its detection like a record. A state that lasts is
/// found anew at each look, with the time of the look, and so keeps the alarm firing.
/// </summary>
/// <param name="Detection">Whose finding, such as <c>trail-blinding</c>.</param>
/// <param name="Group">What it is about.</param>
/// <param name="At">When it was seen, by Sentinel's clock.</param>
/// <param name="What">The check that saw it, such as <c>GetTrailStatus</c>.</param>
/// <param name="Detail">What was seen, one sentence, such as <c>the trail kmslab does not log</c>.</param>
/// <param name="KeyArn">The key concerned, if one is.</param>
/// <param name="Record">The summary of the record that it is about, if it is about one; then that is its evidence.</param>
internal sealed record Finding(string Detection, DetectionGroup Group, DateTimeOffset At, string What, string Detail, string? KeyArn = null, Evidence? Record = null)
{
    /// <summary>What identifies it: the same finding handed in twice counts once.</summary>
    public RecordId Id => RecordId.Hash($"finding\n{Detection}\n{Group.Key}\n{At.ToUnixTimeMilliseconds()}\n{What}\n{Detail}");
}
