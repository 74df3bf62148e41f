using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Rates;

/// <summary>Counts each call of KMS in its series, and takes back what was corrected. Records of other services are read for the detections alone.</summary>
internal sealed class CallCounter(SeriesStore series, SeenRecords seen) : ITurnPart
{
    /// <summary>Series come and go; so many of their texts are remembered.</summary>
    private const int Remembered = 50_000;

    private readonly Dictionary<long, string> _texts = [];

    public void Count(CloudTrailRecord record)
    {
        if (record.EventSource != "kms.amazonaws.com")
            return;

        // Most records have one key: no list is made for it.
        var text = record.KeyArns is [var key]
            ? TextOf(Count(SeriesKey.Of(record, key), record))
            : CountedCall.TextOf([.. SeriesKey.Of(record).Select(key => Count(key, record))]);
        seen.Counts(record.Id, new(text, record.EventTime.ToUnixTimeMilliseconds()));
    }

    private long Count(SeriesKey key, CloudTrailRecord record) => series.Add(key, record.EventTime);

    public void Withdraw(Withdrawal withdrawal)
    {
        if (withdrawal.Counted is { } counted)
            series.Withdraw(CountedCall.FromColumns(counted.Series, counted.EventAt));
    }

    /// <summary>The number of a record's only series as text: the same few come again and again.</summary>
    private string TextOf(long id)
    {
        if (_texts.TryGetValue(id, out var text))
            return text;

        if (_texts.Count == Remembered)
            _texts.Clear();
        return _texts[id] = CountedCall.TextOf([id]);
    }
}
