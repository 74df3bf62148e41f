using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Rates;

/// <summary>Counts each call of KMS in its series, and takes back what was corrected. Records of other services are read for the detections alone.</summary>
internal sealed class CallCounter(SeriesStore series, SeenRecords seen) : ITurnPart
{
    public void Count(CloudTrailRecord record)
    {
        if (record.EventSource != "kms.amazonaws.com")
            return;

        var ids = SeriesKey.Of(record).Select(key => series.Add(key, record.EventTime)).ToList();
        var counted = new CountedCall(ids, record.EventTime.ToUnixTimeMilliseconds());
        seen.Counts(record.Id, new(counted.SeriesText, counted.EventAt));
    }

    public void Withdraw(Withdrawal withdrawal)
    {
        if (withdrawal.Counted is { } counted)
            series.Withdraw(CountedCall.FromColumns(counted.Series, counted.EventAt));
    }
}
