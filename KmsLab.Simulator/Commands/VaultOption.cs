using System.Data.Common;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Simulator.Commands;

/// <summary><c>--vault</c>: a SQLite file, or the connection string of a PostgreSQL database.</summary>
internal static class VaultOption
{
    /// <summary>Reads it.</summary>
    /// <param name="text">What was given; null: nothing.</param>
    /// <param name="passwordFile">The file that holds the database's password; null: the connection string has it.</param>
    /// <exception cref="SimulatorException">It is neither.</exception>
    public static ReadOnlyDatabase? Read(string? text, string? passwordFile)
    {
        if (text is null)
            return null;
        if (File.Exists(text))
            return new($"Data Source={text}", DatabaseProvider.Sqlite);

        var names = NamesIn(text);
        if (names.Contains("host") || names.Contains("server"))
            return new(text, DatabaseProvider.PostgreSql, passwordFile);
        if (names.Contains("data source"))
            return new(text, DatabaseProvider.Sqlite);
        throw new SimulatorException(text.Contains('=', StringComparison.Ordinal) // Not quoted: it may hold a password.
            ? "--vault is neither a file nor a connection string: write it as 'Host=localhost;Database=vault;Username=kmslab'."
            : $"--vault: there is no file {text}.");
    }

    private static HashSet<string> NamesIn(string text)
    {
        try
        {
            var parsed = new DbConnectionStringBuilder { ConnectionString = text };
            return parsed.Keys.Cast<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        }
        catch (ArgumentException)
        {
            return [];
        }
    }
}
