using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.TrailHealth.Guard;

/// <summary>Reads the guard's state for people, on any instance, and writes down what they accept.</summary>
internal sealed class GuardQuery(Database database, GuardState state, TimeProvider time)
{
    private const int FactsShown = 200;
    private const int AcceptancesShown = 20;

    public async Task<GuardStatus> ReadAsync(CancellationToken cancellationToken)
    {
        var facts = await database.ReadAsync(connection => GuardRows.FactsAsync(connection, cancellationToken), cancellationToken);
        var acceptances = await database.ReadAsync(connection => GuardRows.AcceptancesAsync(connection, pending: false, AcceptancesShown, cancellationToken), cancellationToken);
        return new(
            state.Last.At,
            [.. facts.Where(fact => fact.Since is not null).Select(fact => new DepartureStatus(fact.Resource, fact.Aspect, fact.Expected, fact.Seen, fact.Since!.Value, fact.Departure!))],
            state.Last.Problems,
            [.. facts.Where(fact => !GuardAspect.IsAction(fact.Aspect)).Take(FactsShown).Select(fact => new GuardFact(fact.Resource, fact.Aspect, fact.Expected))],
            acceptances);
    }

    /// <summary>Accepts everything that departs now.</summary>
    /// <returns>What was accepted; empty, and nothing written, when nothing departs.</returns>
    public async Task<GuardAcceptance> AcceptAsync(string by, string reason, CancellationToken cancellationToken)
    {
        var facts = await database.ReadAsync(connection => GuardRows.FactsAsync(connection, cancellationToken), cancellationToken);
        var acceptance = new GuardAcceptance(
            Guid.NewGuid().ToString("N"), time.GetUtcNow(), by, reason,
            [.. facts.Where(fact => fact.Since is not null).Select(fact => new GuardFact(fact.Resource, fact.Aspect, fact.Seen))]);
        if (acceptance.Facts.Count > 0)
        {
            await database.WriteAsync(
                async (connection, transaction) =>
                {
                    await GuardRows.SubmitAsync(connection, transaction, acceptance, cancellationToken);
                    return 0;
                },
                cancellationToken,
                repeatable: true);
        }

        return acceptance;
    }
}
