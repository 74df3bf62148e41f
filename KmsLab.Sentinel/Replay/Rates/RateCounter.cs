using KmsLab.CloudTrail.FastPath;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.FastPath;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Replay.Rates;

/// <summary>What the threads of one pass over the files share.</summary>
/// <param name="Replay">What is asked for.</param>
/// <param name="Names">The names that calls are counted by.</param>
/// <param name="Seen">The ids of records so far; null if each record counts, however often it was seen.</param>
/// <param name="Replaced">Records that count for nothing because others correct them.</param>
internal sealed record RatePass(ReplayOptions Replay, CallNames Names, SeenIds? Seen, IReadOnlySet<RecordId> Replaced)
{
    /// <summary>KMS alone is counted.</summary>
    public static RecordInterest Interest { get; } = new("kms.amazonaws.com");

    public FoundCorrections Corrections { get; } = new();
}

/// <summary>Counts records, one thread's: a plain one from its bytes, any other as a replay does.</summary>
internal sealed class RateCounter(RatePass pass)
{
    private readonly CallReader _calls = new(pass.Names);
    private readonly bool _isTimed = pass.Replay.From is not null || pass.Replay.To is not null;
    private int _corrections;

    /// <summary>The piece that records are of now.</summary>
    public int Piece { get; set; }

    public RateTotals Totals { get; } = new();

    public MinuteCounts Minutes { get; } = new();

    /// <summary>Counts a record that was read fast.</summary>
    /// <param name="record">A record of KMS.</param>
    /// <param name="origin">Where it stands.</param>
    public void Take(RecordView record, RecordOrigin origin)
    {
        if (!_calls.TryRead(record, out var ticks, out var keys))
        {
            TakeOdd(record.Json, origin);
            return;
        }

        Totals.Read++;
        if (_isTimed && !pass.Replay.Includes(new DateTimeOffset(ticks, TimeSpan.Zero)))
            Totals.Outside++;
        else if (IsNew(record, out var id) && !IsReplaced(id))
            Count(ticks, keys);
    }

    /// <summary>Counts a record of another service.</summary>
    public void Ignore()
    {
        Totals.Read++;
        Totals.Ignored++;
    }

    /// <summary>Counts what is no record at all.</summary>
    public void Reject(RecordOrigin origin, string problem)
    {
        Totals.Read++;
        Totals.Reject(origin, problem);
    }

    /// <summary>Counts a record in the way in which a replay does.</summary>
    /// <param name="json">What should be a record.</param>
    /// <param name="origin">Where it stands.</param>
    public void TakeOdd(ReadOnlySpan<byte> json, RecordOrigin origin)
    {
        Totals.Read++;
        var glance = RecordGlance.At(json, RatePass.Interest);
        if (!glance.IsOfInterest)
        {
            Totals.Ignored++;
            return;
        }

        if (glance.EventTime is { } at && !pass.Replay.Includes(at))
        {
            Totals.Outside++;
            return;
        }

        var reading = CloudTrailRecordReader.Read(json, RatePass.Interest);
        if (reading.Record is { } record)
            Take(record);
        else if (reading.Problem is not { } problem)
            Totals.Ignored++;
        else if (IsNew(RecordId.Hash(json)))
            Totals.Reject(origin, problem);
    }

    private void Take(CloudTrailRecord record)
    {
        var isTwin = NetworkTwin.Is(record);
        if (record.EventSource != "kms.amazonaws.com")
            Totals.Ignored++;
        else if (IsNew(record.Id) && (isTwin || IsNewCopy(record)) && !IsReplaced(record.Id))
            CountNew(record, isTwin);
    }

    /// <summary>Whether the copy that another account got was not seen before.</summary>
    private bool IsNewCopy(CloudTrailRecord record) => record.SharedEventId is not { } shared || IsNew(RecordId.Hash("shared:" + shared));

    private void CountNew(CloudTrailRecord record, bool isTwin)
    {
        pass.Corrections.Note(record, new(Piece, _corrections++));
        if (isTwin)
            Totals.Twins++;
        else
            Count(record.EventTime.UtcTicks, [.. _calls.Read(record)]);
    }

    private void Count(long ticks, ReadOnlySpan<CallKey> keys)
    {
        Totals.Counted++;
        Minutes.Add(ticks, keys);
    }

    private bool IsNew(RecordView record, out RecordId id)
    {
        id = default;
        if (pass.Seen is null && pass.Replaced.Count == 0)
            return true;

        id = EventIdReader.Read(record.EventId);
        return IsNew(id) && (record.SharedEventId.IsEmpty || IsNew(RecordId.Hash([.. "shared:"u8, .. record.SharedEventId])));
    }

    private bool IsNew(RecordId id)
    {
        if (pass.Seen?.Add(id) != false)
            return true;

        Totals.Duplicates++;
        return false;
    }

    private bool IsReplaced(RecordId id)
    {
        if (pass.Replaced.Count == 0 || !pass.Replaced.Contains(id))
            return false;

        Totals.Replaced++;
        return true;
    }
}
