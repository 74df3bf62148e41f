using System.Data.Common;
using Dapper;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Detections.AuditPath;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.TrailHealth.Guard;

/// <summary>
/// The baseline: how the way of the evidence was when it was first seen, or when somebody accepted a change, and how it was seen last. While anything
/// departs from it, each look finds that anew, also when the look can't see it any more: what is hidden now is not put back.
/// </summary>
internal sealed class GuardStore : ITurnPart
{
    private readonly Dictionary<(string Resource, string Aspect), GuardedFact> _facts = [];
    private readonly HashSet<(string Resource, string Aspect)> _changed = [];
    private readonly List<GuardAcceptance> _accepted = [];
    private readonly List<Finding> _findings = [];
    private readonly HashSet<(string Resource, string Aspect)> _seen = [];

    /// <summary>What is known of the resources.</summary>
    public IReadOnlyCollection<GuardedFact> Facts => _facts.Values;

    /// <summary>The time at which the last look began, in this life of Sentinel.</summary>
    public DateTimeOffset? LookedAt { get; private set; }

    public IEnumerable<GuardedFact> Departures => _facts.Values.Where(fact => fact.Since is not null);

    public bool HasChanges => _changed.Count + _accepted.Count > 0;

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        foreach (var fact in await GuardRows.FactsAsync(connection, cancellationToken))
            _facts[(fact.Resource, fact.Aspect)] = fact;
    }

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        await RowWriter.InsertAsync(
            transaction, "guard_fact (resource, aspect, expected, seen, since)",
            "ON CONFLICT (resource, aspect) DO UPDATE SET expected = excluded.expected, seen = excluded.seen, since = excluded.since",
            _changed.Where(_facts.ContainsKey).Select(key => _facts[key]).Select(GuardRows.RowOf), cancellationToken);
        foreach (var (resource, aspect) in _changed.Where(key => !_facts.ContainsKey(key)))
        {
            await transaction.Connection!.ExecuteAsync(new CommandDefinition(
                "DELETE FROM guard_fact WHERE resource = @resource AND aspect = @aspect", new { resource, aspect }, transaction, cancellationToken: cancellationToken));
        }

        foreach (var acceptance in _accepted)
        {
            await transaction.Connection!.ExecuteAsync(new CommandDefinition(
                "UPDATE guard_acceptance SET taken_in = 1 WHERE id = @id", new { id = acceptance.Id }, transaction, cancellationToken: cancellationToken));
        }

        _changed.Clear();
        _accepted.Clear();
    }


    public IEnumerable<Finding> Findings()
    {
        var found = _findings.ToArray();
        _findings.Clear();
        return found;
    }

    /// <summary>Tells whether the last look could see it; else it is known as it was seen before.</summary>
    public bool LookSaw(GuardedFact fact) => _seen.Contains((fact.Resource, fact.Aspect));

    /// <summary>Takes in what a look saw.</summary>
    /// <param name="report">What.</param>
    /// <param name="setOf">The protected set that a key belongs to.</param>
    /// <param name="now">When.</param>
    public void Take(GuardReport report, Func<string, ProtectedSet?> setOf, DateTimeOffset now)
    {
        LookedAt = report.StartedAt ?? now;
        _seen.Clear();
        _seen.UnionWith(report.Facts.Select(fact => (fact.Resource, fact.Aspect)));
        foreach (var (resource, aspect, value) in report.Facts)
            See(resource, aspect, value, now);
        foreach (var fact in _facts.Values.Where(fact => !AuditResource.IsTrail(fact.Resource) && fact.Resource != "*" && !report.Resources.Contains(fact.Resource)).ToList())
            Put((fact.Resource, fact.Aspect), null);
        foreach (var departure in Departures)
            _findings.Add(FindingOf(departure, setOf(departure.Resource), now));
    }

    /// <summary>Somebody accepts what they were shown; what has changed again since then, or the same thing done a second time, is not meant.</summary>
    public void Accept(GuardAcceptance acceptance)
    {
        _accepted.Add(acceptance);
        foreach (var (resource, aspect, value) in acceptance.Facts)
        {
            if (!_facts.TryGetValue((resource, aspect), out var fact) || fact.Seen != value || !(fact.Since <= acceptance.At))
                continue;

            if (aspect == GuardAspect.Exists && value == GuardAspect.No)
                Forget(resource);
            else
                Put((resource, aspect), fact with { Expected = value, Since = null });
        }
    }

    private void See(string resource, string aspect, string value, DateTimeOffset now)
    {
        var known = _facts.GetValueOrDefault((resource, aspect));
        var expected = known?.Expected ?? GuardAspect.NormalOf(aspect) ?? value;
        if (GuardAspect.IsAction(aspect) && value == GuardAspect.Allowed)
            expected = value;

        var seen = new GuardedFact(resource, aspect, expected, value, GuardAspect.IsDeparture(aspect, expected, value) ? known?.Since ?? now : null);
        if (seen != known)
            Put((resource, aspect), seen);
    }

    private void Put((string Resource, string Aspect) key, GuardedFact? fact)
    {
        _changed.Add(key);
        if (fact is null)
            _facts.Remove(key);
        else
            _facts[key] = fact;
    }

    private void Forget(string resource)
    {
        foreach (var key in _facts.Keys.Where(key => key.Resource == resource).ToList())
            Put(key, null);
    }

    private static Finding FindingOf(GuardedFact departure, ProtectedSet? set, DateTimeOffset now) => new(
        set is null ? TrailBlinding.Id : "key-tampering",
        set is null ? AuditResource.GroupOf(departure.Resource) : new DetectionGroup([new("set", set.Name), new("principal", "unknown")]),
        now, GuardAspect.CheckOf(departure.Resource, departure.Aspect), departure.Departure!,
        AuditResource.IsKey(departure.Resource) ? departure.Resource : null);
}
