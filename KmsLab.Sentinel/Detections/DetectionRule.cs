namespace KmsLab.Sentinel.Detections;

/// <summary>Says in words when a detection fires, such as <c>2 records within 60 s</c>.</summary>
internal static class DetectionRule
{
    public static string Of(DetectionDefinition definition, DetectionSettings settings) =>
        $"{settings.Threshold} {MeasureOf(definition, settings.Threshold)} within {Wording.Span(settings.Window)}{Persistence(settings)}{Slow(definition, settings)}{(definition.IsRelative ? ", and more than is normal" : "")}";

    /// <summary>What the detection counts.</summary>
    /// <param name="definition">The detection.</param>
    /// <param name="count">How many: one has another form.</param>
    public static string MeasureOf(DetectionDefinition definition, long count) =>
        definition.Measure == Measure.DistinctValues ? "different values" : count == 1 ? "record" : "records";

    private static string Slow(DetectionDefinition definition, DetectionSettings settings) =>
        settings.Slow is { } slow ? $", or {slow.Threshold} {MeasureOf(definition, slow.Threshold)} within {Wording.Span(slow.Window)}" : "";

    private static string Persistence(DetectionSettings settings) => settings.Periods > 1 ? $", in {settings.Datapoints} of {settings.Periods} such spans" : "";
}
