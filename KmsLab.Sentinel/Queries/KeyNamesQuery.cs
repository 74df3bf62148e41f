using KmsLab.Sentinel.Knowledge;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Sentinel.Queries;

/// <summary>Names that people know a key by.</summary>
/// <param name="KeyArn">The key.</param>
/// <param name="Aliases">Its aliases, such as <c>alias/vault</c>.</param>
/// <param name="Tags">Its tags, as far as Sentinel knows them.</param>
public sealed record KeyNaming(string KeyArn, IReadOnlyList<string> Aliases, IReadOnlyDictionary<string, string> Tags);

/// <summary>Reads the names of keys: what <c>/api/keys</c> answers.</summary>
internal sealed class KeyNamesQuery(Database database)
{
    public async Task<IReadOnlyList<KeyNaming>> ReadAsync(CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(connection => KeyNameRows.ReadAsync(connection, cancellationToken), cancellationToken);
        return
        [
            .. rows.GroupBy(row => row.KeyArn, StringComparer.Ordinal).OrderBy(key => key.Key, StringComparer.Ordinal).Select(key => new KeyNaming(
                key.Key, [.. key.Where(row => row.Kind == KeyNames.Alias).Select(row => row.Name)],
                key.Where(row => row.Kind == KeyNames.Tag).ToDictionary(row => row.Name, row => row.Value))),
        ];
    }
}
