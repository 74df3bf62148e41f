using System.Data.Common;
using System.Text.Json;
using Dapper;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Publishing.CloudWatch;

/// <summary>
/// Counts calls for CloudWatch: what it has not been told of yet, by minute of event time, written in the turn's own transaction. A late record is
/// simply one more that it has not been told of.
/// </summary>
internal sealed class CallMetrics(MetricOptions options) : ITurnPart
{
    /// <summary>Table and columns.</summary>
    public const string Table = "metric_point (start_at, dimensions, calls)";

    /// <summary>Adds to a point that is there.</summary>
    public const string Add = "ON CONFLICT (start_at, dimensions) DO UPDATE SET calls = metric_point.calls + excluded.calls";

    /// <summary>The size of a bucket.</summary>
    public static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly NameList _keys = new("key", options.Keys, options.MaxKeys);
    private readonly NameList _principals = new("principal", options.Principals, options.MaxPrincipals);
    private readonly Dictionary<(long Start, string Dimensions), long> _calls = [];

    public bool HasChanges => _calls.Count > 0;

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string Kind, string Name)>(new CommandDefinition("SELECT kind, name FROM metric_name", cancellationToken: cancellationToken));
        foreach (var (kind, name) in rows)
            (kind == _keys.Kind ? _keys : _principals).Restore(name);
    }

    public void Study(Observation observation)
    {
        if (!options.CloudWatch || !observation.IsKms)
            return;

        var at = observation.Record.EventTime.ToUnixTimeMilliseconds();
        var start = at - (at % (long)Minute.TotalMilliseconds);
        var keys = observation.Record.KeyArns.Select(_keys.ValueOf).ToList();
        foreach (var dimensions in CallDimensions.Of(observation, keys, _principals.ValueOf(observation.Principal)))
        {
            var point = (start, JsonSerializer.Serialize(dimensions, StoredJson.Default.IReadOnlyListKeyValuePairStringString));
            _calls[point] = _calls.GetValueOrDefault(point) + 1;
        }
    }

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        await RowWriter.InsertAsync(transaction, Table, Add, _calls.Select(point => new object[] { point.Key.Start, point.Key.Dimensions, point.Value }), cancellationToken);
        await RowWriter.InsertAsync(
            transaction, "metric_name (kind, name)", "ON CONFLICT DO NOTHING", _keys.TakeNew().Concat(_principals.TakeNew()).Select(row => new object[] { row.Kind, row.Name }), cancellationToken);
        _calls.Clear();
    }

    /// <summary>The values of one dimension: those of the configuration, then those that come first, then Other.</summary>
    private sealed class NameList(string kind, Dictionary<string, string> configured, int limit)
    {
        private readonly Dictionary<string, string> _values = configured.GroupBy(pair => pair.Value, pair => pair.Key).ToDictionary(arn => arn.Key, arn => CallDimensions.Value(arn.First()));
        private readonly List<string> _new = [];

        public string Kind => kind;

        public void Restore(string name)
        {
            if (_values.Count < limit)
                _values.TryAdd(name, CallDimensions.Value(name));
        }

        public string ValueOf(string name)
        {
            if (_values.TryGetValue(name, out var value))
                return value;
            if (_values.Count >= limit)
                return CallDimensions.Other;

            _new.Add(name);
            return _values[name] = CallDimensions.Value(name);
        }

        public (string Kind, string Name)[] TakeNew()
        {
            (string, string)[] taken = [.. _new.Select(name => (kind, name))];
            _new.Clear();
            return taken;
        }
    }
}
