using KmsLab.Sentinel.Languages;

namespace KmsLab.Sentinel.Detections;

/// <summary>Says in words when a detection fires, such as <c>2 records within 60 s</c>.</summary>
internal static class DetectionRule
{
    public static string Of(DetectionDefinition definition, DetectionSettings settings, Texts texts) =>
        texts["Rule", settings.Threshold, MeasureOf(definition, settings.Threshold, texts), texts.Span(settings.Window)]
        + (settings.Periods > 1 ? texts["Rule.Periods", settings.Datapoints, settings.Periods] : "")
        + (settings.Slow is { } slow ? texts["Rule.Slow", slow.Threshold, MeasureOf(definition, slow.Threshold, texts), texts.Span(slow.Window)] : "")
        + (definition.IsRelative ? texts["Rule.Relative"] : "");

    /// <summary>What the detection counts.</summary>
    /// <param name="definition">The detection.</param>
    /// <param name="count">How many: one has another form.</param>
    /// <param name="texts">The language.</param>
    public static string MeasureOf(DetectionDefinition definition, long count, Texts texts) =>
        definition.Measure == Measure.DistinctValues ? texts["Measure.Values"] : texts.Count("Measure.Records", count);
}
