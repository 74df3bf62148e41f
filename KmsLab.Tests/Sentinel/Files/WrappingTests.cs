using System.Text;
using System.Text.Json.Nodes;
using KmsLab.Sentinel.Replay;
using KmsLab.Sentinel.Sources.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace KmsLab.Tests.Sentinel.Files;

/// <summary>Records come out of whatever people keep them in, and what is not read is counted.</summary>
public sealed class WrappingTests
{
    private static readonly Dictionary<string, Func<JsonObject[], string>> Ways = new()
    {
        ["delivery"] = records => Json(Object("Records", Array(records))),
        ["array"] = records => Array(records).ToJsonString(new() { WriteIndented = true }),
        ["array of texts"] = records => Json(new JsonArray([.. records.Select(record => (JsonNode)Json(record))])),
        ["lines"] = records => string.Concat(records.Select(record => Json(record) + "\r\n")),
        ["lookup-events"] = records => Object("Events", new JsonArray([.. records.Select(LookedUp)])).ToJsonString(new() { WriteIndented = true }),
        ["lookup-events, one a line"] = records => string.Join('\n', records.Select(record => Json(LookedUp(record)))),
        ["EventBridge"] = records => string.Join('\n', records.Select(record => Json(EventBridge(record)))),
        ["EventBridge, one after the other"] = records => string.Concat(records.Select(record => Json(EventBridge(record)))),
        ["EventBridge, laid out"] = records => string.Concat(records.Select(record => EventBridge(record).ToJsonString(new() { WriteIndented = true }) + "\n")),
        ["subscription"] = records => Json(Subscription(records)),
        ["subscriptions, one after the other"] = records => string.Concat(records.Select(record => Json(Subscription(record)))),
        ["subscription to Lambda"] = records => Json(Object("awslogs", Object("data", Base64(Json(Subscription(records)))))),
        ["subscription through Kinesis"] = records => Json(Object("Records", new JsonArray(
            new JsonObject { ["eventName"] = "aws:kinesis:record", ["eventSource"] = "aws:kinesis", ["kinesis"] = Object("data", Base64(Json(Subscription(records)))) }))),
        ["filter-log-events"] = records => Object("events", new JsonArray([.. records.Select(Logged)])).ToJsonString(new() { WriteIndented = true }),
        ["filter-log-events, one a line"] = records => string.Join('\n', records.Select(record => Json(Logged(record)))),
        ["log export"] = records => string.Concat(records.Select(record => $"2026-11-23T12:00:00.000Z {Json(record)}\n")),
        ["SNS"] = records => string.Join('\n', records.Select(record => Json(Notified(Json(EventBridge(record)))))),
        ["SNS to Lambda"] = records => Json(Object("Records", new JsonArray([.. records.Select(record => Object("Sns", Notified(Json(record))))]))),
        ["SQS"] = records => Json(Object("Messages", new JsonArray([.. records.Select(record => Object("Body", Json(EventBridge(record))))]))),
        ["SQS to Lambda"] = records => Json(Object("Records", new JsonArray([.. records.Select(record =>
            new JsonObject { ["messageId"] = "1", ["body"] = Json(Notified(Json(record))), ["eventSource"] = "aws:sqs" })]))),
        ["Lake, eventJson"] = records => Json(Object("QueryResultRows", new JsonArray([.. records.Select(record =>
            new JsonArray(Object("eventID", record["eventID"]!.DeepClone()), Object("eventJson", Json(record))))]))),
        ["Lake"] = records => Json(Object("QueryResultRows", new JsonArray([.. records.Select(record =>
            new JsonArray([.. Cells(record).Select(cell => (JsonNode)Object(cell.Name, cell.Text))]))]))),
        ["Lake, CSV"] = records => Csv(records, name => name),
        ["Athena, CSV"] = records => Csv(records, name => name.ToLowerInvariant()),
        ["Athena, results"] = records => Json(Object("ResultSet", Object("Rows", new JsonArray(
            [.. records.Select(record => Row(Cells(record).Select(cell => cell.Text))).Prepend(Row(Cells(records[0]).Select(cell => cell.Name.ToLowerInvariant())))])))),
        ["Athena, JSON"] = records => string.Join('\n', records.Select(record => Json(Lower(record)))),
        ["Insights, results"] = records => Object("results", new JsonArray([.. records.Select(record => new JsonArray(
            Field("@timestamp", "2026-11-23 12:00:00.000"), Field("@message", Json(record)), Field("@ptr", "x")))])).With(answer => answer["status"] = "Complete")
            .ToJsonString(new() { WriteIndented = true }),
        ["Insights, fields"] = records => Json(Object("results", new JsonArray([.. records.Select(record => new JsonArray([.. Leaves(record, "").Select(leaf => (JsonNode)Field(leaf.Name, leaf.Text))]))]))),
        ["Insights, downloaded"] = records => Json(new JsonArray([.. records.Select(record => new JsonObject { ["@timestamp"] = "2026-11-23 12:00:00.000", ["@message"] = Json(record) })])),
        ["Insights, downloaded with objects"] = records => Json(new JsonArray([.. records.Select(record => new JsonObject { ["@timestamp"] = "2026-11-23", ["@message"] = record.DeepClone() })])),
        ["live tail"] = records => string.Join('\n', records.Select(record => Json(Object("sessionUpdate", Object("sessionResults", new JsonArray(Object("message", Json(record)))))))),
        ["Insights, CSV"] = records => "@timestamp,@message\n" + string.Concat(records.Select(record => $"2026-11-23,{Quoted(Json(record))}\n")),
    };

    public static TheoryData<string, bool> Names { get; } = [.. from name in Ways.Keys from packed in new[] { false, true } select new TheoryDataRow<string, bool>(name, packed)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Records_are_judged_in_every_wrapping_whatever_the_name(string name, bool packed)
    {
        using var folder = new RecordFolder();
        var bytes = Encoding.UTF8.GetBytes(Ways[name]([Guess(0), Guess(1), Guess(2)]));
        folder.Add("x/evidence" + (packed ? "" : ".gz"), packed ? RecordFolder.Pack(bytes) : bytes);

        var report = await ReplayAsync(folder["x"]);

        (report.Records.Read, report.Records.Counted, report.Records.Malformed).ShouldBe((3, 3, 0), string.Join('\n', report.Malformed.Select(problem => problem.Problem)));
        var alarm = report.Alarms.ShouldHaveSingleItem().Alarm;
        (alarm.Detection, alarm.Group["principal"]).ShouldBe(("kms-error-burst", TestRecords.RoleArn));
        alarm.Evidence.Select(record => record.KeyArn).ShouldAllBe(key => key == TestRecords.KeyArn);
    }

    [Fact]
    public async Task File_in_UTF_16_is_read()
    {
        using var folder = new RecordFolder();
        folder.Add("x.txt", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Ways["lookup-events"]([Guess(0), Guess(1)]))]);

        (await ReplayAsync(folder.Path)).Alarms.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("subscription")]
    [InlineData("Lake, CSV")]
    [InlineData("lookup-events")]
    public async Task Source_goes_on_in_the_middle_of_a_wrapping(string name)
    {
        using var folder = new RecordFolder();
        folder.Add("x", Encoding.UTF8.GetBytes(Ways[name]([.. Enumerable.Range(0, 4500).Select(Guess)])));
        var pages = new List<FilePage>();
        await foreach (var page in Source(folder.Path).ReadAsync(Cancellation))
            pages.Add(page);

        foreach (var (page, taken) in new[] { (0, 0), (0, 1), (1, 700), (2, 3) })
        {
            var source = Source(folder.Path);
            source.GoOnFrom(pages[page].AfterFirst(taken));
            var rest = 0;
            await foreach (var more in source.ReadAsync(Cancellation))
                rest += more.Events.Count;
            rest.ShouldBe(4500 - pages.Take(page).Sum(p => p.Events.Count) - taken);
        }
    }

    [Fact]
    public async Task What_is_read_adds_up()
    {
        using var folder = new RecordFolder();
        var twin = TestRecords.Decrypt().With(record => record["eventType"] = "AwsVpceEvent");
        var other = TestRecords.Decrypt().With(record => record["eventSource"] = "dynamodb.amazonaws.com");
        var corrected = TestRecords.Decrypt(eventId: "corrected").With(record => record["addendum"] = new JsonObject { ["reason"] = "UPDATED_DATA", ["originalEventID"] = "a" });
        var b = TestRecords.Decrypt(eventId: "b");
        folder.Add("a.json", RecordFolder.Delivery(TestRecords.Decrypt(eventId: "a"), b, twin, other, corrected, TestRecords.Decrypt(TestRecords.Noon.AddDays(9))));
        folder.Add("b.json", RecordFolder.Delivery((JsonObject)b.DeepClone(), new JsonObject { ["eventName"] = "Decrypt" }));
        folder.Add("c.log", "no record at all"u8.ToArray());

        var report = await ReplayAsync(folder.Path, TestRecords.Noon.AddDays(1));

        var records = report.Records;
        records.Read.ShouldBe(8);
        records.ShouldBe(new ReplayRecords(Read: 8, Counted: 2, Malformed: 1, Twins: 1, Unbelieved: 0, Duplicates: 2, TooLate: 0, Outside: 1, Ignored: 1, Overflowed: 0));
        report.Files.Unrelated.ShouldBe(1);
    }

    [Theory]
    [InlineData("nothing", 4)]
    [InlineData("{\"Records\":[]}", 4)]
    [InlineData("{\"Records\":[{\"eventName\":\"x\"}]}", 4)]
    [InlineData("", 4)]
    public async Task Replay_that_judged_nothing_gives_no_all_clear(string content, int expected)
    {
        using var folder = new RecordFolder();
        folder.Add("x.json", Encoding.UTF8.GetBytes(content));

        (await ReplayProgram.RunAsync(new(folder.Path, null, null, null, Json: true, Config: null) { ShowsProgress = false }, Cancellation)).ShouldBe(expected);
    }

    private static Task<ReplayReport> ReplayAsync(string path, DateTimeOffset? to = null) =>
        ReplayProgram.ReplayAsync(new(path, null, null, to, Json: false, Config: null) { ShowsProgress = false }, Cancellation);

    private static FileSource Source(string path) => new(path, NullLogger<FileSource>.Instance);

    private static JsonObject Guess(int second) => TestRecords.WrongKey(TestRecords.Noon.AddSeconds(second)).With(record => record["errorMessage"] = "It said \"no\", and\nmore = {x}");

    private static JsonObject Field(string name, string value) => new() { ["field"] = name, ["value"] = value };

    /// <summary>Lists what Logs Insights finds in a record: each leaf by the names that lead to it.</summary>
    private static IEnumerable<(string Name, string Text)> Leaves(JsonNode? node, string name) => node switch
    {
        JsonObject members => members.SelectMany(member => Leaves(member.Value, name.Length == 0 ? member.Key : $"{name}.{member.Key}")),
        JsonArray items => items.SelectMany((item, index) => Leaves(item, $"{name}.{index}")),
        JsonValue value => [(name, value.ToString())],
        _ => [],
    };

    private static string Json(JsonNode node) => node.ToJsonString();

    private static JsonObject Object(string name, JsonNode? value) => new() { [name] = value };

    private static JsonArray Array(IEnumerable<JsonObject> records) => new([.. records.Select(record => record.DeepClone())]);

    private static JsonObject LookedUp(JsonObject record) => new() { ["EventId"] = "x", ["EventName"] = "Decrypt", ["Resources"] = new JsonArray(), ["CloudTrailEvent"] = Json(record) };

    private static JsonObject EventBridge(JsonObject record) =>
        new() { ["version"] = "0", ["id"] = "x", ["detail-type"] = "AWS API Call via CloudTrail", ["resources"] = new JsonArray(), ["detail"] = record.DeepClone() };

    private static JsonObject Logged(JsonObject record) => new() { ["logStreamName"] = "s", ["timestamp"] = 1, ["message"] = Json(record), ["eventId"] = "1" };

    private static JsonObject Subscription(params JsonObject[] records) =>
        new() { ["messageType"] = "DATA_MESSAGE", ["owner"] = "1", ["logGroup"] = "g", ["logEvents"] = new JsonArray([.. records.Select(Logged)]) };

    private static JsonObject Notified(string message) => new() { ["Type"] = "Notification", ["MessageId"] = "1", ["Message"] = message, ["Signature"] = "x" };

    private static string Base64(string text) => Convert.ToBase64String(RecordFolder.Pack(Encoding.UTF8.GetBytes(text)));

    private static JsonObject Row(IEnumerable<string> cells) => Object("Data", new JsonArray([.. cells.Select(cell => (JsonNode)Object("VarCharValue", cell))]));

    /// <summary>Structures as Trino prints them, what people asked for as JSON as JSON.</summary>
    private static IEnumerable<(string Name, string Text)> Cells(JsonObject record) => record.Select(member => (member.Key, member.Key switch
    {
        "requestParameters" => Json(member.Value!),
        _ => Printed(member.Value, member.Key == "userIdentity"),
    }));

    private static string Printed(JsonNode? node, bool lower) => node switch
    {
        null => "",
        JsonObject members => "{" + string.Join(", ", members.Select(member => $"{(lower ? member.Key.ToLowerInvariant() : member.Key)}={Printed(member.Value, lower)}")) + "}",
        JsonArray items => "[" + string.Join(", ", items.Select(item => Printed(item, lower))) + "]",
        _ => node.ToString(),
    };

    private static JsonNode Lower(JsonObject record) => new JsonObject(record.Where(member => member.Value is not null).Select(member => KeyValuePair.Create(
        member.Key.ToLowerInvariant(), (JsonNode?)(member.Key == "requestParameters" ? JsonValue.Create(Json(member.Value!)) : LowerAll(member.Value!)))));

    private static JsonNode LowerAll(JsonNode node) => node switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key.ToLowerInvariant(), member.Value is null ? null : (JsonNode?)LowerAll(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(item => LowerAll(item!))]),
        _ => node.DeepClone(),
    };

    private static string Csv(JsonObject[] records, Func<string, string> name) =>
        string.Join(',', Cells(records[0]).Select(cell => Quoted(name(cell.Name)))) + "\n"
        + string.Concat(records.Select(record => string.Join(',', Cells(record).Select(cell => Quoted(cell.Text))) + "\n"));

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
