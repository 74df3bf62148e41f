using KmsLab.Tests.EndToEnd;
using KmsLab.Tests.LocalAws;

namespace KmsLab.Tests.ServiceDefaults;

/// <summary>Starts a service as a program of its own, with settings on its command line.</summary>
internal static class ServiceProcess
{
    /// <summary>Starts a service.</summary>
    /// <param name="service">Its section, such as <c>CryptoApi</c>.</param>
    /// <param name="address">The address that it listens on.</param>
    /// <param name="settings">More settings, each as <c>Key=VALUE</c>.</param>
    /// <param name="environment">More environment variables.</param>
    public static LabProcess Start(
        string service, Uri address, IEnumerable<string> settings, IReadOnlyDictionary<string, string> environment) =>
        LabProcess.Start(
            [$"--{service}:Url={address}", .. settings.Select(setting => $"--{setting}")],
            environment,
            $"KmsLab.{service}");

    /// <summary>Settings of CryptoApi and Sentinel on SQLite, with a lab's AWS.</summary>
    /// <param name="folder">Holds their databases.</param>
    /// <param name="aws">The AWS endpoint.</param>
    public static string[] Settings(TempFolder folder, string aws) =>
    [
        $"ConnectionStrings:vault=Data Source={folder["vault.db"]}",
        $"ConnectionStrings:sentinel=Data Source={folder["sentinel.db"]}",
        $"AWS:ServiceURL={aws}",
        $"AWS:Region={LocalAwsHost.Region}",
        "AWS:AccessKeyId=AKIALABCRYPTOAPI0000",
        "AWS:SecretAccessKey=secret",
    ];
}
