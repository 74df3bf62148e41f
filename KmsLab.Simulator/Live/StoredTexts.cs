using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Live;

/// <summary>The texts that a run stored, by the plan's numbers: their names, and the Keys that only whoever stored them has.</summary>
internal sealed class StoredTexts(ApiClients clients, string run)
{
    private const int KeySize = 32;

    private readonly Dictionary<int, string> _keys = [];

    public int Count => _keys.Count;

    /// <summary>Stores one. Its text says what it is, for whoever finds it in the database's backup.</summary>
    public async Task StoreAsync(ApiClient client, int record, CancellationToken cancellationToken) =>
        _keys[record] = await clients.StoreAsync(client, NameOf(record), string.Create(CultureInfo.InvariantCulture, $"The simulator's text {record}."), cancellationToken);

    /// <summary>Reads one.</summary>
    /// <returns>Whether it was given, or refused where it should be.</returns>
    public async Task<bool> ReadAsync(ApiClient client, ReadText read, CancellationToken cancellationToken)
    {
        var key = read.WithWrongKey ? Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeySize)) : _keys[read.Record];
        return await clients.ReadAsync(client, NameOf(read.Record), key, cancellationToken) != read.WithWrongKey;
    }

    public bool Has(int record) => _keys.ContainsKey(record);

    private string NameOf(int record) => string.Create(CultureInfo.InvariantCulture, $"simulator/{run}/{record}");
}
