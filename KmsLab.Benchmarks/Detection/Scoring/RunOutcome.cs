namespace KmsLab.Benchmarks.Detection;

/// <summary>What one run gave.</summary>
/// <param name="Seed">Its traffic.</param>
/// <param name="Attacks">The attacks in it; none: normal days.</param>
/// <param name="Judged">Sentinel's occurrences that are this run's own.</param>
/// <param name="Lab">The lab's alarm.</param>
/// <param name="Fixed">The fixed threshold.</param>
internal sealed record RunOutcome(int Seed, IReadOnlyList<PlacedAttack> Attacks, IReadOnlyList<Judged> Judged, AlternativeOutcome Lab, AlternativeOutcome Fixed)
{
    public bool IsNormal => Attacks.Count == 0;
}

/// <summary>What an alternative gave in one run.</summary>
/// <param name="Judged">When it went to ALARM, judged as Sentinel's are.</param>
/// <param name="Silent">Ids of attacks whose records were over its threshold while it was in ALARM already: nobody was told.</param>
/// <param name="Threshold">What it had to exceed, where that is the month's own.</param>
internal sealed record AlternativeOutcome(IReadOnlyList<Judged> Judged, IReadOnlyList<string> Silent, int? Threshold = null);
