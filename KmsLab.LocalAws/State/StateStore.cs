using KmsLab.LocalAws.Settings;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace KmsLab.LocalAws.State;

/// <summary>The state file: one SQLite database, one that writes at a time, any number of readers.</summary>
/// <remarks>
/// Writers queue here: SQLite lets in one at a time and makes the others sleep. Whatever is waiting when somebody comes round goes into one transaction (group commit);
/// the tasks of all of them complete when it is on disk. Writes happen in the order of <see cref="Enqueue"/>, so the last write's task covers those before it.
/// A call that has nobody before it commits on its own thread (<see cref="CommitQueued"/>): to wake a second thread, and to be woken by it, takes longer than the write.
/// What is left over when it has done so is a thread of the store's to commit.
/// WAL with <c>synchronous=NORMAL</c>: what was acknowledged survives a killed process, not a power cut. It is a lab tool.
/// A write that fails stops the store: memory and file no longer agree, so nothing more is acknowledged until a restart.
/// </remarks>
internal sealed partial class StateStore : IDisposable
{
    private const int MaxGroup = 512;

    private readonly Lock _lock = new();
    private readonly Lock _committing = new();
    private readonly AutoResetEvent _work = new(false);
    private readonly string _connectionString;
    private readonly ILogger<StateStore> _logger;
    private readonly FileStream _owner;
    private readonly SqliteConnection _connection;
    private readonly WriteSession _session;
    private readonly Thread _writer;
    private readonly WalCheckpoints _checkpoints;
    private readonly Queue<Group> _groups = new();
    private Exception? _failure;
    private bool _stopping;

    public StateStore(IOptions<LocalAwsOptions> options, IEnumerable<IStateSchema> schemas, ILogger<StateStore> logger)
    {
        _logger = logger;
        var directory = Path.GetFullPath(options.Value.DataDirectory);
        var path = Path.Combine(directory, "localaws.db");
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = true }.ToString();
        try
        {
            Directory.CreateDirectory(directory);
            // Two endpoints on one file would each trust their own memory.
            _owner = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"LocalAws can't use the data directory {directory} ({error.Message.TrimEnd('.')}). Set LocalAws:DataDirectory to a directory that can be written and that no other LocalAws uses.", error);
        }

        SqliteConnection connection;
        try
        {
            connection = Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-32768; PRAGMA temp_store=MEMORY;";
            command.ExecuteNonQuery();
            SchemaVersions.Apply(connection, schemas);
        }
        catch (SqliteException error)
        {
            _owner.Dispose();
            throw new InvalidOperationException($"LocalAws can't use its state file {path} ({error.Message.TrimEnd('.')}). Repair or remove it, or set LocalAws:DataDirectory to another directory.", error);
        }

        _checkpoints = new WalCheckpoints(path, Open);
        (_connection, _session) = (connection, new(connection));
        _writer = new Thread(WriteLoop) { IsBackground = true, Name = "localaws state writer" };
        _writer.Start();
    }

    /// <summary>Why the store stopped; null while it works.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>Puts a write in the queue. The task completes when it is committed. Returns at once: call it under the lock that guards the memory it mirrors.</summary>
    public Task Enqueue(Action<WriteSession> write)
    {
        var committed = Add(write);
        _work.Set();
        return committed;
    }

    /// <summary>The same for who calls <see cref="CommitQueued"/> before he waits, whatever happens in between.</summary>
    public Task EnqueueOwn(Action<WriteSession> write) => Add(write);

    /// <summary>Commits what is queued, on the caller's thread if nobody is at it; else whoever is sees to it.</summary>
    public void CommitQueued()
    {
        if (!_committing.TryEnter())
            return;
        try
        {
            if (Next() is { } group)
                Commit(group);
        }
        finally
        {
            _committing.Exit();
        }

        if (IsAnyLeft())
            _work.Set();
    }

    private Task Add(Action<WriteSession> write)
    {
        lock (_lock)
        {
            if (_failure is not null || _stopping)
                return Task.FromException(new InvalidOperationException("The state file takes no more writes.", _failure));

            if (!_groups.TryPeek(out _) || Last is not { Writes.Count: < MaxGroup })
                _groups.Enqueue(Last = new());
            Last.Writes.Add(write);
            return Last.Committed.Task;
        }
    }

    /// <summary>Runs <paramref name="write"/> in a group commit and returns its result once that is on disk.</summary>
    public async Task<T> WriteAsync<T>(Func<WriteSession, T> write)
    {
        T result = default!;
        await Enqueue(session => result = write(session));
        return result;
    }

    /// <summary>Reads on a connection of its own, which sees every committed write.</summary>
    public T Read<T>(Func<SqliteConnection, T> read)
    {
        using var connection = Open();
        return read(connection);
    }

    /// <summary>Writes what is queued, and closes the file.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_stopping)
                return;
            _stopping = true;
        }

        _checkpoints.Dispose();
        _work.Set();
        _writer.Join();
        _work.Dispose();
        _session.Dispose();
        _connection.Dispose();
        using (var connection = new SqliteConnection(_connectionString))
            SqliteConnection.ClearPool(connection);
        _owner.Dispose();
    }

    private Group? Last { get; set; }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        return connection;
    }

    private void WriteLoop()
    {
        while (true)
        {
            if (CommitNext() || IsAnyLeft())
                continue;
            if (Volatile.Read(ref _stopping))
                return;
            _work.WaitOne();
        }
    }

    private bool CommitNext()
    {
        lock (_committing)
        {
            if (Next() is not { } group)
                return false;
            Commit(group);
            return true;
        }
    }

    /// <summary>Tells whether more has come. Whoever came while the lock was held relied on its holder, so that one asks once more after letting go.</summary>
    private bool IsAnyLeft()
    {
        lock (_lock)
            return _groups.Count > 0;
    }

    private Group? Next()
    {
        lock (_lock)
        {
            if (!_groups.TryDequeue(out var group))
                return null;
            if (ReferenceEquals(group, Last))
                Last = null;
            return group;
        }
    }

    /// <summary>Commits a group; under the lock.</summary>
    private void Commit(Group group)
    {
        if (_failure is not null)
        {
            group.Committed.SetException(new InvalidOperationException("The state file takes no more writes.", _failure));
            return;
        }

        try
        {
            using var transaction = _connection.BeginTransaction(deferred: false);
            _session.Transaction = transaction;
            foreach (var write in group.Writes)
                write(_session);
            transaction.Commit();
        }
        catch (Exception error)
        {
            // The loop's edge: whatever went wrong, the file no longer follows memory.
            Volatile.Write(ref _failure, error);
            Log.Stopped(_logger, error);
            group.Committed.SetException(new InvalidOperationException("A write to the state file failed.", error));
            return;
        }

        group.Committed.SetResult();
        _checkpoints.Committed(_connection);
    }

    private sealed class Group
    {
        public List<Action<WriteSession>> Writes { get; } = [];

        public TaskCompletionSource Committed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Critical, "A write to the state file failed. Nothing more is acknowledged until LocalAws is restarted.")]
        public static partial void Stopped(ILogger logger, Exception error);
    }
}
