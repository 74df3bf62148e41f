namespace KmsLab.Benchmarks.Ingest;

/// <summary>Something that counts the calls in files.</summary>
internal interface IContender
{
    /// <summary>Counts.</summary>
    /// <returns>How many calls there are; for a mere scan, lines.</returns>
    long Count(string path);

    /// <summary>The counts of the last round, a line a group: <c>key|principal|operation|outcome|service|minute|calls</c>, in any order.</summary>
    IEnumerable<string> Groups();
}
