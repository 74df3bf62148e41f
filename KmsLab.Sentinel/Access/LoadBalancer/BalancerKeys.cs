using System.Security.Cryptography;

namespace KmsLab.Sentinel.Access.LoadBalancer;

/// <summary>The public keys of load balancers, fetched by id from where AWS keeps them and remembered.</summary>
/// <remarks>
/// Anybody can make up ids, and each unknown one is asked for over the network: so answers are remembered, also that there is none, and no more than
/// <see cref="MaxKeys"/> are asked for within <see cref="Forget"/>.
/// </remarks>
internal sealed partial class BalancerKeys(IHttpClientFactory http, TimeProvider time, ILogger<BalancerKeys> logger) : IDisposable
{
    /// <summary>The name of the client that fetches them.</summary>
    public const string Client = "load-balancer-keys";

    private const int MaxKeys = 64;
    private const int MaxPem = 4096;

    private static readonly TimeSpan Forget = TimeSpan.FromHours(24);
    private static readonly TimeSpan ForgetMissing = TimeSpan.FromMinutes(1);

    private readonly Dictionary<Uri, Answer> _answers = [];
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>The key of an id; null if there is none, or it can't be had now.</summary>
    public async Task<ECDsa?> FindAsync(Uri keys, string? keyId, CancellationToken cancellationToken)
    {
        if (keyId is not { Length: > 0 and <= 128 } || !keyId.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            return null; // It becomes part of an address.

        var address = new Uri(keys, keyId);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await FindAsync(address, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<ECDsa?> FindAsync(Uri address, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_answers.TryGetValue(address, out var known) && known.Until > now)
            return known.Key;

        foreach (var (old, answer) in _answers.ToList())
        {
            if (answer.Until <= now)
                _answers.Remove(old); // Not disposed: another request may be verifying with it.
        }

        if (_answers.Count >= MaxKeys)
            return null;

        var key = await FetchAsync(address, cancellationToken);
        _answers[address] = new(key, now + (key is null ? ForgetMissing : Forget));
        return key;
    }

    private async Task<ECDsa?> FetchAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var client = http.CreateClient(Client);
            var pem = await client.GetStringAsync(address, cancellationToken);
            return Import(pem);
        }
        catch (Exception failed) when (failed is HttpRequestException or InvalidDataException or Polly.ExecutionRejectedException || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogNoKey(logger, address.Host, failed.GetType().Name);
            return null;
        }
    }

    private static ECDsa Import(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            if (pem.Length > MaxPem)
                throw new InvalidDataException("No PEM of a public key is as long.");
            key.ImportFromPem(pem);
            return key.KeySize == 256 ? key : throw new InvalidDataException("The key is not of P-256.");
        }
        catch (Exception wrong) when (wrong is ArgumentException or CryptographicException or InvalidDataException)
        {
            key.Dispose();
            throw new InvalidDataException("The answer is no public key.", wrong);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Host} has given no public key for a load balancer's signature: {Problem}")]
    private static partial void LogNoKey(ILogger logger, string host, string problem);

    private sealed record Answer(ECDsa? Key, DateTimeOffset Until);
}
