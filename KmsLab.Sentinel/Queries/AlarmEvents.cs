using System.Globalization;
using System.Text.Json;
using Dapper;
using KmsLab.Sentinel.Alarms;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Queries;

/// <summary>One thing that happened to an alarm, with an id that lasts.</summary>
/// <param name="Id">Its place and name in the history.</param>
/// <param name="Entry">The thing.</param>
internal sealed record AlarmEvent(string Id, HistoryEntry Entry);

/// <summary>A place in the history of all alarms.</summary>
/// <param name="From">From when on it is read.</param>
/// <param name="Given">The events from then on that were given, or had happened, already.</param>
internal sealed record AlarmEventPosition(DateTimeOffset From, Dictionary<string, DateTimeOffset> Given);

/// <summary>Follows the history of all alarms.</summary>
/// <remarks>
/// What happened is written by several turns and senders, and one that began earlier may commit later. So each look goes back a little and leaves out what
/// was given already. Whoever comes back after a break may get events of that little again, and never misses one.
/// </remarks>
internal sealed class AlarmEvents(Database database, TimeProvider time)
{
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private const int Batch = 1000;

    /// <summary>The instant of an event's id; null when it is none.</summary>
    public static DateTimeOffset? InstantOf(string id) =>
        id.Split('-', 2) is [var at, { Length: > 0 }] && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds < 253402300800000
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;

    /// <summary>
    /// Says where a stream begins. What happens from then on is told, though a turn that began earlier stamps it with an earlier time.
    /// </summary>
    /// <param name="after">The last event that was seen; null to begin now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<AlarmEventPosition> BeginAsync(string? after, CancellationToken cancellationToken)
    {
        var given = new Dictionary<string, DateTimeOffset>();
        if (after is not null && InstantOf(after) is { } last)
        {
            given[after] = last;
            return new(last - Overlap, given);
        }

        var from = time.GetUtcNow() - Overlap;
        foreach (var one in await ReadAsync(from, given, cancellationToken))
            given[one.Id] = one.Entry.At;
        return new(from, given);
    }

    /// <summary>
    /// Follows until it is cancelled; each round without an event gives null, so that the other side knows that somebody is there.
    /// </summary>
    /// <param name="position">Where it begins.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<AlarmEvent?> FollowAsync(
        AlarmEventPosition position, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (from, given) = position;
        while (!cancellationToken.IsCancellationRequested)
        {
            var fresh = await ReadAsync(from, given, cancellationToken);
            foreach (var one in fresh)
            {
                given[one.Id] = one.Entry.At;
                yield return one;
            }

            if (fresh.Count == 0)
            {
                yield return null;
                await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (given.Count == 0)
                continue;
            var latest = given.Values.Max() - Overlap;
            from = latest > from ? latest : from;
            foreach (var old in given.Where(one => one.Value < from).Select(one => one.Key).ToList())
                given.Remove(old);
        }
    }

    private async Task<IReadOnlyList<AlarmEvent>> ReadAsync(DateTimeOffset from, Dictionary<string, DateTimeOffset> given, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            connection => connection.QueryAsync<(string Id, long At, string Payload)>(new CommandDefinition(
                "SELECT id, happened_at, payload FROM alarm_history WHERE happened_at >= @from ORDER BY happened_at, ordinal, id LIMIT @limit",
                new { from = from.ToUnixTimeMilliseconds(), limit = Batch + given.Count },
                cancellationToken: cancellationToken)),
            cancellationToken);
        return
        [
            .. rows.Select(row => (Id: string.Create(CultureInfo.InvariantCulture, $"{row.At}-{row.Id}"), row.Payload))
                .Where(row => !given.ContainsKey(row.Id))
                .Select(row => new AlarmEvent(row.Id, JsonSerializer.Deserialize(row.Payload, AlarmJson.Default.HistoryEntry)!)),
        ];
    }
}
