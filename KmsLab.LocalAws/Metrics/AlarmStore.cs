using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Metrics;

/// <summary>All alarms, in memory and in the state file, and their history.</summary>
internal sealed class AlarmStore
{
    private const string AddHistory = "INSERT INTO alarm_history (account, region, alarm, time, type, summary, data, alarm_type) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

    private readonly Lock _lock = new();
    private readonly SortedDictionary<AlarmKey, AlarmRecord> _alarms = new(AlarmKey.Order);
    private readonly Documents<AlarmRecord> _documents = new("cloudwatch.alarm", MetricsJson.Wire.AlarmRecord);
    private readonly StateStore _store;

    public AlarmStore(StateStore store)
    {
        _store = store;
        foreach (var (scope, alarm) in store.Read(_documents.Load))
            _alarms[new(scope, alarm.Name)] = alarm;
    }

    /// <summary>The alarms of one account and Region, by name.</summary>
    public List<AlarmRecord> List(RegionScope scope)
    {
        lock (_lock)
        {
            return [.. _alarms.Where(entry => entry.Key.Scope == scope).Select(entry => entry.Value)];
        }
    }

    /// <summary>All alarms everywhere.</summary>
    public List<(RegionScope Scope, AlarmRecord Alarm)> All()
    {
        lock (_lock)
        {
            return [.. _alarms.Select(entry => (entry.Key.Scope, entry.Value))];
        }
    }

    public AlarmRecord? Find(RegionScope scope, string name)
    {
        lock (_lock)
        {
            return _alarms.GetValueOrDefault(new(scope, name));
        }
    }

    /// <summary>Makes an alarm another, or creates it, with an entry in its history.</summary>
    /// <param name="scope">The alarm's account and Region.</param>
    /// <param name="name">Its name.</param>
    /// <param name="change">The alarm as it is (null: there is none) to the alarm as it shall be (null: leave it).</param>
    /// <returns>The new alarm, and the task that completes when it is on disk; null if it was left.</returns>
    public (AlarmRecord Alarm, Task Committed)? Change(RegionScope scope, string name, Func<AlarmRecord?, (AlarmRecord Alarm, AlarmHistoryItem? Entry)?> change)
    {
        lock (_lock)
        {
            if (change(_alarms.GetValueOrDefault(new(scope, name))) is not { } changed)
                return null;

            var (alarm, entry) = changed;
            _alarms[new(scope, name)] = alarm;
            return (alarm, _store.Enqueue(session =>
            {
                _documents.Put(session, scope, name, alarm);
                if (entry is not null)
                    Write(session, scope, entry);
            }));
        }
    }

    /// <summary>Deletes alarms; their history stays.</summary>
    public Task Remove(RegionScope scope, IReadOnlyList<AlarmHistoryItem> entries)
    {
        lock (_lock)
        {
            foreach (var entry in entries)
                _alarms.Remove(new(scope, entry.AlarmName!));
            return _store.Enqueue(session =>
            {
                foreach (var entry in entries)
                {
                    _documents.Remove(session, scope, entry.AlarmName!);
                    Write(session, scope, entry);
                }
            });
        }
    }

    /// <summary>Adds an entry to an alarm's history.</summary>
    public Task Note(RegionScope scope, AlarmHistoryItem entry) => _store.Enqueue(session => Write(session, scope, entry));

    /// <summary>A page of history.</summary>
    public List<AlarmHistoryItem> History(RegionScope scope, DescribeAlarmHistoryRequest request, int offset, int count) => _store.Read(connection => connection.Query(
        $"""
        SELECT alarm, time, type, summary, data, alarm_type FROM alarm_history
        WHERE account = $1 AND region = $2 AND ($3 IS NULL OR alarm = $3) AND ($4 IS NULL OR type = $4) AND time >= $5 AND time <= $6
          AND alarm_type IN (SELECT value FROM json_each($9))
        ORDER BY time {Direction(request)}, id {Direction(request)} LIMIT $7 OFFSET $8
        """,
        row => new AlarmHistoryItem
        {
            AlarmName = row.GetString(0),
            AlarmType = row.GetString(5),
            Timestamp = row.Instant(1),
            HistoryItemType = row.GetString(2),
            HistorySummary = row.GetString(3),
            HistoryData = row.GetString(4),
        },
        scope.Account, scope.Region, request.AlarmName, request.HistoryItemType,
        request.StartDate?.ToUnixTimeMilliseconds() ?? 0, request.EndDate?.ToUnixTimeMilliseconds() ?? long.MaxValue, count, offset,
        System.Text.Json.JsonSerializer.Serialize(request.AlarmTypes is { Count: > 0 } types ? types : ["MetricAlarm"], MetricsJson.Default.ListString)));

    private static string Direction(DescribeAlarmHistoryRequest request) => request.ScanBy == "TimestampAscending" ? "ASC" : "DESC";

    private static void Write(WriteSession session, RegionScope scope, AlarmHistoryItem entry) => session.Execute(
        AddHistory, scope.Account, scope.Region, entry.AlarmName, entry.Timestamp!.Value.ToUnixTimeMilliseconds(), entry.HistoryItemType, entry.HistorySummary, entry.HistoryData, entry.AlarmType);

    private readonly record struct AlarmKey(RegionScope Scope, string Name)
    {
        public static readonly IComparer<AlarmKey> Order = Comparer<AlarmKey>.Create((a, b) =>
            string.CompareOrdinal(a.Scope.Account, b.Scope.Account) is not 0 and var account ? account
            : string.CompareOrdinal(a.Scope.Region, b.Scope.Region) is not 0 and var region ? region
            : string.CompareOrdinal(a.Name, b.Name));
    }
}
