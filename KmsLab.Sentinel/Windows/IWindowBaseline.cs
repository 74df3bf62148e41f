using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Windows;

/// <summary>Says what is normal for the groups of a relative detection.</summary>
internal interface IWindowBaseline
{
    /// <summary>A relative detection counted a record for a group; <see cref="Expect"/> follows at once. What is learned is what is counted.</summary>
    void Counted(ConfiguredDetection detection, DetectionGroup group, DateTimeOffset at);

    /// <summary>What a relative detection's group normally does.</summary>
    /// <returns>Null when this is not its business, or too little is known to say.</returns>
    Expectation? Expect(ConfiguredDetection detection, DetectionGroup group, DateTimeOffset at);
}
