using KmsLab.LocalAws.Access;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Trail;

/// <summary>All trails of all accounts. The hot path reads a snapshot; changes swap it.</summary>
internal sealed class Trails
{
    private readonly Lock _lock = new();
    private readonly Documents<TrailDefinition> _documents = new("trail", CloudTrailJson.Wire.TrailDefinition);
    private LiveTrail[] _all;

    private readonly Organization _organization;

    public Trails(StateStore store, Organization organization)
    {
        _organization = organization;
        _all = [.. store.Read(_documents.Load).Select(item => new LiveTrail(item.Scope.Account, item.Document, organization))];
    }

    /// <summary>The trails now. The array is never changed.</summary>
    public IReadOnlyList<LiveTrail> Snapshot => Volatile.Read(ref _all);

    /// <summary>Finds a trail by the name or ARN that a call in <paramref name="scope"/> gives.</summary>
    public LiveTrail? Find(RegionScope scope, string nameOrArn) => Snapshot.FirstOrDefault(trail =>
        trail.IsOf(scope.Account)
        && (trail.Arn == nameOrArn || (trail.Definition.Name == nameOrArn && trail.IsVisibleIn(scope.Region))));

    public IEnumerable<LiveTrail> VisibleIn(RegionScope scope) =>
        Snapshot.Where(trail => trail.IsOf(scope.Account) && trail.IsVisibleIn(scope.Region));

    /// <summary>Adds a trail, or fails as <paramref name="refuse"/> says.</summary>
    /// <param name="account">The owner.</param>
    /// <param name="definition">The trail.</param>
    /// <param name="refuse">Throws when the trails that exist don't let it in; runs under the lock.</param>
    /// <param name="write">Enqueues the write; runs under the lock, so that file and memory change in the same order.</param>
    public LiveTrail Add(string account, TrailDefinition definition, Action<IReadOnlyList<LiveTrail>> refuse, Action<Action<WriteSession>> write)
    {
        lock (_lock)
        {
            refuse(_all);
            var trail = new LiveTrail(account, definition, _organization);
            _all = [.. _all, trail];
            write(session => _documents.Put(session, Scope(trail), definition.Name, definition));
            return trail;
        }
    }

    /// <summary>Changes a trail. <paramref name="change"/> gets its newest definition.</summary>
    /// <returns>The changed trail; null when it is gone.</returns>
    public LiveTrail? Change(AwsCall call, string arn, Func<TrailDefinition, TrailDefinition> change)
    {
        lock (_lock)
        {
            var at = Array.FindIndex(_all, trail => trail.Arn == arn);
            if (at < 0)
                return null;
            var changed = _all[at].With(change(_all[at].Definition));
            _all = [.. _all[..at], changed, .. _all[(at + 1)..]];
            call.Write(session => _documents.Put(session, Scope(changed), changed.Definition.Name, changed.Definition));
            return changed;
        }
    }

    public bool Remove(AwsCall call, string arn)
    {
        lock (_lock)
        {
            if (_all.FirstOrDefault(trail => trail.Arn == arn) is not { } removed)
                return false;
            _all = [.. _all.Where(trail => trail != removed)];
            call.Write(session => _documents.Remove(session, Scope(removed), removed.Definition.Name));
            return true;
        }
    }

    private static RegionScope Scope(LiveTrail trail) => new(trail.Account, trail.Definition.HomeRegion);
}
