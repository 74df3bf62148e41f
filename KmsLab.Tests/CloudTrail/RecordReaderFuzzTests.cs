using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using KmsLab.CloudTrail.Records;
using KmsLab.Tests.Sentinel;

namespace KmsLab.Tests.CloudTrail;

/// <summary>Whatever is read, it is a record, of no interest, or a problem that is told; never an exception.</summary>
public sealed class RecordReaderFuzzTests
{
    private static readonly byte[][] Seeds = [TestRecords.Decrypt().Utf8(), TestRecords.ReEncrypt().Utf8(), TestRecords.ServiceEvent().Utf8(), TestRecords.Denied().Utf8()];

    private static readonly string[] Fragments =
    [
        "null", "true", "{}", "[]", "\"\"", "1e9999", "-0", new string('9', 400), "\"\\ud800\"", "\"\\u0000\"", "{\"arn\":{}}", "[[[[[[]]]]]]", "\"2026-13-45\"", "\"\\x\"", "nul", "{", "]",
    ];

    private static readonly byte[][] OddTexts = [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x9F], [0x01], [0x09], [.. "\\ud800"u8], [.. "\\uDFFF"u8], [.. "\\ud800\\u0041"u8]];

    [Fact]
    public void Bytes_are_changed_and_cut() =>
        Gen.Select(Gen.Int[0, 3], Gen.Select(Gen.Int[0, 2000], Gen.Byte).Array[0, 12], Gen.Int[0, 2500]).Sample(
            (seed, changes, length) =>
            {
                var utf8 = (byte[])Seeds[seed].Clone();
                foreach (var (at, value) in changes)
                    utf8[at % utf8.Length] = value;
                return IsSound(utf8.AsSpan(0, Math.Min(utf8.Length, length)));
            },
            iter: 20_000);

    [Fact]
    public void Values_are_of_wrong_types() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 60], Gen.Int[0, Fragments.Length - 1]).Sample(
            (seed, field, fragment) =>
            {
                var json = Encoding.UTF8.GetString(Seeds[seed]);
                var record = JsonNode.Parse(json)!.AsObject();
                var name = record.ElementAt(field % record.Count).Key;
                record[name] = "@@";
                return IsSound(Encoding.UTF8.GetBytes(record.ToJsonString().Replace("\"@@\"", Fragments[fragment], StringComparison.Ordinal)));
            },
            iter: 5_000);

    [Theory]
    [InlineData(10)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(1_000_000)]
    public void Nesting_is_deep(int depth) =>
        IsSound(Encoding.UTF8.GetBytes($"{{\"a\":{new string('[', depth)}{new string(']', depth)},{Encoding.UTF8.GetString(Seeds[0])[1..]}")).ShouldBeTrue();

    /// <summary>Whatever a caller put into a text of its choice, the record is read, all else in it as it was.</summary>
    [Fact]
    public void Text_is_no_Unicode_and_the_record_is_judged_all_the_same() =>
        Gen.Select(Gen.Int[0, 3].Where(seed => seed != 2), Gen.Int[0, OddTexts.Length - 1].Array[1, 4]).Sample(
            (seed, odd) =>
            {
                var sound = CloudTrailRecordReader.Read(Seeds[seed], RecordInterest.Everything).Record!;
                byte[] text = [0xFF, .. odd.SelectMany(index => OddTexts[index])];
                var agent = Encoding.UTF8.GetBytes($"\"{sound.UserAgent}");
                var at = Seeds[seed].AsSpan().IndexOf(agent) + agent.Length;
                var read = CloudTrailRecordReader.Read([.. Seeds[seed][..at], .. text, .. Seeds[seed][at..]], RecordInterest.Everything).Record!;
                var rest = read with
                {
                    IsMended = false,
                    UserAgent = sound.UserAgent,
                    Json = sound.Json,
                    KeyArns = sound.KeyArns,
                    Context = sound.Context,
                    DestinationContext = sound.DestinationContext,
                };
                return read.IsMended && read.UserAgent!.StartsWith(sound.UserAgent!, StringComparison.Ordinal) && rest == sound
                    && read.KeyArns.SequenceEqual(sound.KeyArns) && read.Context?.ToString() == sound.Context?.ToString();
            },
            iter: 2_000);

    [Theory]
    [InlineData("\\ud83d\\ude00 \\ud800", "\ud83d\ude00 \uFFFD")]
    [InlineData("\\ud800\\ud800", "\uFFFD\uFFFD")]
    [InlineData("\\ude00x", "\uFFFDx")]
    [InlineData("\\\\ud800 \\ud8", null)]
    [InlineData("a\tb\\ud800", "a\tb\uFFFD")]
    public void Text_is_mended_no_more_than_needed(string text, string? expected)
    {
        var json = Encoding.UTF8.GetString(Seeds[0]).Replace("192.0.2.10", text, StringComparison.Ordinal);

        CloudTrailRecordReader.Read(Encoding.UTF8.GetBytes(json), RecordInterest.Everything).Record?.SourceIpAddress.ShouldBe(expected);
    }

    [Fact]
    public void Records_whose_ids_differ_in_what_is_mended_stay_two()
    {
        var ids = ((string[])["\\ud800", "\\ud801"])
            .Select(id => Encoding.UTF8.GetString(Seeds[0]).Replace("\"eventID\":\"", $"\"eventID\":\"{id}", StringComparison.Ordinal))
            .Select(json => CloudTrailRecordReader.Read(Encoding.UTF8.GetBytes(json), RecordInterest.Everything).Record.ShouldNotBeNull().Id);

        ids.Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public void Field_stands_twice_and_the_last_counts()
    {
        var json = Encoding.UTF8.GetString(Seeds[0]).Replace("\"eventName\":\"Decrypt\"", "\"eventName\":\"Decrypt\",\"eventName\":\"Encrypt\"", StringComparison.Ordinal);

        CloudTrailRecordReader.Read(Encoding.UTF8.GetBytes(json), RecordInterest.Everything).Record.ShouldNotBeNull().EventName.ShouldBe("Encrypt");
    }

    [Fact]
    public void Glance_sees_what_the_reader_sees() =>
        Gen.Select(Gen.Int[0, 3], Gen.Select(Gen.Int[0, 2000], Gen.Byte).Array[0, 3]).Sample(
            (seed, changes) =>
            {
                var utf8 = (byte[])Seeds[seed].Clone();
                foreach (var (at, value) in changes)
                    utf8[at % utf8.Length] = value;
                var glance = RecordGlance.At(utf8, new RecordInterest("kms.amazonaws.com"));
                return CloudTrailRecordReader.Read(utf8, new RecordInterest("kms.amazonaws.com")).Record is not { } record || (glance.IsOfInterest && glance.EventTime is not null && record.EventTime.Year >= 2000);
            },
            iter: 10_000);

    [Fact]
    public void Reader_allocates_nothing_for_records_of_any_shape_that_nobody_asked_for()
    {
        var interest = new RecordInterest("iam.amazonaws.com");

        // The first round pays for what is made once, such as tables and the test's own records.
        Enumerable.Range(0, 5).Min(_ => AllocatedBy(interest)).ShouldBe(0);
    }

    private static long AllocatedBy(RecordInterest interest)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            CloudTrailRecordReader.Read(Seeds[i % 4], interest);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static bool IsSound(ReadOnlySpan<byte> utf8)
    {
        RecordGlance.At(utf8, RecordInterest.Everything);
        var reading = CloudTrailRecordReader.Read(utf8, RecordInterest.Everything);
        return reading.Record is null || reading.Problem is null;
    }
}
