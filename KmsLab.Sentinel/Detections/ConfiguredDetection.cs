namespace KmsLab.Sentinel.Detections;

/// <summary>A detection as this Sentinel runs it.</summary>
internal sealed record ConfiguredDetection(DetectionDefinition Definition, DetectionSettings Settings);
