using System.Net;
using System.Net.Sockets;

namespace KmsLab.Sentinel.Access;

/// <summary>
/// How many keys an address may try in a minute. Nobody guesses 256 random bits, fast or slow: it keeps the log readable and the database quiet. An IPv6
/// address counts with its /64, which one customer has as a whole.
/// </summary>
/// <remarks>
/// Minutes are queued in the order in which they began, so what is over stands in front, and so does what has to go when there are too many addresses:
/// the oldest is forgotten, and may try again. Somebody with ten thousand addresses is not held up by this; neither is anybody else, by them.
/// </remarks>
internal sealed class LoginLimit(AccessSettings settings, TimeProvider time)
{
    /// <summary>Addresses that are remembered.</summary>
    public const int MaxAddresses = 10_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Attempts> _attempts = [];
    private readonly Queue<(string Key, DateTimeOffset Since)> _order = [];
    private readonly Lock _lock = new();

    /// <summary>Counts an attempt.</summary>
    /// <returns>Null if it may be made; otherwise when the next one may.</returns>
    public TimeSpan? Try(IPAddress? address)
    {
        var (key, now) = (KeyOf(address), time.GetUtcNow());
        lock (_lock)
        {
            Forget(now);
            if (!_attempts.TryGetValue(key, out var attempts))
                attempts = Begin(key, now);
            if (attempts.Count >= settings.Access.LoginsPerMinute)
                return attempts.Since + Window - now;

            _attempts[key] = attempts with { Count = attempts.Count + 1 };
            return null;
        }
    }

    private void Forget(DateTimeOffset now)
    {
        while (_order.TryPeek(out var first) && now - first.Since >= Window)
            _attempts.Remove(_order.Dequeue().Key);
    }

    private Attempts Begin(string key, DateTimeOffset now)
    {
        if (_order.Count >= MaxAddresses)
            _attempts.Remove(_order.Dequeue().Key);
        _order.Enqueue((key, now));
        return new(now, 0);
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
