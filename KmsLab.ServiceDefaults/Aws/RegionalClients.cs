using System.Collections.Concurrent;
using Amazon.Runtime;

namespace KmsLab.ServiceDefaults.Aws;

/// <summary>Clients of one AWS service by Region: the registered one for its own, others made when they are asked for.</summary>
/// <typeparam name="TClient">The client's interface.</typeparam>
/// <param name="home">The registered client.</param>
/// <param name="create">Makes a client for another Region.</param>
public sealed class RegionalClients<TClient>(TClient home, Func<string, TClient> create) : IDisposable where TClient : class, IAmazonService
{
    private readonly ConcurrentDictionary<string, TClient> _others = [];

    /// <summary>The Region of the registered client; null when it is not known, and one client stands for all.</summary>
    public string? Home { get; } = home.Config.RegionEndpoint?.SystemName ?? home.Config.AuthenticationRegion;

    /// <summary>The registered client.</summary>
    public TClient Registered => home;

    /// <summary>The client for a Region.</summary>
    /// <exception cref="AmazonClientException">The text is no Region's name: nothing is called.</exception>
    public TClient Of(string region)
    {
        if (Home is null || region == Home)
            return home;

        return AwsRegion.IsName(region) ? _others.GetOrAdd(region, create) : throw new AmazonClientException($"'{region}' is no name of a Region.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var client in _others.Values)
            (client as IDisposable)?.Dispose();
    }
}
