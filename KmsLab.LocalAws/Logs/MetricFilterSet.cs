using System.Collections.Concurrent;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Logs;

/// <summary>The metric filters of all groups, compiled, in memory: every event that comes in is put to those of its group.</summary>
internal sealed class MetricFilterSet
{
    private readonly ConcurrentDictionary<long, CompiledMetricFilter[]> _byGroup = new();
    private readonly IMetricSink[] _sinks;

    public MetricFilterSet(StateStore store, IEnumerable<IMetricSink> sinks)
    {
        _sinks = [.. sinks];
        var stored = store.Read(connection => connection.Query(
            "SELECT f.group_id, g.account, g.region, f.definition FROM log_metric_filters f JOIN log_groups g ON g.id = f.group_id",
            row => (Group: row.GetInt64(0), Scope: new RegionScope(row.GetString(1), row.GetString(2)), Definition: row.GetString(3))));
        foreach (var filter in stored)
            Put(filter.Group, CompiledMetricFilter.Compile(filter.Scope, MetricFilterOperations.Read(filter.Definition)));
    }

    public void Put(long groupId, CompiledMetricFilter filter) =>
        _byGroup.AddOrUpdate(groupId, _ => [filter], (_, filters) => [.. filters.Where(other => other.Name != filter.Name), filter]);

    public void Remove(long groupId, string name) =>
        _byGroup.AddOrUpdate(groupId, _ => [], (_, filters) => [.. filters.Where(other => other.Name != name)]);

    public void Forget(long groupId) => _byGroup.TryRemove(groupId, out _);

    /// <summary>How many of a group's filters have regular expressions, which AWS limits, besides the one named.</summary>
    public int CountWithRegex(long groupId, string except) =>
        _byGroup.TryGetValue(groupId, out var filters) ? filters.Count(filter => filter.RegexCount > 0 && filter.Name != except) : 0;

    /// <inheritdoc cref="Observe(long, ArraySegment{LogEvent})"/>
    public void Observe(long groupId, LogEvent one)
    {
        if (_sinks.Length > 0 && _byGroup.ContainsKey(groupId))
            Observe(groupId, new ArraySegment<LogEvent>([one]));
    }

    /// <summary>Puts events to the filters of their group and hands what they find to CloudWatch.</summary>
    public void Observe(long groupId, ArraySegment<LogEvent> events)
    {
        if (_sinks.Length == 0 || !_byGroup.TryGetValue(groupId, out var filters))
            return;

        foreach (var filter in filters)
        {
            foreach (var point in filter.Observe(events))
            {
                foreach (var sink in _sinks)
                    sink.Put(filter.Scope, point);
            }
        }
    }
}
