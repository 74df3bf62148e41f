using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Queries;

namespace KmsLab.Sentinel.Dashboard;

/// <summary>The alarms as all open pages share them: a reading for everybody each second or so, however many look.</summary>
internal sealed class AlarmBoard(AlarmQuery query, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(1.5);

    /// <summary>Closed alarms are shown beside their scenario for so long.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _turn = new(1);
    private IReadOnlyList<AlarmAnswer> _alarms = [];
    private DateTimeOffset _readAt = DateTimeOffset.MinValue;

    /// <summary>Alarms that nobody has closed, and recent ones, with their evidence.</summary>
    public async Task<IReadOnlyList<AlarmAnswer>> ReadAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (time.GetUtcNow() - _readAt is var age && (age < TimeSpan.Zero || age > GoodFor))
                (_alarms, _readAt) = (await query.CurrentAsync(time.GetUtcNow() - Recent, cancellationToken), time.GetUtcNow());
            return _alarms;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Those that nobody has closed: first those that need somebody, the worst of them first.</summary>
    public async Task<IReadOnlyList<AlarmAnswer>> ReadOpenAsync(CancellationToken cancellationToken) =>
    [
        .. (await ReadAsync(cancellationToken)).Where(alarm => alarm.Attention != Attention.Closed)
            .OrderByDescending(NeedsSomebody).ThenBy(alarm => alarm.Ended).ThenByDescending(alarm => alarm.Severity).ThenByDescending(alarm => alarm.LastSeen),
    ];

    /// <summary>Tells whether an alarm waits for a person.</summary>
    public static bool NeedsSomebody(AlarmAnswer alarm) => alarm.Attention == Attention.Needed;

    public void Dispose() => _turn.Dispose();
}
