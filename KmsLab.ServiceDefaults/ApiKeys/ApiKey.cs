using System.Buffers.Text;
using System.CommandLine;
using System.Security.Cryptography;
using System.Text;

namespace KmsLab.ServiceDefaults.ApiKeys;

/// <summary>
/// The secret by which a program proves that it is a known client: <c>kmslab_</c> and 256 random bits in base64url. The prefix lets secret scanners
/// find one that was committed by mistake. The service is configured with its hash only.
/// </summary>
/// <remarks>A plain SHA-256 suffices: nobody guesses 256 random bits, however fast the hash. It would not do for passwords.</remarks>
public static class ApiKey
{
    public const string Prefix = "kmslab_";

    /// <summary>Hexadecimal digits of a hash.</summary>
    public const int HashDigits = 2 * SHA256.HashSizeInBytes;

    /// <summary>Makes a new one.</summary>
    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>SHA-256 of a key, in UTF-8.</summary>
    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>Makes the command <c>new-api-key NAME</c> for a service's command line.</summary>
    /// <param name="section">The list of clients that a key goes into, such as <c>CryptoApi:Authentication:Clients</c>.</param>
    public static Command CreateCommand(string section)
    {
        var name = new Argument<string>("NAME") { Description = "Whose key it is: letters, digits, '-', '_' and '.'." };
        var command = new Command("new-api-key", $"Print a new API key, and the settings of {section} that admit it.") { name };
        command.SetAction(parsed => Print(parsed.GetRequiredValue(name), section, Console.Out));
        return command;
    }

    /// <summary>Prints a new key and the configuration that admits it, for <c>new-api-key NAME</c>.</summary>
    /// <param name="client">Whose key.</param>
    /// <param name="section">The list of clients that it goes into, such as <c>CryptoApi:Authentication:Clients</c>.</param>
    /// <param name="output">Where to.</param>
    /// <returns>The exit code.</returns>
    public static int Print(string client, string section, TextWriter output)
    {
        if (ApiClientOptions.ProblemOfName(client) is { } problem)
        {
            output.WriteLine($"The client's name {problem}.");
            return 1;
        }

        var (key, variable) = (Create(), section.Replace(":", "__", StringComparison.Ordinal));
        output.WriteLine($"""
            Key of {client}, shown only now. It belongs in the client's secrets; send it as X-Api-Key, or as Authorization: Bearer.

              {key}

            The service gets its hash (N: the next free number):

              {variable}__N__Name={client}
              {variable}__N__KeyHash={Convert.ToHexStringLower(Hash(key))}
            """);
        return 0;
    }
}
