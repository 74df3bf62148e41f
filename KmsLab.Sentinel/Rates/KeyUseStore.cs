using System.Data.Common;
using Dapper;
using KmsLab.Sentinel.Knowledge;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Rates;

/// <summary>Who used which key by day (UTC, event time): calls, errors and what the proofs said; and since when.</summary>
/// <remarks>
/// A turn adds to what the database has, so memory holds no counts, only which rows there are. Two things count here as they were first seen, unlike the
/// rates: a record that CloudTrail corrected counts beside its correction, and a proof's first use stays attested when a second one shows it was copied.
/// A pair's first use is known as long as it has a day among those kept (<see cref="RateOptions.KeepFor"/>), however old it is; a pair that was quiet for
/// longer is forgotten by <see cref="RatePruning"/>, and begins anew.
/// </remarks>
/// <param name="keys">Verdicts are about protected keys: the other key of a ReEncrypt gets none.</param>
internal sealed class KeyUseStore(ProtectedKeys keys) : ITurnPart
{
    /// <summary>Keys and principals of one day beyond this share one row.</summary>
    public const int Limit = 10_000;

    /// <summary>Of so many keys and principals at once the first use is remembered.</summary>
    public const int FirstUses = 50_000;

    /// <summary>Late records reach back no further.</summary>
    private static readonly TimeSpan KeptInMemory = TimeSpan.FromDays(4);

    private static readonly long Day = (long)TimeSpan.FromDays(1).TotalMilliseconds;

    private readonly Dictionary<(long Day, string Key, string Principal), KeyUse> _turn = [];
    private readonly Dictionary<long, HashSet<(string Key, string Principal)>> _days = [];
    private readonly Dictionary<(string Key, string Principal), long> _first = [];

    public bool HasChanges => _turn.Count > 0;

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var days = await connection.QueryAsync<(long Day, string Key, string Principal)>(new CommandDefinition(
            "SELECT day_at, key_arn, principal FROM key_use WHERE day_at >= COALESCE((SELECT MAX(known_at) FROM watermark), 0) - @kept",
            new { kept = (long)KeptInMemory.TotalMilliseconds }, cancellationToken: cancellationToken));
        foreach (var (day, key, principal) in days)
            PairsOf(day).Add((key, principal));

        var first = await connection.QueryAsync<(string Key, string Principal, long At)>(
            new CommandDefinition("SELECT key_arn, principal, first_at FROM key_principal", cancellationToken: cancellationToken));
        foreach (var (key, principal, at) in first)
            _first[(key, principal)] = at;
    }

    public void Study(Observation observation)
    {
        if (!observation.IsKms)
            return;

        if (observation.Record.KeyArns.Count == 0)
            Add("", observation);
        foreach (var key in observation.Record.KeyArns)
            Add(key, observation);
    }

    /// <summary>Days that are over for good are left to the database.</summary>
    public void Advance(TurnMoment moment)
    {
        var floor = (moment.Now - KeptInMemory).ToUnixTimeMilliseconds() - Day;
        foreach (var old in _days.Keys.Where(day => day < floor).ToList())
            _days.Remove(old);
    }

    /// <summary>Pairs that no day has any more. Whichever comes back has a new first use.</summary>
    public void Forget(IEnumerable<(string Key, string Principal)> pairs)
    {
        foreach (var pair in pairs)
            _first.Remove(pair);
    }

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        await RowWriter.InsertAsync(
            transaction, "key_use (day_at, key_arn, principal, calls, errors, attested, unattested, unverifiable, first_at, last_at)",
            """
            ON CONFLICT (day_at, key_arn, principal) DO UPDATE SET
                calls = key_use.calls + excluded.calls, errors = key_use.errors + excluded.errors, attested = key_use.attested + excluded.attested,
                unattested = key_use.unattested + excluded.unattested, unverifiable = key_use.unverifiable + excluded.unverifiable,
                first_at = CASE WHEN excluded.first_at < key_use.first_at THEN excluded.first_at ELSE key_use.first_at END,
                last_at = CASE WHEN excluded.last_at > key_use.last_at THEN excluded.last_at ELSE key_use.last_at END
            """,
            _turn.Select(use => Row(use.Key, use.Value)), cancellationToken);
        await RowWriter.InsertAsync(
            transaction, "key_principal (key_arn, principal, first_at)", "ON CONFLICT (key_arn, principal) DO UPDATE SET first_at = excluded.first_at",
            FirstUsesOfTurn().Select(use => new object[] { use.Key.Key, use.Key.Principal, use.Value }), cancellationToken);
        _turn.Clear();
    }

    private static object[] Row((long Day, string Key, string Principal) key, KeyUse use) =>
        [key.Day, key.Key, key.Principal, use.Calls, use.Errors, use.Attested, use.Unattested, use.Unverifiable, use.First, use.Last];

    private void Add(string key, Observation observation)
    {
        var at = observation.Record.EventTime.ToUnixTimeMilliseconds();
        var row = (Day: at - (((at % Day) + Day) % Day), key, observation.Principal);
        if (!_turn.TryGetValue(row, out var use))
            use = UseOf(row.Day, (key, observation.Principal));

        use.Add(at, observation.Succeeded, observation.Attestation is { } verdict && keys.SetOf(key) is not null ? verdict : null);
    }

    private KeyUse UseOf(long day, (string Key, string Principal) pair)
    {
        var pairs = PairsOf(day);
        if (pairs.Count >= Limit && !pairs.Contains(pair))
            pair = (SeriesKey.Other.KeyArn!, SeriesKey.Other.Principal);

        pairs.Add(pair);
        if (!_turn.TryGetValue((day, pair.Key, pair.Principal), out var use))
            _turn.Add((day, pair.Key, pair.Principal), use = new());
        return use;
    }

    /// <summary>First uses that are earlier than known; beyond the limit no new pair's is remembered.</summary>
    private Dictionary<(string Key, string Principal), long> FirstUsesOfTurn()
    {
        var earlier = new Dictionary<(string Key, string Principal), long>();
        foreach (var ((_, key, principal), use) in _turn)
        {
            var isKnown = _first.TryGetValue((key, principal), out var first);
            if (isKnown ? first <= use.First : _first.Count >= FirstUses)
                continue;

            _first[(key, principal)] = earlier[(key, principal)] = use.First;
        }

        return earlier;
    }

    private HashSet<(string Key, string Principal)> PairsOf(long day)
    {
        if (!_days.TryGetValue(day, out var pairs))
            _days.Add(day, pairs = []);
        return pairs;
    }
}
