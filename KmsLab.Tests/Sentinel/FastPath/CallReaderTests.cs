using CsCheck;
using KmsLab.CloudTrail.FastPath;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.FastPath;
using KmsLab.Sentinel.Rates;
using KmsLab.Sentinel.Turns;
using KmsLab.Tests.CloudTrail.FastPath;

namespace KmsLab.Tests.Sentinel.FastPath;

/// <summary>What a call is counted by is the same whether its record was read fast or in full.</summary>
public sealed class CallReaderTests
{
    private static readonly RecordInterest Kms = new("kms.amazonaws.com");

    [Fact]
    public void Call_is_counted_by_what_its_series_says()
    {
        var (reader, names) = (new FastRecordReader(Kms), new CallNames());
        var calls = new CallReader(names);
        var told = 0;

        Gen.Int.Sample(
            seed =>
            {
                byte[] json = OddRecords.Record(seed);
                if (reader.Read([.. json, .. new byte[FastRecordReader.Slack]], out var record) == FastReading.Unknown)
                    reader.ReadLeniently(json, out record);
                if (record.Json.IsEmpty || !calls.TryRead(record, out var ticks, out var keys))
                    return true;

                told++;
                var expected = CloudTrailRecordReader.Read(record.Json, Kms).Record.ShouldNotBeNull();
                return !NetworkTwin.Is(expected) && expected.Addendum is null && !expected.IsMended && ticks == expected.EventTime.UtcTicks
                    && keys.ToArray().Select(key => SeriesOf(key, names)).SequenceEqual(SeriesKey.Of(expected))
                    && keys.SequenceEqual([.. calls.Read(expected)]);
            },
            iter: 30_000,
            threads: 1);

        told.ShouldBeGreaterThan(5_000);
    }

    [Fact]
    public void Names_beyond_the_limit_are_other_ones()
    {
        var (reader, calls) = (new FastRecordReader(Kms), new CallReader(new CallNames(most: 3)));

        for (var role = 0; role < 4; role++)
        {
            reader.ReadLeniently(TestRecords.Decrypt(role: $"arn:aws:iam::0:role/{role}").Utf8(), out var record);
            calls.TryRead(record, out _, out var keys).ShouldBeTrue();
            keys.ToArray().ShouldHaveSingleItem().Equals(CallKey.Other).ShouldBe(role >= 2);
        }
    }

    private static SeriesKey SeriesOf(CallKey key, CallNames names) => SeriesKey.FromColumns(
        names.Keys[key.Key], names.Principals[key.Principal], names.Operations[key.Operation], names.Outcomes[key.Outcome], names.Services[key.Service]);
}
