using System.Collections.Frozen;

namespace KmsLab.LocalAws.Wire;

/// <summary>The services of the endpoint, found as AWS's front door finds them: by the scope that a call is signed for.</summary>
internal sealed class ServiceCatalog(IEnumerable<AwsService> services)
{
    private readonly FrozenDictionary<string, AwsService> _bySigningName = services.Where(Speaks).ToFrozenDictionary(service => service.SigningName, StringComparer.Ordinal);

    /// <summary>The service that a call is signed for; null when it isn't served here.</summary>
    public AwsService? Find(string signingName) => _bySigningName.GetValueOrDefault(signingName);

    /// <summary>The operation that a message asks a service for.</summary>
    /// <exception cref="AwsException">The service has no such operation, or doesn't speak the protocol.</exception>
    public static Operation FindOperation(AwsService service, in WireMessage message)
    {
        var spoken = message.Target is { } target ? service.IsTarget(target) : service.XmlNamespace is not null;
        if (!spoken)
            throw new AwsException("UnknownOperationException", $"{service.SigningName} has no such operation in this protocol.") { QueryCode = "InvalidAction" };

        return service.Find(message.Operation);
    }

    /// <summary>The service that a call without credentials may ask; null where there is none.</summary>
    public AwsService? FindAnonymous(in WireMessage message)
    {
        foreach (var service in _bySigningName.Values)
        {
            if (message.Target is null && service.XmlNamespace is not null && service.IsAnonymous(message.Operation))
                return service;
        }

        return null;
    }

    // S3 has a front door of its own; what comes here of it (control operations) isn't served.
    private static bool Speaks(AwsService service) => service.TargetPrefix.Length > 0 || service.XmlNamespace is not null;

    /// <summary>Whether a target is that of a service here.</summary>
    public bool Serves(string target) => _bySigningName.Values.Any(service => service.IsTarget(target));
}
