using System.Data.Common;
using Dapper;
using KmsLab.Sentinel.Storage;

namespace KmsLab.Sentinel.TrailHealth.Canary;

/// <summary>Names that Sentinel's own calls bear in the trail: principals of canaries that came back. By them the page leaves its own calls out.</summary>
internal static class OwnNames
{
    /// <summary>A deployment changes the role now and then.</summary>
    public const int Most = 20;

    /// <summary>The kind among learned names.</summary>
    public const string Kind = "sentinel";

    public static Task<IEnumerable<string>> ReadAsync(DbConnection connection, CancellationToken cancellationToken) => connection.QueryAsync<string>(
        new CommandDefinition($"SELECT name FROM learned_name WHERE kind = '{Kind}'", cancellationToken: cancellationToken));

    public static Task<int> WriteAsync(DbTransaction transaction, IReadOnlyList<string> names, CancellationToken cancellationToken) =>
        RowWriter.InsertAsync(transaction, "learned_name (kind, name, value, at)", "ON CONFLICT DO NOTHING", names.Select(name => new object[] { Kind, name, "", 0L }), cancellationToken);
}
