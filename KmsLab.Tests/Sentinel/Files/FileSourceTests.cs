using System.Text;
using System.Text.Json.Nodes;
using KmsLab.Sentinel.Sources;
using KmsLab.Sentinel.Sources.Files;
using KmsLab.Sentinel.Turns;
using Microsoft.Extensions.Logging.Abstractions;

namespace KmsLab.Tests.Sentinel.Files;

/// <summary>Which records come out of files, in which order, and what is said about those that hold none.</summary>
public sealed class FileSourceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Source_reads_delivery_files_and_lines_packed_or_not_in_all_folders()
    {
        using var folder = new RecordFolder();
        folder.Add("a/1.json", RecordFolder.Delivery(Record("one"), Record("two")));
        folder.Add("a/b/2.json.gz", RecordFolder.Pack(RecordFolder.Delivery(Record("three"))));
        folder.Add("c/3.jsonl", RecordFolder.Lines(Record("four"), Record("five")));
        folder.Add("c/4.json.gz", RecordFolder.Pack(RecordFolder.Lines(Record("six"))));
        folder.Add("c/readme.txt", "nothing"u8.ToArray());

        (await IdsAsync(folder.Path)).ShouldBe(["one", "two", "three", "four", "five", "six"]);
    }

    [Fact]
    public async Task Source_reads_in_the_order_of_delivery_that_names_tell()
    {
        using var folder = new RecordFolder();
        folder.Add("eu-west-1/1_CloudTrail_eu-west-1_20261123T1205Z_x.json", RecordFolder.Delivery(Record("second")));
        folder.Add("us-east-1/1_CloudTrail_us-east-1_20261123T1200Z_y.json", RecordFolder.Delivery(Record("first")));

        (await IdsAsync(folder.Path)).ShouldBe(["first", "second"]);
    }

    [Fact]
    public async Task Source_reads_what_a_glob_matches()
    {
        using var folder = new RecordFolder();
        folder.Add("2026/11/a.json", RecordFolder.Delivery(Record("in")));
        folder.Add("2026/11/b.txt", RecordFolder.Delivery(Record("out")));
        folder.Add("2025/11/a.json", RecordFolder.Delivery(Record("old")));

        (await IdsAsync(folder["2026/**/*.json"])).ShouldBe(["in"]);
    }

    [Fact]
    public async Task Source_that_is_not_there_says_so()
    {
        using var folder = new RecordFolder();

        var absent = await Should.ThrowAsync<SourceAbsentException>(() => IdsAsync(folder["missing"]));

        absent.Message.ShouldContain("missing");
    }

    [Fact]
    public async Task Digests_and_files_of_others_are_passed_over_and_said_so()
    {
        using var folder = new RecordFolder();
        folder.Add("digest.json.gz", RecordFolder.Pack("""{"awsAccountId":"1","digestStartTime":"2026-11-23T12:00:00Z","logFiles":[{"s3Object":"x"}]}"""u8.ToArray()));
        folder.Add("package.json", """{"name":"something","version":"1"}"""u8.ToArray());
        folder.Add("text.json", "not json at all"u8.ToArray());
        folder.Add("empty.json", []);
        folder.Add("records.json", RecordFolder.Delivery(Record("one")));
        var source = Source(folder.Path);

        (await IdsAsync(source)).ShouldBe(["one"]);

        source.Report.Files.ShouldBe(5);
        source.Report.Digests.ShouldBe(1);
        source.Report.UnrelatedNames.ShouldBe([folder["package.json"], folder["text.json"]]);
    }

    [Theory]
    [InlineData("\uFEFF{\"Records\":[", "]}")]
    [InlineData("  \n{ \"Records\" : [ ", " ] , \"more\": {\"a\": [1]} }\n")]
    [InlineData("{\"version\":{\"a\":1},\"Records\":[", "]}")]
    [InlineData("\uFEFF", "")]
    [InlineData("", "\r\n\r\n")]
    public async Task Source_takes_what_stands_around_the_records(string before, string after)
    {
        using var folder = new RecordFolder();
        folder.Add("x.json", Encoding.UTF8.GetBytes(before + Record("one").ToJsonString() + after));

        (await IdsAsync(folder.Path)).ShouldBe(["one"]);
    }

    [Fact]
    public async Task Source_reads_records_that_are_laid_out_for_people()
    {
        using var folder = new RecordFolder();
        folder.Add("x.json", Encoding.UTF8.GetBytes(Pretty(Record("one")) + "\n" + Pretty(Record("two"))));

        (await IdsAsync(folder.Path)).ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task Source_reads_delivery_files_that_were_joined()
    {
        using var folder = new RecordFolder();
        folder.Add("x.json", [.. RecordFolder.Delivery(Record("one")), .. RecordFolder.Delivery(), .. "\n"u8, .. RecordFolder.Delivery(Record("two"))]);
        folder.Add("y.json.gz", [.. RecordFolder.Pack(RecordFolder.Delivery(Record("three"))), .. RecordFolder.Pack(RecordFolder.Delivery(Record("four")))]);

        (await IdsAsync(folder.Path)).ShouldBe(["one", "two", "three", "four"]);
    }

    [Fact]
    public async Task Packed_file_is_cut_off_anywhere_and_what_stands_before_is_read()
    {
        var packed = RecordFolder.Pack(RecordFolder.Delivery(Enumerable.Range(0, 50).Select(i => Record($"{i}"))));
        // Without the last few bytes, a checksum, every record is still there.
        for (var length = 40; length < packed.Length - 16; length += 97)
        {
            using var folder = new RecordFolder();
            folder.Add("a.json.gz", packed[..length]);
            folder.Add("b.json", RecordFolder.Delivery(Record("next")));

            var events = await EventsAsync(Source(folder.Path));

            events.Count(item => item.Problem is not null).ShouldBe(1, $"cut to {length} bytes");
            var problem = events.Single(item => item.Problem is not null);
            problem.Origin.ShouldStartWith(folder["a.json.gz"]);
            problem.Problem!.ShouldContain("Get it again");
            IdOf(events[^1]).ShouldBe("next");
        }
    }

    [Fact]
    public async Task Packed_file_with_a_flipped_bit_is_reported_and_the_rest_is_read()
    {
        using var folder = new RecordFolder();
        var packed = RecordFolder.Pack(RecordFolder.Delivery(Enumerable.Range(0, 500).Select(i => Record($"{Guid.NewGuid()}"))));
        packed[packed.Length / 2] ^= 0x40;
        folder.Add("a.json.gz", packed);
        folder.Add("b.json", RecordFolder.Delivery(Record("next")));

        var events = await EventsAsync(Source(folder.Path));

        events.ShouldContain(item => item.Problem != null || item.Utf8.Length > 0);
        IdOf(events[^1]).ShouldBe("next");
    }

    [Fact]
    public async Task Malformed_record_in_a_list_does_not_hide_those_after_it()
    {
        using var folder = new RecordFolder();
        folder.Add("x.json", Encoding.UTF8.GetBytes($$"""{"Records":[{"a":tru},{{Record("one").ToJsonString()}},7,"text {",null,[1,{"x":2}],{{Record("two").ToJsonString()}}]}"""));

        var events = await EventsAsync(Source(folder.Path));

        events.Count.ShouldBe(7);
        IdOf(events[1]).ShouldBe("one");
        IdOf(events[6]).ShouldBe("two");
    }

    [Fact]
    public async Task Malformed_line_does_not_hide_those_after_it()
    {
        using var folder = new RecordFolder();
        folder.Add("x.jsonl", Encoding.UTF8.GetBytes($"garbage {{ \"\n{Record("one").ToJsonString()}\n{{\"a\":\"cut\n\n{Record("two").ToJsonString()}"));

        var events = await EventsAsync(Source(folder.Path));

        events.Count.ShouldBe(4);
        IdOf(events[1]).ShouldBe("one");
        IdOf(events[3]).ShouldBe("two");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Record_of_any_size_is_read_or_left_out_alone(bool asLines)
    {
        using var folder = new RecordFolder();
        var records = new[] { Record("small"), Record("large", 3_000_000), Record("huge", RecordFile.LongestRecord + 1_000_000), Record("last") };
        folder.Add("x.json.gz", RecordFolder.Pack(asLines ? RecordFolder.Lines(records) : RecordFolder.Delivery(records)));

        var events = await EventsAsync(Source(folder.Path));

        events.Count.ShouldBe(4);
        IdOf(events[0]).ShouldBe("small");
        IdOf(events[1]).ShouldBe("large");
        events[2].Problem!.ShouldContain("longer than 16 MiB");
        IdOf(events[3]).ShouldBe("last");
    }

    [Fact]
    public async Task File_is_read_once_until_it_changes()
    {
        using var folder = new RecordFolder();
        var path = folder.Add("x.jsonl", RecordFolder.Lines(Record("one")));
        var source = Source(folder.Path);

        (await IdsAsync(source)).ShouldBe(["one"]);
        (await IdsAsync(source)).ShouldBeEmpty();
        File.AppendAllText(path, Record("two").ToJsonString() + "\n");
        folder.Add("y.json", RecordFolder.Delivery(Record("three")));

        (await IdsAsync(source)).ShouldBe(["one", "two", "three"]);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Source_goes_on_in_the_middle_of_a_file(bool asLines, bool packed)
    {
        using var folder = new RecordFolder();
        var records = Enumerable.Range(0, 5000).Select(i => Record($"{i}")).ToList();
        var bytes = asLines ? RecordFolder.Lines(records) : RecordFolder.Delivery(records);
        folder.Add("x.json", packed ? RecordFolder.Pack(bytes) : bytes);
        var pages = new List<FilePage>();
        await foreach (var page in Source(folder.Path).ReadAsync(Cancellation))
            pages.Add(page);
        pages.Count.ShouldBeGreaterThan(2);

        foreach (var (page, taken) in new[] { (0, 0), (0, 1), (1, 700), (pages.Count - 1, 1) })
        {
            var source = Source(folder.Path);
            source.GoOnFrom(pages[page].AfterFirst(taken));
            var before = pages.Take(page).Sum(p => p.Events.Count) + taken;

            (await IdsAsync(source)).ShouldBe(Enumerable.Range(before, 5000 - before).Select(i => $"{i}"));
        }
    }

    private static FileSource Source(string path) => new(path, NullLogger<FileSource>.Instance);

    private static Task<IReadOnlyList<string>> IdsAsync(string path) => IdsAsync(Source(path));

    private static async Task<IReadOnlyList<string>> IdsAsync(FileSource source) => [.. (await EventsAsync(source)).Select(IdOf)];

    private static async Task<IReadOnlyList<SourceEvent>> EventsAsync(FileSource source)
    {
        var events = new List<SourceEvent>();
        await foreach (var page in source.ReadAsync(TestRecords.Noon, Cancellation))
            events.AddRange(page.Events);
        return events;
    }

    private static string IdOf(SourceEvent item) => JsonNode.Parse(item.Utf8.Span)!["eventID"]!.GetValue<string>();

    private static JsonObject Record(string id, int padding = 0) => TestRecords.Decrypt(eventId: id).With(record => record["padding"] = new string('x', padding));

    private static string Pretty(JsonObject record) => record.ToJsonString(new() { WriteIndented = true });
}
