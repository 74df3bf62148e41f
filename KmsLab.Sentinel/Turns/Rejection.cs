using KmsLab.CloudTrail.Records;

namespace KmsLab.Sentinel.Turns;

/// <summary>A log event that could not be used.</summary>
/// <param name="Id">A hash of its bytes; the bytes themselves are not kept.</param>
/// <param name="Source">Where it came from.</param>
/// <param name="Origin">Where it stands there: the log stream and the log event's id.</param>
/// <param name="Problem">What is wrong with it.</param>
internal sealed record Rejection(RecordId Id, string Source, string Origin, string Problem);
