using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KmsLab.LocalAws.Wire;
using Microsoft.Data.Sqlite;

namespace KmsLab.LocalAws.State;

/// <summary>Small state that lives in memory, kept as one JSON document an item: keys, aliases, trails, alarms.</summary>
/// <param name="kind">What the documents are, such as <c>kms.key</c>.</param>
/// <param name="contract">Their JSON.</param>
internal sealed class Documents<T>(string kind, JsonTypeInfo<T> contract) where T : class
{
    private const string Upsert = """
        INSERT INTO documents (kind, account, region, id, body) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (kind, account, region, id) DO UPDATE SET body = excluded.body
        """;

    /// <summary>Adds or replaces a document.</summary>
    public void Put(WriteSession session, RegionScope scope, string id, T document) =>
        session.Execute(Upsert, kind, scope.Account, scope.Region, id, JsonSerializer.SerializeToUtf8Bytes(document, contract));

    /// <summary>Removes a document.</summary>
    public void Remove(WriteSession session, RegionScope scope, string id) =>
        session.Execute("DELETE FROM documents WHERE kind = $1 AND account = $2 AND region = $3 AND id = $4", kind, scope.Account, scope.Region, id);

    /// <summary>Reads all of them, at start.</summary>
    public List<(RegionScope Scope, T Document)> Load(SqliteConnection connection) => connection.Query(
        "SELECT account, region, body FROM documents WHERE kind = $1 ORDER BY account, region, id",
        row => (new RegionScope(row.GetString(0), row.GetString(1)), JsonSerializer.Deserialize(row.Blob(2), contract)!),
        kind);
}

/// <summary>The table of documents.</summary>
internal sealed class DocumentSchema : IStateSchema
{
    private static readonly (string Region, string Partition)[] MovedRegions =
    [
        ("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("us-iso-", "aws-iso"), ("us-isob-", "aws-iso-b"), ("eu-isoe-", "aws-iso-e"), ("us-isof-", "aws-iso-f"), ("eusc-", "aws-eusc"),
    ];

    public string Name => "documents";

    public IReadOnlyList<string> Steps { get; } =
    [
        "CREATE TABLE documents (kind TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, account, region, id)) WITHOUT ROWID;",
        // Until December 2026 every ARN was of the partition aws.
        string.Join('\n', MovedRegions.Select(moved => $"""
            UPDATE documents SET id = replace(id, 'arn:aws:', 'arn:{moved.Partition}:'),
                body = CAST(replace(CAST(body AS TEXT), 'arn:aws:', 'arn:{moved.Partition}:') AS BLOB) WHERE region LIKE '{moved.Region}%';
            """)),
    ];
}
