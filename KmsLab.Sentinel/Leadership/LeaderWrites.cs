using System.Data.Common;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Leadership;

/// <summary>The only way in which the engine writes: each transaction checks that this process still leads, and is rolled back if it does not.</summary>
internal sealed class LeaderWrites(Database database, LeaseStore leases, LeaderStatus leader)
{
    /// <summary>Runs <paramref name="write"/> in a transaction of the current term and commits it. An exception rolls it back.</summary>
    /// <param name="write">The statements.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <param name="repeatable">They may be run again after an unknown outcome, and then give the same answer.</param>
    /// <exception cref="NotLeadingException">This process does not lead. Nothing was written.</exception>
    public Task<T> WriteAsync<T>(Func<DbConnection, DbTransaction, Task<T>> write, CancellationToken cancellationToken, bool repeatable = false)
    {
        var term = leader.Required;
        return database.WriteAsync(
            async (connection, transaction) =>
            {
                if (!await leases.FenceAsync(transaction, term, cancellationToken))
                    throw Lost(term);
                return await write(connection, transaction);
            },
            cancellationToken,
            repeatable);
    }

    /// <summary>
    /// Asks the database whether this process leads, just before something that can't be taken back, such as sending. A process that stops right after the
    /// answer for longer than its lease can still be wrong; nothing but the receiver could help that, by the notification's id.
    /// </summary>
    /// <exception cref="NotLeadingException">It does not.</exception>
    public async Task ConfirmAsync(CancellationToken cancellationToken)
    {
        var term = leader.Required;
        if (!await leases.HoldsAsync(term, cancellationToken))
            throw Lost(term);
    }

    private NotLeadingException Lost(Term term)
    {
        leader.Lose(term);
        return new();
    }
}
