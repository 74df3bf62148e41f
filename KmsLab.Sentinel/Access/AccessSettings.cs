using KmsLab.ServiceDefaults.ApiKeys;
using Microsoft.Extensions.Options;

namespace KmsLab.Sentinel.Access;

/// <summary>Who may look, as the configuration says now: a key that is removed from a file loses its sessions without a restart.</summary>
/// <param name="read">Reads the sections as they are now; a mistake in them throws.</param>
internal sealed class AccessSettings(Func<(AccessOptions Access, ApiOptions Api)> read)
{
    private volatile Tuple<AccessOptions, ApiOptions>? _valid;

    public AccessOptions Access => Current.Item1;

    public IReadOnlyList<ApiClientOptions> Keys => [.. Current.Item2.Keys];

    public bool OpenOnLoopback => Current.Item2.OpenOnLoopback;

    public bool HasKeys => Current.Item2.Keys.Count > 0;

    public bool HasLoadBalancer => Access.LoadBalancer.IsConfigured;

    /// <summary>What was valid last: a mistake in a file must not take the service down, health checks included, while it runs.</summary>
    private Tuple<AccessOptions, ApiOptions> Current
    {
        get
        {
            try
            {
                var (access, api) = read();
                return _valid = Tuple.Create(access, api);
            }
            catch (OptionsValidationException) when (_valid is not null)
            {
                return _valid;
            }
        }
    }
}
