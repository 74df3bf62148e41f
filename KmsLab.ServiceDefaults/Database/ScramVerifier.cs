using System.Security.Cryptography;
using System.Text;

namespace KmsLab.ServiceDefaults.Database;

/// <summary>
/// Makes the verifier that PostgreSQL keeps of a password. It is made here, so that no statement, and with it no log of the server's, holds the password.
/// </summary>
/// <remarks>
/// SCRAM-SHA-256 as of RFC 5803, the same that psql's <c>\password</c> sends
/// (https://www.postgresql.org/docs/current/catalog-pg-authid.html).
/// </remarks>
internal static class ScramVerifier
{
    private const int Iterations = 4096; // PostgreSQL's own number.

    /// <summary>Works it out, with a salt of its own each time.</summary>
    public static string Of(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        // As Npgsql does when it logs in.
        var normalized = Encoding.UTF8.GetBytes(password.Normalize(NormalizationForm.FormKC));
        var salted = Rfc2898DeriveBytes.Pbkdf2(normalized, salt, Iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        var stored = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var server = HMACSHA256.HashData(salted, "Server Key"u8);
        return $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(stored)}:{Convert.ToBase64String(server)}";
    }
}
