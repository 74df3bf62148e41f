using System.Collections.Concurrent;
using System.Text;
using Amazon.CloudTrail;
using Amazon.CloudTrail.Model;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Aws;

namespace KmsLab.Sentinel.Sources;

/// <summary>The one door to LookupEvents: whoever reads the event history shares its quota, 2 calls a second for an account and Region.</summary>
/// <remarks>https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html</remarks>
internal sealed class EventHistory(RegionalClients<IAmazonCloudTrail> clients, TimeProvider time) : IDisposable
{
    /// <summary>The name of its records' source.</summary>
    public const string Name = "event-history";

    private const int CallsASecond = 2;

    private readonly ConcurrentDictionary<string, CallPacer> _pacers = new(StringComparer.Ordinal);

    /// <summary>The Region that Sentinel calls; null where only the endpoint is known.</summary>
    public string? HomeRegion { get; } = clients.Home;

    /// <summary>Asks the home Region.</summary>
    public Task<LookupEventsResponse> LookupAsync(LookupEventsRequest request, CancellationToken cancellationToken) => LookupAsync(request, HomeRegion, cancellationToken);

    /// <summary>Asks a Region; null is the home Region.</summary>
    public async Task<LookupEventsResponse> LookupAsync(LookupEventsRequest request, string? region, CancellationToken cancellationToken)
    {
        await _pacers.GetOrAdd(region ?? "", _ => new CallPacer(CallsASecond, time)).WaitAsync(cancellationToken);
        var client = region is null ? clients.Registered : clients.Of(region);
        return await client.LookupEventsAsync(request, cancellationToken);
    }

    /// <summary>A looked-up event as sources hand it on.</summary>
    public static SourceEvent EventOf(Event item) => new(Encoding.UTF8.GetBytes(item.CloudTrailEvent ?? ""), item.EventId ?? "");

    public void Dispose()
    {
        foreach (var pacer in _pacers.Values)
            pacer.Dispose();
    }
}
