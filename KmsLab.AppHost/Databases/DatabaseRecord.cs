using System.Text.Json;
using System.Text.Json.Serialization;
using KmsLab.AppHost.Data;

namespace KmsLab.AppHost.Databases;

/// <summary>
/// Names the database of a data directory, written at its first start: installing Docker later must not make secrets vanish.
/// </summary>
/// <param name="Database">The database.</param>
/// <param name="Major">PostgreSQL's major version, which alone can open the cluster; null for SQLite.</param>
internal sealed record DatabaseRecord(LabDatabase Database, int? Major)
{
    private const string FileName = "database.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter<LabDatabase>(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        WriteIndented = true,
    };

    /// <summary>Reads the record; a directory from before there were records has SQLite files.</summary>
    /// <returns>Null where nothing was begun yet.</returns>
    /// <exception cref="LabException">It can't be read.</exception>
    public static DatabaseRecord? Read(DataDirectory data)
    {
        var path = data.PathOf(FileName);
        try
        {
            if (File.Exists(path))
                return JsonSerializer.Deserialize<DatabaseRecord>(File.ReadAllText(path), Json) ?? throw new JsonException("It is empty.");
            return File.Exists(data.PathOf(LabFiles.Vault)) ? new(LabDatabase.Sqlite, null) : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new LabException($"{path}, which says where this data directory's secrets are, can't be read. "
                + "Restore it, or choose another data directory with --data DIR.", unreadable);
        }
    }

    public void Write(DataDirectory data) => File.WriteAllText(data.PathOf(FileName), JsonSerializer.Serialize(this, Json));
}
