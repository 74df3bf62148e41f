using System.Runtime.InteropServices;
using KmsLab.LocalAws.Logs;
using KmsLab.LocalAws.Settings;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Upstream;
using KmsLab.ServiceDefaults.Tracing;
using Microsoft.Extensions.Options;

namespace KmsLab.LocalAws.Trail;

/// <summary>Brings records from the history into the log groups of the trails that take them, and into the line for their buckets.</summary>
/// <remarks>
/// Instant delivery is a row beside the history's, in the same commit. Otherwise the record waits in <c>trail_pending</c>, a table, until it is due;
/// taking it out and appending it is one transaction again. So a record arrives exactly once, whenever the process is killed, unless duplicates are asked for.
/// </remarks>
internal sealed class TrailDelivery(
    LogStore logs, Trails trails, TrailFileQueue files, StateStore store, IOptions<LocalAwsOptions> options, TimeProvider time, UpstreamDelivery? upstream = null) : BackgroundService
{
    private const int MaxBatch = 1_000;

    private readonly SemaphoreSlim _changed = new(0);
    private DeliverySettings _settings = options.Value.Delivery;
    private long _nextDue = long.MaxValue;

    // On the writer's thread only.
    private Random _random = new(options.Value.Delivery.Seed);

    /// <summary>How records travel now. Records that already wait are delivered at once when it becomes instant.</summary>
    public DeliverySettings Settings => Volatile.Read(ref _settings);

    /// <summary>Changes how records travel.</summary>
    public async Task ChangeAsync(DeliverySettings settings)
    {
        await store.Enqueue(session =>
        {
            Volatile.Write(ref _settings, settings);
            _random = new(settings.Seed);
            if (settings.IsInstant)
                session.Execute("UPDATE trail_pending SET due = 0");
            FindNextDue(session);
        });
        _changed.Release();
    }

    /// <summary>Delivers a new record, or puts it in line. On the writer's thread, in the transaction that adds it to the history.</summary>
    public void Deliver(WriteSession session, long seq, TrailEvent record, IReadOnlyList<LiveTrail> targets)
    {
        var settings = _settings;
        foreach (var trail in targets)
        {
            files.Add(session, trail.Arn, trail.Definition.S3BucketName, trail.Status, seq, record.Region);
            if (trail.LogGroup is null)
                continue;
            if (settings.IsInstant && upstream is null)
                AppendWithDuplicates(session, trail, new(seq, record.Account, record.Region, record.Time, record.Json), settings);
            else
                Wait(session, seq, trail.Arn, record.Time, settings);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // What a former life left in line.
        await store.Enqueue(FindNextDue);
        while (!stoppingToken.IsCancellationRequested)
        {
            if (!Settings.Stopped && NextDue <= time.GetUtcNow().ToUnixTimeMilliseconds())
                await DeliverDueAsync(stoppingToken);
            else
                await WaitAsync(stoppingToken);
        }
    }

    /// <summary>Until the next record is due, or something changes.</summary>
    private async Task WaitAsync(CancellationToken stoppingToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        await Task.WhenAny(_changed.WaitAsync(either.Token), Task.Delay(UntilNextDue(), time, either.Token));
        await either.CancelAsync();
    }

    private TimeSpan UntilNextDue()
    {
        if (Settings.Stopped || NextDue == long.MaxValue)
            return Timeout.InfiniteTimeSpan;
        return TimeSpan.FromMilliseconds(Math.Max(1, NextDue - time.GetUtcNow().ToUnixTimeMilliseconds()));
    }

    private long NextDue
    {
        get => Volatile.Read(ref _nextDue);
        set => Volatile.Write(ref _nextDue, value);
    }

    private void FindNextDue(WriteSession session) =>
        NextDue = session.Scalar("SELECT MIN(due) FROM trail_pending") is long due ? due : long.MaxValue;

    private async Task DeliverDueAsync(CancellationToken stoppingToken)
    {
        using var round = BackgroundActivity.Start("localaws trail delivery");
        if (upstream is null)
        {
            await store.Enqueue(DeliverDue);
            return;
        }

        var due = await store.WriteAsync(Due);
        foreach (var trail in due.GroupBy(record => record.Trail))
        {
            if (trails.Snapshot.FirstOrDefault(candidate => candidate.Arn == trail.Key) is not { LogGroup: not null } target)
                await store.Enqueue(session => CrossOff(session, trail));
            else if (!await upstream.SendAsync(target, [.. trail.Select(record => Addressed(target, record))], stoppingToken))
                return;
        }

        await store.Enqueue(FindNextDue);
    }

    private DueRecord Addressed(LiveTrail trail, Pending record) =>
        new(record.Id, StreamName(trail, record.Account, record.Region, (int)(record.Seq % Settings.Streams)), record.Time, record.Json);

    private static void CrossOff(WriteSession session, IEnumerable<Pending> records)
    {
        foreach (var record in records)
            session.Execute("DELETE FROM trail_pending WHERE id = $1", record.Id);
    }

    private void DeliverDue(WriteSession session)
    {
        foreach (var record in Due(session))
            Deliver(session, record);
        FindNextDue(session);
    }

    private List<Pending> Due(WriteSession session)
    {
        var due = session.Query(
            """
            SELECT p.id, p.seq, p.trail, p.copy, e.region, e.time, e.record, e.account FROM trail_pending p JOIN trail_events e ON e.seq = p.seq
            WHERE p.due <= $1 ORDER BY p.due, p.id LIMIT $2
            """,
            row => new Pending(row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetInt64(3) != 0, row.GetString(4), row.GetInt64(5), row.Blob(6), row.GetString(7)),
            time.GetUtcNow().ToUnixTimeMilliseconds(), MaxBatch);
        if (_settings.Shuffle)
            _random.Shuffle(CollectionsMarshal.AsSpan(due));
        return due;
    }

    private void Deliver(WriteSession session, Pending record)
    {
        session.Execute("DELETE FROM trail_pending WHERE id = $1", record.Id);
        // A trail deleted meanwhile gets nothing more.
        if (trails.Snapshot.FirstOrDefault(trail => trail.Arn == record.Trail) is not { LogGroup: not null } trail)
            return;

        var arriving = new Arriving(record.Seq, record.Account, record.Region, DateTimeOffset.FromUnixTimeMilliseconds(record.Time), record.Json);
        if (record.IsCopy)
            Append(session, trail, arriving, _settings);
        else
            AppendWithDuplicates(session, trail, arriving, _settings);
    }

    private void AppendWithDuplicates(WriteSession session, LiveTrail trail, Arriving record, DeliverySettings settings)
    {
        Append(session, trail, record, settings);
        if (settings.DuplicatePercent == 0 || _random.NextDouble() * 100 >= settings.DuplicatePercent)
            return;

        if (settings.IsInstant)
            Append(session, trail, record, settings);
        else
            Wait(session, record.Seq, trail.Arn, time.GetUtcNow(), settings, copy: true);
    }

    private void Append(WriteSession session, LiveTrail trail, Arriving record, DeliverySettings settings)
    {
        var now = time.GetUtcNow();
        var group = trail.LogGroup!;
        var stream = StreamName(trail, record.Account, record.Region, settings.Streams == 1 ? 0 : _random.Next(settings.Streams));
        if (logs.AppendRecord(session, group.Scope, group.Group, stream, record.Time.ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds(), record.Seq, record.Json))
            trail.Status.Succeeded(now);
        else
            trail.Status.Failed("The log group does not exist.");
    }

    private static string StreamName(LiveTrail trail, string account, string region, int index)
    {
        var name = $"{(trail.OrganizationId is { } organization ? organization + "_" : "")}{account}_CloudTrail_{region}";
        return index == 0 ? name : $"{name}_{index}";
    }

    private void Wait(WriteSession session, long seq, string trail, DateTimeOffset from, DeliverySettings settings, bool copy = false)
    {
        var delay = settings.MaxDelay > settings.Delay ? settings.Delay + ((settings.MaxDelay - settings.Delay) * _random.NextDouble()) : settings.Delay;
        var due = (from + delay).ToUnixTimeMilliseconds();
        if (settings.BatchInterval > TimeSpan.Zero)
        {
            var interval = (long)settings.BatchInterval.TotalMilliseconds;
            due = ((due + interval - 1) / interval) * interval;
        }

        session.Execute("INSERT INTO trail_pending (seq, trail, due, copy) VALUES ($1, $2, $3, $4)", seq, trail, due, copy);
        if (due < NextDue)
        {
            NextDue = due;
            _changed.Release();
        }
    }

    private sealed record Pending(long Id, long Seq, string Trail, bool IsCopy, string Region, long Time, byte[] Json, string Account);

    /// <summary>A record that comes into a log group.</summary>
    private readonly record struct Arriving(long Seq, string Account, string Region, DateTimeOffset Time, byte[] Json);
}
