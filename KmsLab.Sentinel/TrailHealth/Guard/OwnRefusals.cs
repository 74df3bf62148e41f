using System.Data.Common;
using Dapper;
using KmsLab.CloudTrail.Records;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.TrailHealth.Guard;

/// <summary>
/// Calls of Sentinel's own that AWS refused, by the request id that AWS gave them: their records are errors of Sentinel's role, which the guard has
/// told already, and no detection needs to wonder about.
/// </summary>
internal sealed class OwnRefusals(TurnOptions turns) : ITurnPart
{
    private readonly Dictionary<string, DateTimeOffset> _requests = [];
    private readonly List<string> _new = [];
    private readonly List<string> _old = [];

    public bool HasChanges => _new.Count + _old.Count > 0;

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string Request, long At)>(new CommandDefinition("SELECT request_id, refused_at FROM own_refusal", cancellationToken: cancellationToken));
        foreach (var (request, at) in rows)
            _requests[request] = DateTimeOffset.FromUnixTimeMilliseconds(at);
    }


    /// <summary>Calls that were refused just now.</summary>
    public void Note(IEnumerable<string> requestIds, DateTimeOffset now)
    {
        foreach (var request in requestIds.Where(request => _requests.TryAdd(request, now)))
            _new.Add(request);
        if (_new.Count == 0)
            return;

        foreach (var (request, at) in _requests)
        {
            if (at < now - turns.Retention && _requests.Remove(request))
                _old.Add(request);
        }
    }

    public void Study(Observation observation) => observation.IsOwnRefusal = IsOwn(observation.Record);

    private bool IsOwn(CloudTrailRecord record) => record is { ErrorCode: not null, RequestId: { } request } && _requests.ContainsKey(request);

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        await RowWriter.InsertAsync(
            transaction, "own_refusal (request_id, refused_at)", "ON CONFLICT DO NOTHING",
            _new.Select(request => new object[] { request, _requests[request].ToUnixTimeMilliseconds() }), cancellationToken);
        foreach (var request in _old)
        {
            await transaction.Connection!.ExecuteAsync(new CommandDefinition(
                "DELETE FROM own_refusal WHERE request_id = @request", new { request }, transaction, cancellationToken: cancellationToken));
        }

        _new.Clear();
        _old.Clear();
    }
}
