using KmsLab.LocalAws.State;

namespace KmsLab.LocalAws.Metrics;

/// <summary>The tables of CloudWatch. Points are by the second (<c>resolution</c> 1) or by the minute (60); <c>start</c> is in Unix seconds.</summary>
internal sealed class MetricsSchema : IStateSchema
{
    public string Name => "cloudwatch";

    public IReadOnlyList<string> Steps { get; } =
    [
        """
        CREATE TABLE metric_series (id INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, metric TEXT NOT NULL, unit TEXT NOT NULL, newest INTEGER NOT NULL);
        CREATE TABLE metric_points (
            series_id INTEGER NOT NULL, start INTEGER NOT NULL, resolution INTEGER NOT NULL,
            samples REAL NOT NULL, sum REAL NOT NULL, minimum REAL NOT NULL, maximum REAL NOT NULL,
            PRIMARY KEY (series_id, start, resolution)) WITHOUT ROWID;
        CREATE TABLE metric_values (
            series_id INTEGER NOT NULL, start INTEGER NOT NULL, resolution INTEGER NOT NULL, value REAL NOT NULL, count REAL NOT NULL,
            PRIMARY KEY (series_id, start, resolution, value)) WITHOUT ROWID;
        CREATE TABLE alarm_history (
            id INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, alarm TEXT NOT NULL,
            time INTEGER NOT NULL, type TEXT NOT NULL, summary TEXT NOT NULL, data TEXT NOT NULL);
        CREATE INDEX alarm_history_time ON alarm_history (account, region, time);
        """,
        "ALTER TABLE alarm_history ADD COLUMN alarm_type TEXT NOT NULL DEFAULT 'MetricAlarm';",
    ];
}
