using System.Text.Json;
using Npgsql;

namespace KmsLab.ServiceDefaults.Database;

/// <summary>
/// <c>ConnectionStrings:{name}:PasswordFile</c>: the file that holds the database's password, read again for each new connection. Whoever rotates
/// the password writes it there; nothing is restarted.
/// </summary>
/// <remarks>The file holds the password alone, or a JSON object with a member <c>password</c>, as Secrets Manager keeps RDS's secrets.</remarks>
internal static class PasswordFile
{
    /// <summary>Reads the password.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="InvalidDataException">It holds none.</exception>
    public static string Read(string path)
    {
        var text = File.ReadAllText(path).Trim();
        var password = text.StartsWith('{') ? OfSecret(text) : text;
        return string.IsNullOrEmpty(password) ? throw new InvalidDataException($"The password file {path} holds no password.") : password;
    }

    /// <summary>The connection string with the password of now, for what connects once.</summary>
    public static string Apply(string connectionString, string? path) =>
        path is null ? connectionString : new NpgsqlConnectionStringBuilder(connectionString) { Password = Read(path) }.ToString();

    private static string? OfSecret(string json)
    {
        try
        {
            using var secret = JsonDocument.Parse(json);
            return secret.RootElement.TryGetProperty("password", out var password) ? password.GetString() : null;
        }
        catch (JsonException)
        {
            return null; // Its message could quote the secret.
        }
    }
}
