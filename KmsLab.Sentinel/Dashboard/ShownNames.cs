using KmsLab.Sentinel.Queries;

namespace KmsLab.Sentinel.Dashboard;

/// <summary>Names of keys and accounts as all open pages share them; as old as half a minute.</summary>
internal sealed class ShownNames(KeyNamesQuery query, NameOptions options, TimeProvider time)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(30);

    private volatile IReadOnlyDictionary<string, KeyNaming> _keys = new Dictionary<string, KeyNaming>();
    private long _readAt;

    /// <summary>Reads the names anew where they are old.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var read = Interlocked.Read(ref _readAt);
        if (now - read < GoodFor.TotalMilliseconds && now >= read || Interlocked.CompareExchange(ref _readAt, now, read) != read)
            return;

        try
        {
            _keys = (await query.ReadAsync(cancellationToken)).ToDictionary(key => key.KeyArn, StringComparer.Ordinal);
        }
        catch
        {
            Interlocked.Exchange(ref _readAt, 0); // Whoever comes next asks again.
            throw;
        }
    }

    /// <summary>What is known of a key; null for nothing.</summary>
    public KeyNaming? Of(string? keyArn) => keyArn is null ? null : _keys.GetValueOrDefault(keyArn);

    /// <summary>The alias of a key, the first of several; null where none is known.</summary>
    public string? AliasOf(string? keyArn) => Of(keyArn) is { Aliases: [var alias, ..] } ? alias : null;

    /// <summary>The name of an account, or its number.</summary>
    public string Account(string number) => options.Accounts.GetValueOrDefault(number, number);
}
