using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Dapper;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Replay;
using KmsLab.Sentinel.Replay.Rates;
using KmsLab.Sentinel.Sources.Files;
using KmsLab.Tests.CloudTrail.FastPath;
using KmsLab.Tests.Sentinel.Faults;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace KmsLab.Tests.Sentinel.Files;

/// <summary><c>replay --rates</c> counts what <c>replay</c> counts.</summary>
public sealed class RatesTests
{
    private static readonly DateTimeOffset Noon = TestRecords.Noon;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_are_those_of_the_replay_in_each_minute()
    {
        using var folder = new RecordFolder();
        Directory.CreateDirectory(folder["trail"]);
        var written = new SyntheticTrail(seed: 7, records: 60_000).WriteTo(folder["trail"]);
        folder.Add("trail/z-1.json.gz", RecordFolder.Pack(RecordFolder.Delivery(TestRecords.ReEncrypt(), TestRecords.ServiceEvent(), TestRecords.Denied())));
        var copy = TestRecords.CrossAccount("shared").With(record => record["recipientAccountId"] = "111122223333");
        folder.Add("trail/z-2.json", RecordFolder.Delivery(TestRecords.CrossAccount("shared"), copy, Other()));

        var rates = await CountAsync(folder["trail"]);

        (await MinutesOfReplayAsync(folder["trail"], folder["replay.db"])).ShouldBe(Minutes(rates));
        (rates.Records.Counted, rates.Records.Malformed, rates.Records.Ignored).ShouldBe((written.Records + 4, written.Malformed, 1));
        rates.Records.Duplicates.ShouldBe(written.Duplicates + 1);
    }

    [Fact]
    public async Task Duplicates_count_where_they_are_asked_for()
    {
        using var folder = new RecordFolder();
        folder.Add("a.json", RecordFolder.Lines(TestRecords.Decrypt(eventId: "a"), TestRecords.Decrypt(eventId: "a")));

        (await CountAsync(folder.Path)).Series.ShouldHaveSingleItem().Rate.Calls.ShouldBe(1);
        (await CountAsync(folder.Path, countsDuplicates: true)).Series.ShouldHaveSingleItem().Rate.Calls.ShouldBe(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Correction_counts_in_place_of_its_original_wherever_that_stands(bool originalFirst)
    {
        using var folder = new RecordFolder();
        folder.Add(originalFirst ? "a.json" : "c.json", RecordFolder.Delivery(TestRecords.Decrypt(eventId: "a")));
        folder.Add("b.json", RecordFolder.Delivery(Correction("b", "AccessDenied"), Correction("c", "KMSInternalException")));

        var rates = await CountAsync(folder.Path);

        rates.Series.ShouldHaveSingleItem().Rate.Outcome.ShouldBe("KMSInternalException");
        (rates.Records.Read, rates.Records.Counted, rates.Records.Replaced).ShouldBe((3, 1, 2));

        static JsonObject Correction(string id, string error) => TestRecords.Decrypt(errorCode: error, eventId: id)
            .With(record => record["addendum"] = new JsonObject { ["reason"] = "UPDATED_DATA", ["originalEventID"] = "a" });
    }

    [Fact]
    public async Task What_is_read_adds_up_and_time_is_asked_for()
    {
        using var folder = new RecordFolder();
        var twin = TestRecords.Decrypt().With(record => record["eventType"] = "AwsVpceEvent");
        var refused = TestRecords.Decrypt(errorCode: "VpceAccessDenied").With(record => record["eventType"] = "AwsVpceEvent");
        folder.Add("a.json", RecordFolder.Delivery(TestRecords.Decrypt(eventId: "a"), TestRecords.Decrypt(eventId: "a"), twin, refused, Other(), TestRecords.Decrypt(Noon.AddDays(9))));
        folder.Add("b.jsonl", [.. RecordFolder.Lines(new JsonObject { ["eventName"] = "Decrypt" }), .. "garbage\n"u8, .. TestRecords.Decrypt().Utf8()]);
        folder.Add("c.log", "no record at all"u8.ToArray());
        folder.Add("d.json.gz", RecordFolder.Pack(RecordFolder.Delivery(TestRecords.Decrypt()))[..100]);

        var rates = await CountAsync(folder.Path, from: Noon.AddDays(-1), to: Noon.AddDays(1));

        var records = rates.Records;
        (records.Read, records.Counted, records.Twins, records.Duplicates, records.Ignored, records.Outside, records.Malformed).ShouldBe((10, 3, 1, 1, 1, 1, 3));
        rates.Files.Unrelated.ShouldBe(1);
        records.Problems.Select(problem => $"{problem.Origin}").ShouldBe([folder["b.jsonl"] + "#1", folder["b.jsonl"] + "#2", folder["d.json.gz"] + "#0"]);
    }

    /// <summary>However the records lie in their files, and whatever is wrong with them: each as a replay would read it, one after the other.</summary>
    [Fact]
    public async Task Records_of_every_kind_are_counted_as_they_are_one_by_one()
    {
        foreach (var seed in Enumerable.Range(0, 40))
        {
            using var folder = new RecordFolder();
            var random = new Random(seed);
            var records = Enumerable.Range(0, 400).Select(_ => OddRecords.Record(random.Next())).ToList();
            byte[] file = random.Next(3) switch
            {
                0 => [.. "{\"Records\":["u8, .. Joined(records, ","u8.ToArray()), .. "]}"u8],
                1 => [.. Joined(records, "\r\n"u8.ToArray()), .. "\n"u8],
                _ => [.. TestRecords.Decrypt().Utf8(), .. "\n"u8, .. Joined(records, "\n"u8.ToArray())],
            };
            folder.Add("a", random.Next(2) == 0 ? file : RecordFolder.Pack(file));

            var rates = await CountAsync(folder.Path);

            var (totals, minutes) = await OneByOneAsync(folder.Path);
            Minutes(rates).ShouldBe(minutes, $"seed {seed}");
            Describe(rates.Records).ShouldBe(Describe(totals), $"seed {seed}");
        }
    }

    [Fact]
    public void Large_file_is_cut_at_ends_of_lines_and_each_piece_is_taken_once()
    {
        using var folder = new RecordFolder();
        var lines = Enumerable.Range(0, 300).Select(index => TestRecords.Decrypt(eventId: $"{index}")).ToList();
        folder.Add("a.jsonl", [.. Encoding.UTF8.Preamble, .. RecordFolder.Lines(lines)]);
        folder.Add("b.json", RecordFolder.Delivery(TestRecords.Decrypt()));
        var pieces = FilePieces.Of(FileSet.List(folder.Path), pieceSize: 10_000);

        var content = File.ReadAllBytes(folder["a.jsonl"]);
        var parts = pieces.Where(piece => piece.IsPart).ToList();
        parts.Count.ShouldBeGreaterThan(10);
        parts.SelectMany(piece => content[(int)piece.Start.Offset..(int)piece.Limit]).ShouldBe(content[3..]);
        parts.ShouldAllBe(piece => content[(int)piece.Limit - 1] == '\n');

        var queue = new PieceQueue(pieces, threads: 3);
        var taken = new List<FilePiece>();
        for (var thread = 0; queue.Take(thread % 4 == 0 ? 0 : 2) is { } piece; thread++)
            taken.Add(piece);
        taken.OrderBy(piece => piece.Number).ShouldBe(pieces);
    }

    [Fact]
    public async Task Large_file_counts_as_its_lines_do()
    {
        using var folder = new RecordFolder();
        var lines = new StringBuilder();
        for (var index = 0; index < 12_000; index++)
            lines.Append(TestRecords.Decrypt(Noon.AddSeconds(index), eventId: $"{index % 11_000}").ToJsonString()).Append('\n');
        lines.Append("{\"broken\":\n");
        folder.Add("a.jsonl", Encoding.UTF8.GetBytes(lines.ToString()));

        var rates = await CountAsync(folder.Path);

        (rates.Records.Counted, rates.Records.Duplicates, rates.Records.Malformed).ShouldBe((11_000, 1000, 1));
        rates.Files.Found.ShouldBe(1);
        rates.Records.Problems.ShouldHaveSingleItem().Origin.ToString().ShouldBe($"{folder["a.jsonl"]}@{lines.ToString().IndexOf("{\"broken\"", StringComparison.Ordinal)}");
    }

    [Fact]
    public async Task Json_tells_the_calls_of_each_minute()
    {
        using var folder = new RecordFolder();
        folder.Add("a.json", RecordFolder.Delivery(TestRecords.Decrypt(Noon), TestRecords.Decrypt(Noon.AddSeconds(59)), TestRecords.Decrypt(Noon.AddSeconds(60))));
        using var output = new MemoryStream();
        (await CountAsync(folder.Path)).Write(output);

        var report = JsonDocument.Parse(output.ToArray()).RootElement;
        report.GetProperty("records").GetProperty("counted").GetInt64().ShouldBe(3);
        var rate = report.GetProperty("rates")[0];
        rate.GetProperty("keyArn").GetString().ShouldBe(TestRecords.KeyArn);
        rate.GetProperty("service").ValueKind.ShouldBe(JsonValueKind.Null);
        rate.GetProperty("minutes").EnumerateArray().Select(minute => (minute.GetProperty("start").GetDateTimeOffset(), minute.GetProperty("calls").GetInt64()))
            .ShouldBe([(Noon, 2), (Noon.AddMinutes(1), 1)]);
    }

    [Theory]
    [InlineData("{\"Records\":[]}", 4)]
    [InlineData("", 4)]
    [InlineData(null, 0)]
    public async Task Exit_code_says_whether_anything_was_counted(string? content, int expected)
    {
        using var folder = new RecordFolder();
        folder.Add("x.json", content is null ? TestRecords.Decrypt().Utf8() : Encoding.UTF8.GetBytes(content));

        (await ReplayProgram.RunAsync(Options(folder.Path) with { Json = true }, Cancellation)).ShouldBe(expected);
        (await ReplayProgram.RunAsync(Options(folder["missing"]), Cancellation)).ShouldBe(1);
    }

    [Fact]
    public void Ids_are_new_once()
    {
        var seen = new SeenIds();
        var ids = Enumerable.Range(0, 100_000).Select(number => new RecordId((UInt128)(ulong)number << (number % 2 * 64))).Distinct().ToList();

        Parallel.ForEach(ids.Concat(ids), id => seen.Add(id));

        ids.ShouldAllBe(id => !seen.Add(id));
        ids.Select(id => new RecordId(~id.Value)).ShouldAllBe(id => seen.Add(id));
    }

    private static JsonObject Other() => TestRecords.Decrypt().With(record => record["eventSource"] = "s3.amazonaws.com");

    private static IEnumerable<byte> Joined(IReadOnlyList<byte[]> records, byte[] separator) => records.SelectMany((record, index) => index == 0 ? record : separator.Concat(record));

    private static ReplayOptions Options(string path) => new(path, null, null, null, Json: false, Config: null) { Rates = true, ShowsProgress = false };

    private static async Task<RatesReport> CountAsync(string path, bool countsDuplicates = false, DateTimeOffset? from = null, DateTimeOffset? to = null)
    {
        var run = new RatesRun(Options(path) with { CountsDuplicates = countsDuplicates, From = from, To = to }, threads: 3);
        var report = RatesReport.Of(await run.RunAsync(Cancellation), run.Report);
        var records = report.Records;
        records.Read.ShouldBe(records.Counted + records.Malformed + records.Twins + records.Duplicates + records.Replaced + records.Outside + records.Ignored);
        return report;
    }

    private static List<string> Minutes(RatesReport report) =>
        [.. report.Series.SelectMany(series => series.Minutes.Select(minute =>
            $"{series.Rate.KeyArn}|{series.Rate.Principal}|{series.Rate.Operation}|{series.Rate.Outcome}|{series.Rate.Service}|{minute.Start.ToUnixTimeMilliseconds()}={minute.Calls}")).Order(StringComparer.Ordinal)];

    private static async Task<List<string>> MinutesOfReplayAsync(string path, string database)
    {
        await ReplayProgram.ReplayAsync(new(path, database, null, null, Json: false, Config: null) { ShowsProgress = false }, Cancellation);
        await using var connection = new SqliteConnection($"Data Source={database};Pooling=false");
        var rows = await connection.QueryAsync<(string Key, string Principal, string Operation, string Outcome, string Service, long Start, long Calls)>(
            "SELECT s.key_arn, s.principal, s.operation, s.outcome, s.service, b.start_at, b.calls FROM bucket b JOIN series s ON s.id = b.series_id WHERE b.calls > 0");
        return [.. rows.Select(row => $"{row.Key}|{row.Principal}|{row.Operation}|{row.Outcome}|{row.Service}|{row.Start}={row.Calls}").Order(StringComparer.Ordinal)];
    }

    private static async Task<(RateTotals Totals, List<string> Minutes)> OneByOneAsync(string path)
    {
        var pass = new RatePass(Options(path), new(), new(), new HashSet<RecordId>());
        var counter = new RateCounter(pass);
        await foreach (var page in new FileSource(path, NullLogger<FileSource>.Instance).ReadAsync(Cancellation))
        {
            foreach (var item in page.Events)
            {
                var origin = new RecordOrigin(page.After.Path, long.Parse(item.Origin[(item.Origin.LastIndexOf('#') + 1)..], CultureInfo.InvariantCulture), false);
                if (item.Problem is { } problem)
                    counter.Reject(origin, problem);
                else
                    counter.TakeOdd(item.Utf8.Span, origin);
            }
        }

        var totals = new RateTotals();
        totals.Add(counter.Totals);
        return (totals, Minutes(RatesReport.Of(new(counter.Totals, MinuteCounts.Merge([counter.Minutes]), pass.Names), new())));
    }

    private static string Describe(RateTotals totals) =>
        $"{totals.Read} {totals.Counted} {totals.Malformed} {totals.Twins} {totals.Duplicates} {totals.Outside} {totals.Ignored}\n{string.Join('\n', totals.Problems.Select(problem => $"{problem.Origin} {problem.Problem}"))}";
}
