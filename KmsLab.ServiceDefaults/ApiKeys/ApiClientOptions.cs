using System.Security.Cryptography;

namespace KmsLab.ServiceDefaults.ApiKeys;

/// <summary>A client that may call a service.</summary>
public sealed class ApiClientOptions
{
    private const int MaxName = 64;

    /// <summary>Its name: in limits and audits, never secret.</summary>
    public string Name { get; set; } = "";

    /// <summary>SHA-256 of its key, in 64 hexadecimal digits.</summary>
    public string KeyHash { get; set; } = "";

    /// <summary>What is wrong with a client's name, after the words 'the name'; null when nothing is.</summary>
    public static string? ProblemOfName(string name) => name switch
    {
        { Length: 0 or > MaxName } => $"must have 1 to {MaxName} characters",
        _ when name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')) => "may have letters, digits, '-', '_' and '.' only",
        _ => null,
    };

    /// <summary>All that is wrong with a list of clients, each with its place in the configuration.</summary>
    public static IEnumerable<string> Check(IReadOnlyList<ApiClientOptions> clients, string section)
    {
        for (var i = 0; i < clients.Count; i++)
        {
            if (ProblemOfName(clients[i].Name) is { } problem)
                yield return $"{section}:{i}:Name {problem}.";
            if (clients[i].KeyHash.Length != ApiKey.HashDigits || !clients[i].KeyHash.All(char.IsAsciiHexDigit))
                yield return $"{section}:{i}:KeyHash must be SHA-256 of the client's key in {ApiKey.HashDigits} hexadecimal digits, not the key itself.";
        }

        foreach (var shared in clients.GroupBy(client => client.KeyHash, StringComparer.OrdinalIgnoreCase).Where(same => same.Key.Length > 0 && same.Count() > 1))
            yield return $"{section} has one KeyHash for {string.Join(" and ", shared.Select(client => client.Name))}: give each a key of its own.";
    }

    /// <summary>Whose key this is. Compares with each hash, all of them, in constant time: how long it takes tells nothing about any.</summary>
    public static string? NameOf(string key, IEnumerable<ApiClientOptions> clients)
    {
        var presented = ApiKey.Hash(key);
        string? found = null;
        foreach (var client in clients)
        {
            if (CryptographicOperations.FixedTimeEquals(presented, Convert.FromHexString(client.KeyHash)))
                found = client.Name;
        }

        return found;
    }
}
