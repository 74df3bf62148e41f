using System.Buffers.Binary;
using System.Data.Common;
using System.Text.Json;
using Amazon.CloudTrail;
using Amazon.CloudTrail.Model;
using Dapper;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Simulator.Live;

/// <summary>A data key as it was stolen.</summary>
/// <param name="Ciphertext">As KMS encrypted it.</param>
/// <param name="Context">The encryption context without which KMS won't decrypt it.</param>
internal sealed record StolenKey(byte[] Ciphertext, Dictionary<string, string> Context);

/// <summary>What a thief makes of a copy of the application's database: ciphertexts from there, and their encryption contexts from CloudTrail, where they stand in clear.</summary>
internal static class StolenVault
{
    /// <summary>At most so many pages of the event history, newest first: the thief wants what is read today.</summary>
    private const int MaxPages = 100;

    /// <summary>The data keys whose context the event history tells.</summary>
    /// <exception cref="SimulatorException">It is no vault, or the history tells nothing.</exception>
    public static async Task<IReadOnlyList<StolenKey>> OpenAsync(
        ReadOnlyDatabase vault, IAmazonCloudTrail cloudTrail, int wanted, CancellationToken cancellationToken)
    {
        var ciphertexts = await ReadAsync(vault, cancellationToken);
        var contexts = new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        string? next = null;
        for (var page = 0; page < MaxPages && contexts.Count < wanted; page++)
        {
            var answer = await cloudTrail.LookupEventsAsync(Request(next), cancellationToken);
            foreach (var context in (answer.Events ?? []).Select(one => ContextOf(one.CloudTrailEvent)).OfType<Dictionary<string, string>>())
            {
                if (ciphertexts.ContainsKey(context["r"]))
                    contexts.TryAdd(context["r"], context);
            }

            if ((next = answer.NextToken) is null)
                break;
        }

        return contexts.Count > 0
            ? [.. contexts.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => new StolenKey(ciphertexts[one.Key], one.Value))]
            : throw new SimulatorException("CloudTrail's event history tells no encryption context of a record in the vault. Is it the database of this lab's CryptoApi?");
    }

    private static LookupEventsRequest Request(string? next) => new()
    {
        LookupAttributes = [new LookupAttribute { AttributeKey = LookupAttributeKey.EventName, AttributeValue = "Encrypt" }],
        MaxResults = 50,
        NextToken = next,
    };

    private static Dictionary<string, string>? ContextOf(string record)
    {
        using var json = JsonDocument.Parse(record);
        return json.RootElement.TryGetProperty("requestParameters", out var parameters) && parameters.ValueKind == JsonValueKind.Object
            && parameters.TryGetProperty("encryptionContext", out var context) && context.TryGetProperty("r", out _)
            ? context.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString() ?? "")
            : null;
    }

    /// <summary>Ciphertexts by record id. The database is somebody else's: it is only read.</summary>
    /// <exception cref="SimulatorException">It can't be read.</exception>
    internal static async Task<Dictionary<string, byte[]>> ReadAsync(ReadOnlyDatabase vault, CancellationToken cancellationToken)
    {
        try
        {
            var rows = await vault.ReadAsync(
                (connection, transaction) => connection.QueryAsync<(byte[] Id, byte[] Wrapped)>(
                    new CommandDefinition(
                        "SELECT record_id, wrapped_key FROM records", transaction: transaction, cancellationToken: cancellationToken)),
                cancellationToken);
            return rows.ToDictionary(row => Convert.ToHexStringLower(row.Id), row => CiphertextOf(row.Wrapped), StringComparer.Ordinal);
        }
        catch (Exception problem)
            when (problem is DbException or IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException)
        {
            throw new SimulatorException(
                $"The vault can't be read: {problem.Message.TrimEnd('.')}. Name the application's own database: "
                + "vault.db in the lab's data directory, or its PostgreSQL.",
                problem);
        }
    }

    /// <summary>A version byte, then the key's ARN and the ciphertext, each behind its length in two bytes (docs/cryptoapi.md, "The stored format").</summary>
    private static byte[] CiphertextOf(ReadOnlySpan<byte> wrapped)
    {
        var rest = wrapped[1..];
        var arn = BinaryPrimitives.ReadUInt16BigEndian(rest);
        return rest[(sizeof(ushort) + arn + sizeof(ushort))..].ToArray();
    }
}
