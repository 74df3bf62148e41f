using KmsLab.ServiceDefaults.ApiKeys;
using Microsoft.Extensions.Options;

namespace KmsLab.Sentinel.Access;

/// <summary>Who may look, as the configuration says now: a key that is removed from a file loses its sessions without a restart.</summary>
internal sealed class AccessSettings(IOptionsMonitor<SentinelOptions> monitor)
{
    private volatile SentinelOptions? _valid;

    public AccessOptions Access => Current.Access;

    public IReadOnlyList<ApiClientOptions> Keys => [.. Current.Api.Keys];

    public bool OpenOnLoopback => Current.Api.OpenOnLoopback;

    public bool HasKeys => Current.Api.Keys.Count > 0;

    public bool HasLoadBalancer => Access.LoadBalancer.IsConfigured;

    /// <summary>What was valid last: a mistake in a file must not take the service down, health checks included, while it runs.</summary>
    private SentinelOptions Current
    {
        get
        {
            try
            {
                return _valid = monitor.CurrentValue;
            }
            catch (OptionsValidationException) when (_valid is not null)
            {
                return _valid;
            }
        }
    }
}
