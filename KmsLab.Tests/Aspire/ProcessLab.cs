using KmsLab.Tests.EndToEnd;

namespace KmsLab.Tests.Aspire;

/// <summary>The Aspire application as users have it, on ports that are free.</summary>
internal sealed class ProcessLab : RunningLab
{
    private const string Started = "Ctrl-C stops the lab.";

    private readonly Dictionary<string, Uri> _addresses;

    private ProcessLab(LabProcess process, Dictionary<string, Uri> addresses) => (Process, _addresses) = (process, addresses);

    /// <summary>AppHost.</summary>
    public LabProcess Process { get; }

    public override Uri LocalAws => _addresses["LocalAws:Url"];

    public override Uri CryptoApi => _addresses["CryptoApi:Url"];

    public override Uri Sentinel => _addresses["Sentinel:Url"];

    /// <summary>Starts it, and returns when it says that it runs.</summary>
    /// <param name="data">The data directory.</param>
    /// <param name="database">The database's name on the command line.</param>
    /// <param name="environment">Variables over those of the test run.</param>
    public static async Task<ProcessLab> StartAsync(
        TempFolder data, string database, IReadOnlyDictionary<string, string>? environment = null)
    {
        var addresses = FreeAddresses();
        var lab = new ProcessLab(LabProcess.Start(Arguments(data, database, addresses), environment), addresses);
        try
        {
            await lab.Process.WaitForAsync(Started);
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>The command line of a lab on free ports and SQLite.</summary>
    public static string[] Arguments(TempFolder data) => Arguments(data, "sqlite", FreeAddresses());

    /// <summary>Ends it by a signal, and makes sure that it ends well.</summary>
    public async Task StopAsync(string signal = "TERM")
    {
        Process.Signal(signal);
        (await Process.WaitForExitAsync()).ShouldBe(0, Process.Output);
    }

    public override async ValueTask DisposeAsync()
    {
        Process.Dispose();
        await base.DisposeAsync();
    }

    private static string[] Arguments(TempFolder data, string database, Dictionary<string, Uri> addresses) =>
    [
        "--data", data.Path,
        $"--Lab:Database={database}",
        .. addresses.Select(address => $"--{address.Key}={address.Value}"),
    ];

    private static Dictionary<string, Uri> FreeAddresses()
    {
        string[] keys = ["CryptoApi:Url", "Lab:DashboardUrl", "LocalAws:Url", "Sentinel:Url", "Simulator:Url"];
        return keys.ToDictionary(key => key, _ => new Uri($"http://127.0.0.1:{LabProcess.FreePort()}"));
    }
}
