using System.Collections.Concurrent;
using Amazon.Runtime;
using Microsoft.Extensions.DependencyInjection;

namespace KmsLab.ServiceDefaults.Aws;

/// <summary>Gives clients of one AWS service for other Regions than the configured one, each made once; credentials and endpoint are as configured.</summary>
/// <typeparam name="TClient">The client's interface, such as <c>IAmazonCloudTrail</c>.</typeparam>
public sealed class RegionalClients<TClient> : IAsyncDisposable where TClient : class, IAmazonService
{
    private readonly ConcurrentDictionary<string, Lazy<ServiceProvider>> _regions = new(StringComparer.Ordinal);
    private readonly Func<string, ServiceProvider> _create;

    internal RegionalClients(Func<string, ServiceProvider> create) => _create = create;

    /// <summary>The client of a Region, such as <c>us-east-1</c>.</summary>
    public TClient For(string region) =>
        _regions.GetOrAdd(region, name => new(() => _create(name))).Value.GetRequiredService<TClient>();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var region in _regions.Values.Where(region => region.IsValueCreated))
            await region.Value.DisposeAsync();
    }
}
