using KmsLab.AppHost.Settings;
using Microsoft.Extensions.Configuration;

namespace KmsLab.AppHost.Services;

/// <summary>Looks whether every program can listen where it is told to, before any is started.</summary>
internal static class Ports
{
    private static readonly (string What, string Key)[] All =
    [
        ("the dashboard", "Lab:DashboardUrl"),
        ("LocalAws", "LocalAws:Url"),
        ("CryptoApi", "CryptoApi:Url"),
        ("Sentinel", "Sentinel:Url"),
        ("Simulator", "Simulator:Url"),
    ];

    /// <exception cref="LabException">A port is taken.</exception>
    public static void Check(IDistributedApplicationBuilder builder, LabSettings settings)
    {
        if (builder.Configuration.GetValue<bool>("DcpPublisher:RandomizePorts"))
            return;

        var inLab = settings.Mode != LabMode.Aws;
        foreach (var (what, key) in All.Where(one => inLab || one.What is not ("LocalAws" or "Simulator")))
            FreePorts.Check(what, settings.Url(key), key);
    }
}
