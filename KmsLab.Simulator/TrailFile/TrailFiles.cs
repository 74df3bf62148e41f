namespace KmsLab.Simulator;

/// <summary>Writes a trail of normal days and attacks as the files that CloudTrail would have delivered, for <c>KmsLab.Sentinel replay</c>.</summary>
public static class TrailFiles
{
    /// <summary>
    /// Writes <c>records/</c> (<c>YYYY-MM-DD.jsonl.gz</c>), <c>attestation.pub</c>, <c>sentinel.json</c> (for <c>replay --config</c>) and <c>truth.json</c> into a
    /// folder, which is made if it isn't there.
    /// </summary>
    /// <param name="folder">Where to.</param>
    /// <param name="settings">What.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SimulatorException">It can't be done so; the message says what to change.</exception>
    public static GroundTruth Write(string folder, TrailSettings settings, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException($"{folder} {settings} {cancellationToken}");
}
