using System.Net;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections.Trust;

/// <summary>Tells whether credentials were used where a set says that they are used.</summary>
internal static class Places
{
    /// <summary>Where a call came from, if that is outside; services that call on somebody's behalf have no address, and where nothing is configured anywhere is inside.</summary>
    public static string? Outside(Observation observation, ProtectedSet set)
    {
        var record = observation.Record;
        if (record.Identity.InvokedBy is not null || set.Addresses.Length + set.VpcEndpoints.Length == 0)
            return null;
        // Through an endpoint the address is one of its VPC, and private addresses are the same everywhere: where endpoints are named, the endpoint alone tells.
        if (record.VpcEndpointId is { } endpoint && set.VpcEndpoints.Length > 0)
            return set.VpcEndpoints.Contains(endpoint) ? null : $"{record.SourceIpAddress} through {endpoint}";
        if (!IPAddress.TryParse(record.SourceIpAddress, out var address) || set.Addresses.Any(range => Holds(range, address)))
            return null;

        return $"{address}{(record.VpcEndpointId is { } through ? $" through {through}" : "")}";
    }

    private static bool Holds(string range, IPAddress address) =>
        IPNetwork.TryParse(range, out var network) ? network.Contains(address) : IPAddress.TryParse(range, out var one) && one.Equals(address);
}
