using System.Text;
using System.Text.Json;
using CsCheck;
using KmsLab.CloudTrail.FastPath;
using KmsLab.CloudTrail.Records;
using KmsLab.Tests.Sentinel;

namespace KmsLab.Tests.CloudTrail.FastPath;

/// <summary>Whatever the fast reader says of a record is what the lenient one says of it.</summary>
public sealed class FastRecordReaderTests
{
    private static readonly RecordInterest Kms = new("kms.amazonaws.com");

    /// <summary>One reader for all of them: what it learned of one record must not mislead it about another.</summary>
    [Fact]
    public void Fast_and_lenient_reader_agree_on_records_of_every_kind()
    {
        var reader = new FastRecordReader(Kms);

        Gen.Int.Sample(seed => Agrees(reader, OddRecords.Record(seed)), iter: 40_000, threads: 1);

        reader.Fast.ShouldBeGreaterThan(5_000);
        reader.Lenient.ShouldBeGreaterThan(5_000);
    }

    [Fact]
    public void Fast_and_lenient_reader_agree_on_what_is_left_of_a_known_record()
    {
        var reader = new FastRecordReader(Kms);
        var record = TestRecords.ReEncrypt().Utf8();
        reader.ReadLeniently(record, out _);

        for (var length = 0; length <= record.Length; length++)
            Agrees(reader, record[..length]).ShouldBeTrue($"{length} bytes");
        reader.Fast.ShouldBe(1);
    }

    [Fact]
    public void Every_byte_of_a_known_record_may_be_another()
    {
        var reader = new FastRecordReader(Kms);
        var record = TestRecords.Decrypt().Utf8();
        reader.ReadLeniently(record, out _);

        foreach (var value in "\"\\{}[]:, 0ax\u0001\u007f"u8.ToArray().Append((byte)0xFF))
        {
            for (var at = 0; at < record.Length; at++)
                Agrees(reader, [.. record[..at], value, .. record[(at + 1)..]]).ShouldBeTrue($"{value} at {at}");
        }
    }

    [Fact]
    public void Record_is_read_fast_from_the_second_of_its_shape_on()
    {
        var reader = new FastRecordReader(Kms);
        reader.ReadLeniently(TestRecords.Decrypt().Utf8(), out _).ShouldBe(FastReading.Record);
        byte[] text = [.. TestRecords.Decrypt(TestRecords.Noon.AddHours(1), role: "arn:aws:iam::1:role/other").Utf8(), .. new byte[FastRecordReader.Slack]];

        reader.Read(text, out var record).ShouldBe(FastReading.Record);

        record.Json.Length.ShouldBe(text.Length - FastRecordReader.Slack);
        Encoding.ASCII.GetString(record.EventTime).ShouldBe("2026-11-23T13:00:00Z");
        Encoding.ASCII.GetString(record.SessionIssuerArn).ShouldBe("arn:aws:iam::1:role/other");
        record.KeyArns().ShouldBe([TestRecords.KeyArn]);
        record.IsPlain.ShouldBeTrue();
    }

    [Fact]
    public void Shapes_without_end_are_read_and_learned_no_faster_than_the_bound()
    {
        var reader = new FastRecordReader(Kms);
        for (var index = 0; index < 20_000; index++)
        {
            var json = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(TestRecords.Decrypt().Utf8()).Replace("\"r\":", $"\"name-{index}\":", StringComparison.Ordinal));
            if (reader.Read([.. json, .. new byte[FastRecordReader.Slack]], out _) == FastReading.Unknown)
                reader.ReadLeniently(json, out _).ShouldBe(FastReading.Record);
        }

        var usual = TestRecords.ReEncrypt().Utf8();
        for (var index = 0; index < 100; index++)
            reader.ReadLeniently(usual, out _);
        reader.Read([.. usual, .. new byte[FastRecordReader.Slack]], out _).ShouldBe(FastReading.Record, "what is usual is learned although much that is not came before");
    }

    [Fact]
    public void Reader_allocates_nothing_for_records_whose_shape_it_knows()
    {
        var reader = new FastRecordReader(Kms);
        byte[] text = [.. TestRecords.Decrypt().Utf8(), .. new byte[FastRecordReader.Slack]];
        reader.ReadLeniently(text.AsSpan(0, text.Length - FastRecordReader.Slack), out _);

        Enumerable.Range(0, 5).Min(_ => AllocatedBy(() => reader.Read(text, out RecordView _))).ShouldBe(0);
    }

    private static long AllocatedBy(Action read)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            read();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static bool Agrees(FastRecordReader reader, byte[] json)
    {
        // As in a file: another record follows.
        byte[] text = [.. json, .. "\n"u8, .. TestRecords.ServiceEvent().Utf8()];
        return reader.Read(text, out var record) switch
        {
            FastReading.Record => IsSame(record),
            FastReading.NotOfInterest => CloudTrailRecordReader.Read(json, Kms) == RecordReading.NotOfInterest,
            _ => reader.ReadLeniently(json, out record) switch
            {
                FastReading.Record => IsSame(record) && record.Json.SequenceEqual(json),
                FastReading.NotOfInterest => CloudTrailRecordReader.Read(json, Kms) == RecordReading.NotOfInterest,
                _ => CloudTrailRecordReader.Read(json, Kms).Record is null or { IsMended: true },
            },
        };
    }

    /// <summary>The fields stand where the lenient reader finds them, and say what it makes of them.</summary>
    private static bool IsSame(RecordView record)
    {
        Span<Slice> places = stackalloc Slice[(int)Field.Count];
        places.Clear();
        var reader = new Utf8JsonReader(record.Json, CloudTrailRecordReader.Options);
        if (!reader.Read() || !CloudTrailRecordReader.NoteFields(ref reader, RecordFields.Record, places, Kms) || reader.Read() || !places.SequenceEqual(record.Places))
            return false;

        var reading = CloudTrailRecordReader.Read(record.Json, Kms);
        return !record.IsPlain || reading.Record is not { } expected || (!expected.IsMended
            && (record.MayRepeat || RecordGlance.At(record.Json, Kms).EventTime == record.Time())
            && (record.EventTime.IsEmpty || record.Time() == expected.EventTime)
            && Text(record.EventSource) == expected.EventSource
            && Text(record.EventName) == expected.EventName
            && Text(record.ErrorCode) == expected.ErrorCode
            && Text(record.SharedEventId) == expected.SharedEventId
            && Text(record.SessionIssuerArn) == expected.Identity.SessionIssuerArn
            && Text(record.Arn) == expected.Identity.Arn
            && Text(record.PrincipalId) == expected.Identity.PrincipalId
            && Text(record.AccountId) == expected.Identity.AccountId
            && Text(record.InvokedBy) == expected.Identity.InvokedBy
            && (record.EventId.IsEmpty || EventIdReader.Read(record.EventId) == expected.Id)
            && record.HasAddendum == expected.Addendum is not null
            && record.KeyArns().SequenceEqual(expected.KeyArns));
    }

    private static string? Text(ReadOnlySpan<byte> field) => field.IsEmpty ? null : Encoding.ASCII.GetString(field);
}
