namespace KmsLab.AppHost.Databases;

/// <summary>Kind of database that keeps CryptoApi's secrets and Sentinel's alarms: <c>Lab:Database</c>.</summary>
internal enum LabDatabase
{
    /// <summary>PostgreSQL in a container, on a data volume.</summary>
    Container,

    /// <summary>The PostgreSQL server that is installed on this machine, with a cluster of the lab's own.</summary>
    Postgres,

    /// <summary>SQLite files in the data directory.</summary>
    Sqlite,
}

/// <summary>The database in use.</summary>
/// <param name="Database">Its kind.</param>
/// <param name="Why">Why this one, in a few words for the welcome.</param>
internal sealed record DatabaseChoice(LabDatabase Database, string Why);
