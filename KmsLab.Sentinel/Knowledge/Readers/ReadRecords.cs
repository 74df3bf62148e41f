using System.Data.Common;
using Dapper;
using KmsLab.CloudTrail.Attestation;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Knowledge.Baselines;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Knowledge.Readers;

/// <summary>Remembers who has read which protected records on which days.</summary>
/// <remarks>
/// A reader is a client of the application where the call is validly attested (a tag in a proof that does not hold could be anybody's), and otherwise the
/// principal. Which record was read is said by the encryption context: by its <c>r</c>, or by all of it where there is none; a call without a context
/// does not say. What a reader is remembered for is bounded; beyond, every read counts as that of a new record, so that too much is
/// counted rather than too little.
/// </remarks>
internal sealed class ReadRecords(BaselineOptions options) : ITurnPart
{
    /// <summary>How many records of one reader are remembered.</summary>
    public const int LimitPerReader = 20_000;

    private const string NoClient = "none";

    /// <summary>All clients together that are new today: tags hold no space.</summary>
    private const string NewClients = "new clients";

    /// <summary>All clients together.</summary>
    private const string AllClients = "all clients";

    /// <summary>So many reads of a new client count for all new ones together; whoever reads more stands for himself.</summary>
    private const int FewReads = 20;

    private readonly Dictionary<(string Set, string Principal, string Client), Reader> _readers = [];
    private readonly Dictionary<(string Set, string Principal), (DetectionGroup New, DetectionGroup All)> _sums = [];
    private readonly List<Reader> _newReaders = [];
    private readonly HashSet<(Reader Reader, RecordId Value)> _changed = [];
    private int _records;
    private long _lastId;
    private long? _prunedDay;
    private long? _pruneBefore;

    public bool HasChanges => _newReaders.Count > 0 || _changed.Count > 0 || _pruneBefore is not null;

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var readers = new Dictionary<long, Reader>();
        foreach (var (id, set, principal, client, newcomer) in await connection.QueryAsync<(long Id, string Set, string Principal, string Client, long Newcomer)>(
            new CommandDefinition("SELECT id, set_name, principal, client, newcomer FROM reader", cancellationToken: cancellationToken)))
        {
            readers[id] = _readers[(set, principal, client)] = new(id, set, principal, client, newcomer != 0);
            _lastId = Math.Max(_lastId, id);
        }

        await foreach (var (id, value, lastDay, days) in RowsAsync(connection, cancellationToken))
        {
            readers[id].Records[value] = new(lastDay, (uint)days);
            readers[id].FirstDay = Math.Min(readers[id].FirstDay, readers[id].Records[value].FirstDay);
            _records++;
        }
    }

    public void Study(Observation observation)
    {
        if (observation is not { IsKms: true, Succeeded: true, Set: { } set, Record: { EventName: "Decrypt" or "ReEncrypt", Context: { Pairs.Count: > 0 } context } })
            return;

        var client = observation is { Attestation: AttestationVerdict.Valid, Proof: { } proof } ? proof.ClientTag : NoClient;
        var reader = ReaderOf(set.Name, observation.Principal, client, isNewcomer: observation.Use is { IsLearning: false });
        var value = RecordId.Hash(context["r"] ?? context.ToString());
        var day = DayOf(observation.Record.EventTime);
        var kind = Note(reader, value, day);
        reader.FirstDay = Math.Min(reader.FirstDay, day);
        var isNewClient = client != NoClient && reader.IsNewcomer && reader.FirstDay == day && reader.Records.Count <= FewReads;
        var (newClients, allClients) = SumsOf(set.Name, observation.Principal);
        observation.Reading = new(reader.Group, kind, reader.IsNewcomer)
        {
            NewClients = isNewClient ? newClients : null,
            FirstOfClient = client != NoClient && kind == ReadingKind.New && reader.FirstDay == day && reader.Records.Count <= 1 ? newClients : null,
            AllClients = client == NoClient ? null : allClients,
        };
    }

    public void Advance(TurnMoment moment)
    {
        if (moment.Watermark.Known is not { } known || DayOf(known) == _prunedDay)
            return;

        _prunedDay = DayOf(known);
        Prune(_prunedDay.Value - ReadDays.Remembered);
    }

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        await RowWriter.InsertAsync(
            transaction, "reader (id, set_name, principal, client, newcomer)", "",
            _newReaders.Select(reader => new object[] { reader.Id, reader.Set, reader.Principal, reader.Client, reader.IsNewcomer ? 1L : 0L }), cancellationToken);
        await RowWriter.InsertAsync(
            transaction, "reader_record (reader_id, value, last_day, days)", "ON CONFLICT (reader_id, value) DO UPDATE SET last_day = excluded.last_day, days = excluded.days",
            _changed.Select(change => (change, Days: change.Reader.Records[change.Value])).Select(row => new object[]
            {
                row.change.Reader.Id, row.change.Value.ToBytes(), row.Days.LastDay, (long)row.Days.Mask,
            }),
            cancellationToken);
        if (_pruneBefore is { } day)
        {
            await transaction.Connection!.ExecuteAsync(new CommandDefinition(
                """
                DELETE FROM reader_record WHERE last_day < @day;
                DELETE FROM reader WHERE NOT EXISTS (SELECT 1 FROM reader_record WHERE reader_id = reader.id);
                """,
                new { day }, transaction, cancellationToken: cancellationToken));
        }

        _newReaders.Clear();
        _changed.Clear();
        _pruneBefore = null;
    }

    private (DetectionGroup New, DetectionGroup All) SumsOf(string set, string principal)
    {
        if (!_sums.TryGetValue((set, principal), out var sums))
        {
            sums = (Group(NewClients), Group(AllClients));
            if (_sums.Count < options.MaxGroups)
                _sums.Add((set, principal), sums);
        }

        return sums;

        DetectionGroup Group(string client) => new([new("set", set), new("principal", principal), new("client", client)]);
    }

    private static long DayOf(DateTimeOffset at) => (long)Math.Floor((at - DateTimeOffset.UnixEpoch).TotalDays);

    private Reader ReaderOf(string set, string principal, string client, bool isNewcomer)
    {
        if (_readers.TryGetValue((set, principal, client), out var reader))
            return reader;

        reader = new(++_lastId, set, principal, client, isNewcomer);
        // Beyond the limit nobody is remembered, and the windows' own limit puts what they do together.
        if (_readers.Count < options.MaxGroups)
        {
            _readers.Add((set, principal, client), reader);
            _newReaders.Add(reader);
        }

        return reader;
    }

    private ReadingKind Note(Reader reader, RecordId value, long day)
    {
        if (!reader.Records.TryGetValue(value, out var days) && !HasRoom(reader))
            return ReadingKind.New;

        var isNew = days.Mask == 0;
        var (after, kind) = days.Add(day);
        if (kind == ReadingKind.Repeated)
            return kind;

        if (isNew)
            _records++;
        reader.Records[value] = after;
        _changed.Add((reader, value));
        return kind;
    }

    private bool HasRoom(Reader reader) =>
        reader.Records.Count < LimitPerReader && _records < options.MaxRecords && _readers.ContainsKey((reader.Set, reader.Principal, reader.Client));

    private void Prune(long before)
    {
        foreach (var (key, reader) in _readers)
        {
            foreach (var (value, days) in reader.Records)
            {
                if (days.LastDay < before && reader.Records.Remove(value))
                {
                    _records--;
                    _changed.Remove((reader, value));
                }
            }

            if (reader.Records.Count == 0)
                _readers.Remove(key);
        }

        _pruneBefore = before;
    }

    private static async IAsyncEnumerable<(long Reader, RecordId Value, long LastDay, long Days)> RowsAsync(
        DbConnection connection, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT reader_id, value, last_day, days FROM reader_record";
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
            yield return (rows.GetInt64(0), RecordId.FromBytes(rows.GetFieldValue<byte[]>(1)), rows.GetInt64(2), rows.GetInt64(3));
    }

    private sealed class Reader(long id, string set, string principal, string client, bool isNewcomer)
    {
        public long Id => id;

        public string Set => set;

        public string Principal => principal;

        public string Client => client;

        public bool IsNewcomer => isNewcomer;

        public DetectionGroup Group { get; } = new([new("set", set), new("principal", principal), new("client", client)]);

        /// <summary>The day of its first read, as far as it is remembered.</summary>
        public long FirstDay { get; set; } = long.MaxValue;

        public Dictionary<RecordId, ReadDays> Records { get; } = [];
    }
}
