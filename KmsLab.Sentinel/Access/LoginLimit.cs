using System.Net;
using System.Net.Sockets;

namespace KmsLab.Sentinel.Access;

/// <summary>
/// How many keys an address may try in a minute. Nobody guesses 256 random bits, fast or slow: it keeps the log readable and the database quiet. An IPv6
/// address counts with its /64, which one customer has as a whole.
/// </summary>
internal sealed class LoginLimit(AccessSettings settings, TimeProvider time)
{
    private const int MaxAddresses = 10_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Attempts> _attempts = [];
    private readonly Lock _lock = new();

    /// <summary>Counts an attempt.</summary>
    /// <returns>Null if it may be made; otherwise when the next one may.</returns>
    public TimeSpan? Try(IPAddress? address)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            if (_attempts.Count >= MaxAddresses)
                Prune(now);
            var key = KeyOf(address);
            var current = _attempts.TryGetValue(key, out var attempts) && now - attempts.Since < Window ? attempts : new(now, 0);
            if (current.Count >= settings.Access.LoginsPerMinute || _attempts.Count >= MaxAddresses)
                return current.Since + Window - now;

            _attempts[key] = current with { Count = current.Count + 1 };
            return null;
        }
    }

    private void Prune(DateTimeOffset now)
    {
        foreach (var (key, attempts) in _attempts.ToList())
        {
            if (now - attempts.Since >= Window)
                _attempts.Remove(key);
        }
    }

    private static string KeyOf(IPAddress? address) => address switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)),
        _ => address.ToString(),
    };

    private readonly record struct Attempts(DateTimeOffset Since, int Count);
}
