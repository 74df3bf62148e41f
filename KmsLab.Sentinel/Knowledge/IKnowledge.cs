using System.Data.Common;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Knowledge;

/// <summary>
/// Something that Sentinel learns from the records it sees and keeps: which keys are protected, who used them before, what is normal. It belongs to
/// the loop's memory, is loaded with it and thrown away with it; what it learns in a turn is written in the turn's own transaction.
/// </summary>
internal interface IKnowledge
{
    /// <summary>Reads back what is committed.</summary>
    Task LoadAsync(DbConnection connection, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Learns from a record, and adds what is known to it. Called once for each new record, before any detection looks at it.</summary>
    void Study(Observation observation);

    /// <summary>Records that an earlier part of the trail has made remarkable only now, such as the first use of a proof that was used again.</summary>
    IEnumerable<Finding> Findings() => [];

    /// <summary>A relative detection counted a record for a group; <see cref="Expect"/> follows at once. What is learned is what is counted.</summary>
    void Counted(ConfiguredDetection detection, DetectionGroup group, DateTimeOffset at)
    {
    }

    /// <summary>What a relative detection's group normally does.</summary>
    /// <returns>Null when this is not its business, or too little is known to say.</returns>
    Expectation? Expect(ConfiguredDetection detection, DetectionGroup group, DateTimeOffset at) => null;

    /// <summary>The turn's records have been looked at, and the watermark stands there now.</summary>
    void Advance(Watermark watermark, DateTimeOffset now)
    {
    }

    /// <summary>Whether this turn taught it anything that has to be written.</summary>
    bool HasChanges => false;

    /// <summary>Writes what this turn taught it. If the transaction fails, this memory is thrown away.</summary>
    Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken) => Task.CompletedTask;
}
