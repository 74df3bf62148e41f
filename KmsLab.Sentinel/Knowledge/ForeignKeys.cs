using System.Data.Common;
using Dapper;
using KmsLab.Sentinel.Knowledge.Baselines;
using KmsLab.Sentinel.Policies;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Knowledge;

/// <summary>Which keys of other accounts are used for encryption as usual, and who has encrypted under which account's keys before.</summary>
/// <remarks>
/// A landing zone writes its logs under a central key of another account every day: what was used in the learning period, or for as long as that since, is
/// usual, whoever uses it; nobody's ransom is encrypted under a key that was in use long before. All else is news at a principal's first call.
/// </remarks>
internal sealed class ForeignKeys(BaselineOptions options) : ITurnPart
{
    private const string Began = "records-began";
    private const string Key = "foreign-key";
    private const string User = "foreign-key-user";
    private const int Limit = 50_000;

    /// <summary>How long a first use is news: in what order its records come makes no difference.</summary>
    private static readonly TimeSpan Newness = TimeSpan.FromMinutes(10);

    private readonly Dictionary<(string Kind, string Name), DateTimeOffset> _first = [];
    private readonly HashSet<(string Kind, string Name)> _changed = [];

    public bool HasChanges => _changed.Count > 0;

    public async Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string Kind, string Name, long At)>(
            new CommandDefinition($"SELECT kind, name, at FROM learned_name WHERE kind IN ('{Began}', '{Key}', '{User}')", cancellationToken: cancellationToken));
        foreach (var (kind, name, at) in rows)
            _first[(kind, name)] = DateTimeOffset.FromUnixTimeMilliseconds(at);
    }

    public void Study(Observation observation)
    {
        if (!observation.IsKms)
            return;

        var at = observation.Record.EventTime;
        var began = Note(Began, observation.Record.RecipientAccountId ?? "", at);
        if (!observation.Succeeded || observation.Record is not { KeyArns: [.., var key], RecipientAccountId: { } home } || Audience.AccountOfArn(key) is not { } account || account == home)
            return;

        var known = Note(Key, key, at);
        var first = Note(User, $"{observation.Principal} {account}", at);
        // Differences, for a record may say that it is of the year 9999.
        observation.ForeignUse = at - began < options.LearningPeriod ? ForeignUse.Learning
            : known - began < options.LearningPeriod || at - known >= options.LearningPeriod && options.LearningPeriod > TimeSpan.Zero ? ForeignUse.Usual
            : at - first < Newness ? ForeignUse.First
            : ForeignUse.Repeated;
    }

    public async Task WriteAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        await RowWriter.InsertAsync(
            transaction, "learned_name (kind, name, value, at)", "ON CONFLICT (kind, name) DO UPDATE SET at = excluded.at",
            _changed.Select(name => new object[] { name.Kind, name.Name, "", _first[name].ToUnixTimeMilliseconds() }), cancellationToken);
        _changed.Clear();
    }

    /// <summary>The earliest time that is known; beyond the limit nothing more is remembered, and so stays new.</summary>
    private DateTimeOffset Note(string kind, string name, DateTimeOffset at)
    {
        if (_first.TryGetValue((kind, name), out var first) ? first <= at : _first.Count >= Limit)
            return first == default ? at : first;

        _first[(kind, name)] = at;
        _changed.Add((kind, name));
        return at;
    }
}
