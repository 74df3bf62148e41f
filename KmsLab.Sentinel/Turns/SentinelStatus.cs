using System.Collections.Concurrent;
using System.Data.Common;
using KmsLab.Sentinel.Trail;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Turns;

/// <summary>What a turn saw.</summary>
/// <param name="Read">Events read, those of earlier reads included.</param>
/// <param name="Ignored">Of these, records of services that nobody asked for.</param>
/// <param name="Duplicates">Of these, known ones.</param>
internal readonly record struct TurnSummary(int Read, int Ignored, int Duplicates);

/// <summary>How it goes with a source.</summary>
internal enum SourceState
{
    /// <summary>Not read yet.</summary>
    Starting,

    /// <summary>The last read was complete.</summary>
    Reading,

    /// <summary>It does not exist yet.</summary>
    Waiting,

    /// <summary>The last read failed; the next try backs off.</summary>
    Failing,
}

/// <summary>A source's last read.</summary>
internal sealed record SourceStatus(SourceState State, DateTimeOffset? LastAttempt, DateTimeOffset? LastCompleteRead, int FailuresInARow, long Failures, string? Problem)
{
    public static SourceStatus Initial { get; } = new(SourceState.Starting, null, null, 0, 0, null);
}

/// <summary>How it goes with the loop as a whole: with what is common to all sources, the database above all.</summary>
internal sealed record LoopStatus(int FailuresInARow, long Failures, string? Problem)
{
    public static LoopStatus Initial { get; } = new(0, 0, null);

    public LoopStatus Failed(int inARow, Exception problem) => new(inARow, Failures + 1, Describe(problem));

    /// <summary>A problem in words; of the database's none that could name its address or user.</summary>
    public static string Describe(Exception problem) =>
        problem is DbException failed ? $"The database: {DatabaseFailures.Classify(failed)} ({problem.GetType().Name})." : $"{problem.GetType().Name}: {problem.Message}";

    public LoopStatus Succeeded() => this with { FailuresInARow = 0, Problem = null };
}

/// <summary>What the running process shows of itself; safe to read from any thread.</summary>
internal sealed class SentinelStatus
{
    private readonly ConcurrentDictionary<string, SourceStatus> _sources = new();
    private long _read;
    private long _ignored;
    private long _duplicates;
    private volatile object? _watermark;
    private volatile object _loop = LoopStatus.Initial;
    private volatile object _ruleProblems = Array.Empty<string>();

    /// <summary>Events read since start, those of earlier reads included.</summary>
    public long Read => Interlocked.Read(ref _read);

    public long Ignored => Interlocked.Read(ref _ignored);

    public long Duplicates => Interlocked.Read(ref _duplicates);

    public Watermark? Watermark => (Watermark?)_watermark;

    /// <summary>How it goes with the loop.</summary>
    public LoopStatus Loop => (LoopStatus)_loop;

    /// <summary>What is wrong with the folder of rules as it lies there now; while anything is, the rules as they were stay in use.</summary>
    public IReadOnlyList<string> RuleProblems { get => (IReadOnlyList<string>)_ruleProblems; set => _ruleProblems = value; }

    public SourceStatus Of(string source) => _sources.GetValueOrDefault(source, SourceStatus.Initial);

    public void Report(TurnSummary turn, Watermark watermark)
    {
        Interlocked.Add(ref _read, turn.Read);
        Interlocked.Add(ref _ignored, turn.Ignored);
        Interlocked.Add(ref _duplicates, turn.Duplicates);
        _watermark = watermark;
    }

    public void Report(LoopStatus loop) => _loop = loop;

    /// <summary>The process stands by: what it knew of the trail grows old.</summary>
    public void StandBy()
    {
        _watermark = null;
        _sources.Clear();
    }

    public void Report(string source, Func<SourceStatus, SourceStatus> change) =>
        _sources.AddOrUpdate(source, _ => change(SourceStatus.Initial), (_, status) => change(status));
}
