namespace KmsLab.CloudTrail.Records;

/// <summary>What reading one record came to.</summary>
/// <param name="Record">The record, if it is well formed and of interest.</param>
/// <param name="Problem">Why it can't be used, if it is malformed. Never quotes the record's content.</param>
public readonly record struct RecordReading(CloudTrailRecord? Record, string? Problem)
{
    /// <summary>A record that nobody asked for.</summary>
    public static RecordReading NotOfInterest => default;

    /// <summary>Something that is not a usable CloudTrail record.</summary>
    public static RecordReading Malformed(string problem) => new(null, problem);
}
