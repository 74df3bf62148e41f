using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>A detection's interest in one record.</summary>
/// <param name="Group">The group that it counts for.</param>
/// <param name="Value">For a detection that counts distinct values: the record's, such as the id of the record that was read.</param>
/// <param name="Detail">What is remarkable about it, in a few words for its line of the evidence, such as <c>excludes kms.amazonaws.com</c>.</param>
/// <param name="IsEnough">Whether this record says enough alone, whatever the threshold.</param>
internal sealed record Selection(DetectionGroup Group, string? Value = null, string? Detail = null, bool IsEnough = false)
{
    /// <summary>A threshold of this record's own, where it is lower than the detection's.</summary>
    public int? Threshold { get; init; }

    /// <summary>For a relative detection: the threshold alone judges the group as long as nothing is known of it. Otherwise it keeps quiet so long.</summary>
    public bool FiresUnlearned { get; init; }

    /// <summary>Counts for the group with this one member.</summary>
    public static Selection By(string name, string value) => new(new DetectionGroup([new(name, value)]));
}
