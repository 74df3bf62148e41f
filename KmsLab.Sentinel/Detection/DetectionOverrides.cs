namespace KmsLab.Sentinel.Detection;

/// <summary>The section <c>Sentinel:Detections:{id}</c>; what is left out keeps the detection's own default.</summary>
internal sealed class DetectionOverrides
{
    public DetectionMode? Mode { get; set; }

    public int? Threshold { get; set; }

    public TimeSpan? Window { get; set; }

    public DetectionSettings ApplyTo(DetectionSettings defaults) =>
        new(Mode ?? defaults.Mode, Threshold ?? defaults.Threshold, Window ?? defaults.Window);
}
