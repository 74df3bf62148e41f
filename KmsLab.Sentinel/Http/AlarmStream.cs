using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using KmsLab.Sentinel.Queries;
using Microsoft.AspNetCore.Mvc;

namespace KmsLab.Sentinel.Http;

/// <summary>
/// <c>GET /api/alarms/stream</c>: what happens to alarms, as server-sent events. Each has an id; whoever comes back with it as <c>Last-Event-ID</c> goes on from
/// there, as browsers' EventSource does by itself.
/// </summary>
internal static class AlarmStream
{
    private const string Ping = "ping";

    /// <summary>A stream ends after a while, and the next request asks anew who is there: a session that has ended hears no more.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(15);

    public static IResult Open(
        [FromHeader(Name = "Last-Event-ID")] string? lastEventId, AlarmEvents events, IHostApplicationLifetime lifetime, TimeProvider time, HttpContext http)
    {
        if (lastEventId is { Length: > 0 } && AlarmEvents.InstantOf(lastEventId) is null)
            return TypedResults.Problem("Last-Event-ID is no id of an event of this stream.", statusCode: StatusCodes.Status400BadRequest, title: "The request can't be read");

        http.Response.Headers["X-Accel-Buffering"] = "no"; // A proxy that collects would hold events back.
        return TypedResults.ServerSentEvents(ReadAsync(events, lastEventId is { Length: > 0 } ? lastEventId : null, lifetime, time, http.RequestAborted));
    }

    private static async IAsyncEnumerable<SseItem<string>> ReadAsync(
        AlarmEvents events, string? after, IHostApplicationLifetime lifetime, TimeProvider time, [EnumeratorCancellation] CancellationToken aborted)
    {
        using var timeout = new CancellationTokenSource(Longest, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(aborted, lifetime.ApplicationStopping, timeout.Token);
        // Before anybody is told that the stream is open: what happens next belongs to it.
        var position = await events.BeginAsync(after, ended.Token);
        var lastSent = time.GetTimestamp();
        // The first one tells that the stream is open, and how soon to come back.
        yield return new("", Ping) { ReconnectionInterval = TimeSpan.FromSeconds(2) };
        await foreach (var happened in events.FollowAsync(position, ended.Token))
        {
            if (happened is not null)
                yield return new(JsonSerializer.Serialize(happened.Entry, ApiJson.Default.HistoryEntry), "alarm") { EventId = happened.Id };
            else if (time.GetElapsedTime(lastSent) >= PingEvery)
                yield return new("", Ping);
            else
                continue;
            lastSent = time.GetTimestamp();
        }
    }
}
