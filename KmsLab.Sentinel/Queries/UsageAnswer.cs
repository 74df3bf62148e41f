namespace KmsLab.Sentinel.Queries;

/// <summary>Whose use of which keys to show.</summary>
/// <param name="From">Buckets that start at or after it; 24 hours before <paramref name="To"/> by default.</param>
/// <param name="To">Buckets that start before it; now by default.</param>
/// <param name="KeyArn">Only this key's.</param>
/// <param name="Principal">Only this stable principal's.</param>
internal sealed record UsageFilter(DateTimeOffset? From, DateTimeOffset? To, string? KeyArn, string? Principal);

/// <summary>Who used which key, most calls first: what <c>/api/usage</c> answers.</summary>
/// <param name="Rows">One for each key and principal.</param>
/// <param name="IsCut">Whether there are more rows than these.</param>
internal sealed record UsageAnswer(IReadOnlyList<UsageRow> Rows, bool IsCut);

/// <summary>
/// A principal's use of a key. Calls are those of the time asked for, by buckets; proofs and records are those of all days (UTC, event time) that it touches,
/// and may be more.
/// </summary>
/// <param name="KeyArn">The key; null for calls about none.</param>
/// <param name="Set">The protected set that the key belongs to, if any.</param>
/// <param name="Principal">The stable principal.</param>
/// <param name="Calls">All calls, errors among them.</param>
/// <param name="Errors">Calls that failed.</param>
/// <param name="ServiceInvoked">Calls that an AWS service made on the principal's behalf.</param>
/// <param name="FirstSeen">The first call, however long ago; of a pair that made none for <c>Sentinel:Rates:KeepFor</c>, the first since. Null where that is not known.</param>
/// <param name="LastSeen">The last call of the time asked for; where there were calls after it on its last day, the start of its last bucket.</param>
/// <param name="Attested">Cryptographic calls on a protected key that carried a valid proof.</param>
/// <param name="Unattested">Those whose proof was absent, forged, stale or replayed.</param>
/// <param name="Unverifiable">Those whose record lacks what the proof is about.</param>
/// <param name="DistinctRecords">Distinct encryption contexts of those days.</param>
/// <param name="DistinctIsEstimate">Whether <paramref name="DistinctRecords"/> is within 6 % mostly, rather than exact.</param>
/// <param name="Operations">Calls by operation, most first.</param>
public sealed record UsageRow(
    string? KeyArn,
    string? Set,
    string Principal,
    long Calls,
    long Errors,
    long ServiceInvoked,
    DateTimeOffset? FirstSeen,
    DateTimeOffset LastSeen,
    long Attested,
    long Unattested,
    long Unverifiable,
    long DistinctRecords,
    bool DistinctIsEstimate,
    IReadOnlyList<UsageOperation> Operations);

/// <summary>Calls of one operation, the failed ones among them.</summary>
public sealed record UsageOperation(string Operation, long Calls, long Errors);

/// <summary>Keys and principals with calls in the last 7 days, most used first, at most 200 of each.</summary>
public sealed record UsageNames(IReadOnlyList<string> Keys, IReadOnlyList<string> Principals);
