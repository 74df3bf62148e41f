using System.Data.Common;
using System.Globalization;
using Dapper;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Leadership;

/// <summary>The lease as the database has it.</summary>
/// <param name="Holder">Who leads, or led last; empty if that one stepped down.</param>
/// <param name="Epoch">The number of its term.</param>
/// <param name="Since">When the term began, by the database's clock.</param>
/// <param name="IsFree">Nobody holds it, or it ran out.</param>
internal sealed record Lease(string Holder, long Epoch, DateTimeOffset Since, bool IsFree);

/// <summary>
/// The lease row. Times are the database's: processes whose clocks differ agree on it all the same. The clock decides only who may try to
/// lead; that two never write is decided by the epoch, in each transaction (docs/adr/0004-lease-with-epoch.md).
/// </summary>
/// <param name="database">The engine's own database.</param>
/// <param name="options">How long it holds.</param>
/// <param name="clock">SQL for the time in Unix milliseconds; the database's own clock unless a test has another.</param>
internal sealed class LeaseStore(Database database, LeaseOptions options, string? clock = null)
{
    private readonly string _now = clock ?? ClockOf(database.Provider);

    public async Task<Lease> ReadAsync(CancellationToken cancellationToken)
    {
        var (holder, epoch, since, free) = await database.ReadAsync(
            connection => connection.QuerySingleAsync<(string, long, long, long)>(new CommandDefinition(
                $"SELECT holder, epoch, since, CASE WHEN expires_at <= {_now} THEN 1 ELSE 0 END FROM lease WHERE name = 'sentinel'", cancellationToken: cancellationToken)),
            cancellationToken);
        return new(holder, epoch, DateTimeOffset.FromUnixTimeMilliseconds(since), free != 0);
    }

    /// <summary>Begins a term of <paramref name="holder"/>, unless somebody took the lease since it was <paramref name="seen"/>.</summary>
    /// <param name="holder">Who is to lead.</param>
    /// <param name="seen">The lease as it was.</param>
    /// <param name="force">Takes it from a holder that is known to be dead, before it runs out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null if somebody else holds it.</returns>
    public async Task<Term?> TakeAsync(string holder, Lease seen, bool force, CancellationToken cancellationToken)
    {
        var taken = await ExecuteAsync(
            $"""
            UPDATE lease SET holder = @holder, epoch = epoch + 1, since = {_now}, expires_at = {_now} + @ttl
            WHERE name = 'sentinel' AND epoch = @epoch AND (@force = 1 OR expires_at <= {_now})
            """,
            new { holder, epoch = seen.Epoch, ttl = Ttl, force = force ? 1L : 0L },
            repeatable: false,
            cancellationToken);
        return taken == 1 ? new(holder, seen.Epoch + 1) : null;
    }

    /// <summary>Prolongs a term. One that ran out goes on if nobody else began one: nobody else has written since.</summary>
    /// <returns>False if somebody else did.</returns>
    public async Task<bool> RenewAsync(Term term, CancellationToken cancellationToken) => await ExecuteAsync(
        $"UPDATE lease SET expires_at = {_now} + @ttl WHERE name = 'sentinel' AND holder = @holder AND epoch = @epoch",
        new { holder = term.Holder, epoch = term.Epoch, ttl = Ttl },
        repeatable: true,
        cancellationToken) == 1;

    /// <summary>Steps down: the next one need not wait.</summary>
    public Task ReleaseAsync(Term term, CancellationToken cancellationToken) => ExecuteAsync(
        "UPDATE lease SET holder = '', expires_at = 0 WHERE name = 'sentinel' AND holder = @holder AND epoch = @epoch",
        new { holder = term.Holder, epoch = term.Epoch },
        repeatable: true,
        cancellationToken);

    /// <summary>Whether <paramref name="term"/> goes on, just now.</summary>
    public async Task<bool> HoldsAsync(Term term, CancellationToken cancellationToken)
    {
        var lease = await ReadAsync(cancellationToken);
        return !lease.IsFree && lease.Holder == term.Holder && lease.Epoch == term.Epoch;
    }

    /// <summary>
    /// The fence: changes the lease row if it is still <paramref name="term"/>'s, as the first statement of a transaction. Until that ends nobody
    /// else can begin a term, so all of it happens within this one.
    /// </summary>
    /// <returns>False if the term is over: nothing more may be written.</returns>
    public async Task<bool> FenceAsync(DbTransaction transaction, Term term, CancellationToken cancellationToken) =>
        await transaction.Connection!.ExecuteAsync(new CommandDefinition(
            $"{Patience} UPDATE lease SET expires_at = {_now} + @ttl WHERE name = 'sentinel' AND holder = @holder AND epoch = @epoch",
            new { holder = term.Holder, epoch = term.Epoch, ttl = Ttl }, transaction, cancellationToken: cancellationToken)) == 1;

    private long Ttl => (long)options.Ttl.TotalMilliseconds;

    /// <summary>
    /// A leader that stops in the middle of a transaction, with its machine maybe, holds the row: PostgreSQL lets go of it in time for the next one
    /// (https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-IDLE-IN-TRANSACTION-SESSION-TIMEOUT). SQLite can't.
    /// </summary>
    private string Patience => database.Provider == DatabaseProvider.PostgreSql
        ? string.Create(CultureInfo.InvariantCulture, $"SET LOCAL idle_in_transaction_session_timeout = {Ttl};")
        : "";

    private static string ClockOf(DatabaseProvider provider) => provider == DatabaseProvider.PostgreSql
        ? "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)" // Not now(): that is when the transaction began.
        : "CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER)";

    private Task<int> ExecuteAsync(string sql, object parameters, bool repeatable, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellationToken)),
        cancellationToken,
        repeatable);
}
