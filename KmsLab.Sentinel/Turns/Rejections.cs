using System.Data.Common;
using Dapper;
using KmsLab.Sentinel.Leadership;
using KmsLab.Sentinel.Storage;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Turns;

/// <summary>Keeps some events that could not be used for people to look at: the table <c>rejection</c>.</summary>
internal sealed partial class Rejections(ILogger<Rejections> logger) : ITurnPart
{
    /// <summary>How many are kept.</summary>
    private const int Kept = 100;

    private readonly List<(Rejection Rejection, DateTimeOffset At)> _new = [];
    private DateTimeOffset _now;

    public bool IsReplayed => true;

    public bool HasChanges => _new.Count > 0;

    public Task BeginAsync(Turn turn, DateTimeOffset now, Database database, CancellationToken cancellationToken)
    {
        _now = now;
        return Task.CompletedTask;
    }

    public void Add(Rejection rejection)
    {
        if (_new.Count < Kept)
            _new.Add((rejection, _now));
    }

    public Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken) => RowWriter.InsertAsync(
        transaction, "rejection (id, rejected_at, source, origin, problem)", "ON CONFLICT DO NOTHING",
        _new.Select(row => new object[]
        {
            row.Rejection.Id.ToBytes(), row.At.ToUnixTimeMilliseconds(), row.Rejection.Source, row.Rejection.Origin, row.Rejection.Problem,
        }),
        cancellationToken);

    public void Committed()
    {
        foreach (var (rejection, _) in _new)
            Log.Rejected(logger, rejection.Source, rejection.Origin, rejection.Problem);
        _new.Clear();
    }

    public Task PruneAsync(LeaderWrites writes, DateTimeOffset now, CancellationToken cancellationToken) => writes.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(
            $"""
            DELETE FROM rejection WHERE rejected_at < (
                SELECT MIN(rejected_at) FROM (SELECT rejected_at FROM rejection ORDER BY rejected_at DESC LIMIT {Kept}) AS newest)
            """,
            transaction: transaction, cancellationToken: cancellationToken)),
        cancellationToken,
        repeatable: true);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Source}: {Origin} is no usable CloudTrail record and was left out. {Problem}")]
        public static partial void Rejected(ILogger logger, string source, string origin, string problem);
    }
}
