using System.Buffers;
using System.Buffers.Text;
using System.Data.Common;
using System.Text;
using Dapper;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Rates;

/// <summary>Distinct encryption contexts by day (UTC, event time), key and principal: how many different records somebody touched, whatever the number of calls.</summary>
internal sealed class ContextStore : ITurnPart
{
    /// <summary>Counts of one day beyond this share one: 2 KiB each at most.</summary>
    public const int Limit = 10_000;

    /// <summary>Late records reach back no further.</summary>
    private static readonly TimeSpan KeptInMemory = TimeSpan.FromDays(4);

    private static readonly long Day = (long)TimeSpan.FromDays(1).TotalMilliseconds;

    private readonly Dictionary<(long Day, string Key, string Principal), DistinctSketch> _sketches = [];
    private readonly Dictionary<long, int> _countOfDay = [];
    private readonly HashSet<(long Day, string Key, string Principal)> _changed = [];

    /// <summary>Contexts of late and their hashes: the same records are read again and again.</summary>
    private readonly (EncryptionContext? Context, ulong Hash)[] _hashes = new (EncryptionContext?, ulong)[4096];


    public bool HasChanges => _changed.Count > 0;

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var newest = await connection.ExecuteScalarAsync<long?>(new CommandDefinition("SELECT MAX(day_at) FROM context_count", cancellationToken: cancellationToken)) ?? 0;
        var rows = await connection.QueryAsync<(long Day, string Key, string Principal, byte[] Hashes)>(new CommandDefinition(
            "SELECT day_at, key_arn, principal, hashes FROM context_count WHERE day_at >= @from",
            new { from = newest - (long)KeptInMemory.TotalMilliseconds }, cancellationToken: cancellationToken));
        foreach (var row in rows)
            Put((row.Day, row.Key, row.Principal), DistinctSketch.FromBytes(row.Hashes));
    }

    public void Study(Observation observation)
    {
        var record = observation.Record;
        if (!observation.IsKms || !observation.Succeeded || record.KeyArns.Count == 0)
            return;

        Add(record, record.KeyArns[0], observation.Principal, record.Context);
        Add(record, record.KeyArns[^1], observation.Principal, record.DestinationContext);
    }

    /// <summary>Days that are over for good are left to the database.</summary>
    public void Advance(TurnMoment moment)
    {
        if (_countOfDay.Count == 0 || _countOfDay.Keys.Min() >= (moment.Now - KeptInMemory - TimeSpan.FromDays(1)).ToUnixTimeMilliseconds())
            return;

        foreach (var old in _sketches.Keys.Where(key => key.Day < (moment.Now - KeptInMemory).ToUnixTimeMilliseconds() && !_changed.Contains(key)).ToList())
        {
            _sketches.Remove(old);
            _countOfDay.Remove(old.Day);
        }
    }

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        await RowWriter.InsertAsync(
            transaction, "context_count (day_at, key_arn, principal, hashes)", "ON CONFLICT (day_at, key_arn, principal) DO UPDATE SET hashes = excluded.hashes",
            _changed.Select(key => new object[] { key.Day, key.Key, key.Principal, _sketches[key].ToBytes() }), cancellationToken);
        _changed.Clear();
    }

    private void Add(CloudTrailRecord record, string keyArn, string principal, EncryptionContext? context)
    {
        if (context is null)
            return;

        var at = record.EventTime.ToUnixTimeMilliseconds();
        var key = (Day: at / Day * Day, keyArn, principal);
        if (!_sketches.TryGetValue(key, out var sketch))
        {
            if (_countOfDay.GetValueOrDefault(key.Day) >= Limit)
                key = (key.Day, SeriesKey.Other.KeyArn!, SeriesKey.Other.Principal);
            if (!_sketches.TryGetValue(key, out sketch))
                Put(key, sketch = new());
        }

        if (sketch.Add(KnownHashOf(context)))
            _changed.Add(key);
    }

    private void Put((long Day, string Key, string Principal) key, DistinctSketch sketch)
    {
        _sketches[key] = sketch;
        _countOfDay[key.Day] = _countOfDay.GetValueOrDefault(key.Day) + 1;
    }

    private ulong KnownHashOf(EncryptionContext context)
    {
        ref var known = ref _hashes[(uint)context.GetHashCode() % (uint)_hashes.Length];
        if (!context.Equals(known.Context))
            known = (context, HashOf(context));
        return known.Hash;
    }

    /// <summary>Lengths before texts: no context can imitate another.</summary>
    private static ulong HashOf(EncryptionContext context)
    {
        var text = new ArrayBufferWriter<byte>(256);
        foreach (var (name, value) in context.Pairs)
        {
            Append(text, name);
            Append(text, value);
        }

        return (ulong)(RecordId.Hash(text.WrittenSpan).Value >> 64);
    }

    private static void Append(ArrayBufferWriter<byte> text, string part)
    {
        Utf8Formatter.TryFormat(part.Length, text.GetSpan(16), out var digits);
        text.Advance(digits);
        text.Write(":"u8);
        Encoding.UTF8.GetBytes(part, text);
    }
}
