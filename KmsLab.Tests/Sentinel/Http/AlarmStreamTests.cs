using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using KmsLab.Sentinel.Alarms;

namespace KmsLab.Tests.Sentinel.Http;

/// <summary>The stream of what happens to alarms.</summary>
public sealed class AlarmStreamTests
{
    private const string Ours = "test-";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Event_comes_as_it_happens_and_whoever_comes_back_goes_on_from_there()
    {
        await using var sentinel = await ApiRows.StartAsync();
        var now = TimeProvider.System.GetUtcNow();
        string last, second;
        using (var stream = await OpenAsync(sentinel, null))
        {
            stream.MediaType.ShouldBe("text/event-stream");
            await ApiRows.InsertAsync(sentinel, Entry("a", now.AddSeconds(1)), Entry("b", now.AddSeconds(1)));
            var (one, two) = (await stream.NextAsync(), await stream.NextAsync());
            one.Data["kind"]!.GetValue<string>().ShouldBe("state");
            new[] { one, two }.Select(each => each.Data["alarmId"]!.GetValue<string>()).ShouldBe([Ours + "a", Ours + "b"], ignoreOrder: true);
            one.Id.ShouldNotBe(two.Id);

            // Committed later, and stamped earlier: a turn that began before.
            await ApiRows.InsertAsync(sentinel, Entry("late", now));
            var third = await stream.NextAsync();
            third.Data["alarmId"]!.GetValue<string>().ShouldBe(Ours + "late");
            (last, second) = (two.Id, two.Data["alarmId"]!.GetValue<string>());
        }

        await ApiRows.InsertAsync(sentinel, Entry("meanwhile", now.AddSeconds(30)));
        using var again = await OpenAsync(sentinel, last);
        var seen = new List<string>();
        while (!seen.Contains(Ours + "meanwhile"))
            seen.Add((await again.NextAsync()).Data["alarmId"]!.GetValue<string>());
        seen.ShouldNotContain(second, "the last one that was seen does not come again");
    }

    [Fact]
    public async Task Id_of_another_stream_is_refused()
    {
        await using var sentinel = await SentinelHost.StartAsync("http://127.0.0.1:1");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/alarms/stream");
        request.Headers.Add("Last-Event-ID", "nonsense");

        using var answer = await sentinel.SendAsync(request);

        ((int)answer.StatusCode).ShouldBe(400);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task Service_that_stops_ends_its_streams_at_once()
    {
        var sentinel = await ApiRows.StartAsync();
        using var stream = await OpenAsync(sentinel, null);
        var start = TimeProvider.System.GetTimestamp();

        await sentinel.DisposeAsync();

        TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(20));
        (await stream.EndAsync()).ShouldBeTrue();
    }

    private static HistoryEntry Entry(string alarm, DateTimeOffset at) => new(Ours + alarm, at, HistoryKind.State, "sentinel", AlarmState.Alarm, 1);

    private static async Task<OpenStream> OpenAsync(SentinelHost sentinel, string? last)
    {
        var http = new HttpClient { BaseAddress = sentinel.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/alarms/stream");
        if (last is not null)
            request.Headers.Add("Last-Event-ID", last);
        var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        answer.EnsureSuccessStatusCode();
        return new(http, answer, await answer.Content.ReadAsStreamAsync(Cancellation));
    }

    private sealed class OpenStream(HttpClient http, HttpResponseMessage answer, Stream stream) : IDisposable
    {
        private readonly IAsyncEnumerator<SseItem<string>> _items = SseParser.Create(stream).EnumerateAsync(Cancellation).GetAsyncEnumerator(Cancellation);

        public string? MediaType => answer.Content.Headers.ContentType?.MediaType;

        public async Task<(string Id, JsonNode Data)> NextAsync()
        {
            while (await _items.MoveNextAsync())
            {
                // Sentinel finds things of its own meanwhile.
                if (_items.Current.EventType == "alarm" && JsonNode.Parse(_items.Current.Data)! is var data && data["alarmId"]!.GetValue<string>().StartsWith(Ours, StringComparison.Ordinal))
                    return (_items.Current.EventId!, data);
            }

            throw new InvalidOperationException("The stream has ended.");
        }

        /// <summary>Tells whether it ends, with or without a word.</summary>
        public async Task<bool> EndAsync()
        {
            try
            {
                while (await _items.MoveNextAsync())
                {
                }
            }
            catch (Exception broken) when (broken is IOException or HttpRequestException)
            {
            }

            return true;
        }

        public void Dispose()
        {
            answer.Dispose();
            http.Dispose();
        }
    }
}
