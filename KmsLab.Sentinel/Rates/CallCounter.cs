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

        long[] ids = [.. SeriesKey.Of(record).Select(key => series.Add(key, record.EventTime))];
        seen.Counts(record.Id, new(TextOf(ids), record.EventTime.ToUnixTimeMilliseconds()));
    }

    public void Withdraw(Withdrawal withdrawal)
    {
        if (withdrawal.Counted is { } counted)
            series.Withdraw(CountedCall.FromColumns(counted.Series, counted.EventAt));
    }

    /// <summary>The numbers of a record's series as one text. Most records have one, and the same few come again and again.</summary>
    private string TextOf(long[] ids)
    {
        if (ids is not [var id])
            return CountedCall.TextOf(ids);
        if (_texts.TryGetValue(id, out var text))
            return text;

        if (_texts.Count == Remembered)
            _texts.Clear();
        return _texts[id] = CountedCall.TextOf(ids);
    }
}
