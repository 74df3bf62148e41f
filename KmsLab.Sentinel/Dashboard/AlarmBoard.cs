using KmsLab.Sentinel.Queries;

namespace KmsLab.Sentinel.Dashboard;

/// <summary>The alarms as all open pages share them: a reading for everybody each second or so, however many look.</summary>
internal sealed class AlarmBoard(AlarmQuery query, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(1.5);

    private readonly SemaphoreSlim _turn = new(1);
    private IReadOnlyList<AlarmAnswer> _alarms = [];
    private DateTimeOffset _readAt = DateTimeOffset.MinValue;

    /// <summary>All alarms, with their evidence.</summary>
    public async Task<IReadOnlyList<AlarmAnswer>> ReadAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (time.GetUtcNow() - _readAt is var age && (age < TimeSpan.Zero || age > GoodFor))
                (_alarms, _readAt) = (await query.ReadAsync(cancellationToken), time.GetUtcNow());
            return _alarms;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The open ones, the worst first.</summary>
    public async Task<IReadOnlyList<AlarmAnswer>> ReadOpenAsync(CancellationToken cancellationToken) =>
        [.. (await ReadAsync(cancellationToken)).Where(alarm => !alarm.Ended).OrderByDescending(alarm => alarm.Severity).ThenByDescending(alarm => alarm.LastSeen)];

    public void Dispose() => _turn.Dispose();
}
