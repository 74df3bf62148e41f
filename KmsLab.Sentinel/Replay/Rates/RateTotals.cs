namespace KmsLab.Sentinel.Replay.Rates;

/// <summary>What became of records. <c>Read</c> is the sum of all others.</summary>
internal sealed class RateTotals
{
    private const int MalformedKept = 20;

    public long Read { get; set; }

    /// <summary>Calls of KMS; one that used two keys counts once here, and for either key.</summary>
    public long Counted { get; set; }

    public long Malformed { get; set; }

    /// <summary>NetworkActivity records of calls that have another record.</summary>
    public long Twins { get; set; }

    /// <summary>Records that were read before.</summary>
    public long Duplicates { get; set; }

    /// <summary>Records that another one corrects.</summary>
    public long Replaced { get; set; }

    /// <summary>Records outside of the time asked for.</summary>
    public long Outside { get; set; }

    /// <summary>Records of other services, and events that are no calls.</summary>
    public long Ignored { get; set; }

    /// <summary>Some records and files that could not be used: where they stand, and why.</summary>
    public List<(RecordOrigin Origin, string Problem)> Problems { get; } = [];

    /// <summary>Counts what could not be used.</summary>
    public void Reject(RecordOrigin origin, string problem)
    {
        Malformed++;
        Problems.Add((origin, problem));
        if (Problems.Count > 2 * MalformedKept)
            Trim();
    }

    /// <summary>Adds what another thread counted.</summary>
    public void Add(RateTotals other)
    {
        Read += other.Read;
        Counted += other.Counted;
        Malformed += other.Malformed;
        Twins += other.Twins;
        Duplicates += other.Duplicates;
        Replaced += other.Replaced;
        Outside += other.Outside;
        Ignored += other.Ignored;
        Problems.AddRange(other.Problems);
        Trim();
    }

    /// <summary>Keeps the first, whichever thread found them.</summary>
    private void Trim()
    {
        Problems.Sort((one, other) => one.Origin.CompareTo(other.Origin));
        Problems.RemoveRange(Math.Min(Problems.Count, MalformedKept), Math.Max(0, Problems.Count - MalformedKept));
    }
}
