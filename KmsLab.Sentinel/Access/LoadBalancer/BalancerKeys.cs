using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace KmsLab.Sentinel.Access.LoadBalancer;

/// <summary>The public keys of load balancers, fetched by id from where AWS keeps them and remembered.</summary>
/// <remarks>
/// Anybody can make up ids, and each unknown one is asked for over the network, one after the other. What is known is answered without waiting for that.
/// Ids that turn out to be nobody's are remembered apart from keys, so they push none out, and use up an allowance that comes back by one a second: made-up
/// ids can delay a new key by using it up first, and not keep it out.
/// </remarks>
internal sealed partial class BalancerKeys(IHttpClientFactory http, TimeProvider time, ILogger<BalancerKeys> logger) : IDisposable
{
    /// <summary>The name of the client that fetches them.</summary>
    public const string Client = "load-balancer-keys";

    /// <summary>Ids of nobody that are asked for at once; later ones one by one, each after <see cref="Regain"/>.</summary>
    public const int MaxMissing = 64;

    private const int MaxKeys = 64;
    private const int MaxPem = 4096;

    public static readonly TimeSpan Regain = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Forget = TimeSpan.FromHours(24);
    private static readonly TimeSpan ForgetMissing = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Uri, Known> _keys = [];
    private readonly ConcurrentDictionary<Uri, DateTimeOffset> _missing = [];
    private readonly SemaphoreSlim _turn = new(1, 1);
    private int _allowance = MaxMissing;
    private DateTimeOffset _regainedAt = time.GetUtcNow();

    /// <summary>The key of an id; null if there is none, or it can't be had now.</summary>
    public async Task<ECDsa?> FindAsync(Uri keys, string? keyId, CancellationToken cancellationToken)
    {
        if (keyId is not { Length: > 0 and <= 128 } || !keyId.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            return null; // It becomes part of an address.

        var address = new Uri(keys, keyId);
        if (IsKnown(address, out var known))
            return known;

        await _turn.WaitAsync(cancellationToken);
        try
        {
            return IsKnown(address, out known) ? known : await AskAsync(address, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Whether it was asked for lately.</summary>
    private bool IsKnown(Uri address, out ECDsa? key)
    {
        var now = time.GetUtcNow();
        key = _keys.TryGetValue(address, out var known) && known.Until > now ? known.Key : null;
        return key is not null || (_missing.TryGetValue(address, out var until) && until > now);
    }

    /// <summary>In turn.</summary>
    private async Task<ECDsa?> AskAsync(Uri address, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        Tidy(now);
        if (_allowance == 0)
            return null;

        _allowance--;
        if (await FetchAsync(address, cancellationToken) is not { } key)
        {
            _missing[address] = now + ForgetMissing;
            return null;
        }

        _allowance++;
        if (_keys.Count >= MaxKeys)
            _keys.TryRemove(_keys.MinBy(known => known.Value.Until).Key, out _); // Not disposed: another request may be verifying with it.
        _keys[address] = new(key, now + Forget);
        return key;
    }

    private void Tidy(DateTimeOffset now)
    {
        if (now - _regainedAt >= Regain)
        {
            var regained = (long)((now - _regainedAt) / Regain);
            (_allowance, _regainedAt) = ((int)Math.Min(MaxMissing, _allowance + regained), _regainedAt + (regained * Regain));
        }

        foreach (var (address, _) in _missing.Where(missing => missing.Value <= now).ToList())
            _missing.TryRemove(address, out _);
        foreach (var (address, _) in _keys.Where(known => known.Value.Until <= now).ToList())
            _keys.TryRemove(address, out _);
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

    private sealed record Known(ECDsa Key, DateTimeOffset Until);
}
