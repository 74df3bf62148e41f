using Amazon.CloudTrail;
using Amazon.KeyManagementService;
using Amazon.Runtime;
using KmsLab.AppHost.Data;
using KmsLab.AppHost.Settings;
using KmsLab.CryptoApi;
using KmsLab.LocalAws;
using KmsLab.Sentinel;
using KmsLab.Simulator;
using KmsLab.Tests.EndToEnd;

namespace KmsLab.Tests.InProcess;

/// <summary>
/// The whole lab in the test process, on free ports and SQLite files in a folder of its own: LocalAws, then CryptoApi and Sentinel
/// pointed at it, with the settings that AppHost gives them. They meet over HTTP only, as they do on AWS.
/// </summary>
internal sealed class InProcessLab : RunningLab
{
    private const string OnlookerKeyId = "AKIALABTEST000000000";

    private readonly DataDirectory _data;
    private readonly IReadOnlyList<(string Key, string Value)> _settings;

    // In the order of starting; stopped from the last to the first, so that nobody loses what it still calls.
    private readonly Stack<IAsyncDisposable> _parts = new();

    private InProcessService? _localAws;
    private InProcessService? _cryptoApi;
    private InProcessService? _sentinel;

    private InProcessLab(DataDirectory data, IReadOnlyList<(string Key, string Value)> settings) => (_data, _settings) = (data, settings);

    public override Uri LocalAws => _localAws!.Address;

    public override Uri CryptoApi => _cryptoApi!.Address;

    public override Uri Sentinel => _sentinel!.Address;

    /// <summary>CryptoApi's database.</summary>
    public string Vault => _data.PathOf(LabFiles.Vault);

    /// <summary>The target that scenarios are played against.</summary>
    public LabTarget Target => new(CryptoApi, LocalAws, LabDefaults.Region, $"Data Source={Vault}");

    /// <summary>Makes a client of the lab's KMS; by default that of a test which looks on.</summary>
    public AmazonKeyManagementServiceClient Kms(string accessKeyId = OnlookerKeyId) =>
        new(new BasicAWSCredentials(accessKeyId, "secret"), Configured(new AmazonKeyManagementServiceConfig()));

    /// <summary>Makes a client of the lab's CloudTrail, for a test that looks on.</summary>
    public AmazonCloudTrailClient Trail() =>
        new(new BasicAWSCredentials(OnlookerKeyId, "secret"), Configured(new AmazonCloudTrailConfig()));

    /// <summary>Starts everything and returns when all three answer their health checks.</summary>
    /// <param name="dataDirectory">Holds its state; the next lab goes on from there.</param>
    /// <param name="settings">Options of the services, over the lab's.</param>
    public static async Task<InProcessLab> StartAsync(string dataDirectory, params IReadOnlyList<(string Key, string Value)> settings)
    {
        var lab = new InProcessLab(DataDirectory.Open(dataDirectory), settings);
        try
        {
            await lab.StartPartsAsync();
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out var part))
            await part.DisposeAsync();
        _data.Dispose();
        await base.DisposeAsync();
    }

    private async Task StartPartsAsync()
    {
        _localAws = await StartAsync(LocalAwsSettings, builder => builder.AddLocalAws(), app => app.MapLocalAws());
        _cryptoApi = await StartAsync(CryptoApiSettings, builder => builder.AddCryptoApi(), app => app.MapCryptoApi());
        _sentinel = await StartAsync(SentinelSettings, builder => builder.AddSentinel(), app => app.MapSentinel());
        foreach (var service in new[] { _localAws, _cryptoApi, _sentinel })
            await service.UntilHealthyAsync(Http);
    }

    private async Task<InProcessService> StartAsync(
        Dictionary<string, string?> settings, Action<WebApplicationBuilder> add, Action<WebApplication> map)
    {
        foreach (var (key, value) in _settings)
            settings[key] = value;
        var service = await InProcessService.StartAsync(settings, add, map);
        _parts.Push(service);
        return service;
    }

    private Dictionary<string, string?> LocalAwsSettings => new(LabDefaults.LocalAws)
    {
        ["LocalAws:Url"] = "http://127.0.0.1:0",
        ["LocalAws:DataDirectory"] = _data.Path,
    };

    private Dictionary<string, string?> CryptoApiSettings => new(LabDefaults.CryptoApi.Concat(Aws(LabDefaults.CryptoApiRole)))
    {
        ["CryptoApi:Url"] = "http://127.0.0.1:0",
        ["CryptoApi:Database"] = "Sqlite",
        ["CryptoApi:Attestation:KeyId"] = LabDefaults.AttestationKeyId,
        ["CryptoApi:Attestation:PrivateKeyFile"] = _data.PathOf("attestation.pem"),
        ["CryptoApi:Attestation:CreateKeyFile"] = "true",
        ["CryptoApi:Authentication:Clients:lab-auditor:Name"] = AuditorKey.Client,
        ["CryptoApi:Authentication:Clients:lab-auditor:KeyHash"] = AuditorKey.Hash(_data),
        ["CryptoApi:Audit:Auditors:lab-auditor"] = AuditorKey.Client,
        ["ConnectionStrings:vault"] = $"Data Source={Vault}",
    };

    private Dictionary<string, string?> SentinelSettings => new(LabDefaults.Sentinel.Concat(Aws(LabDefaults.SentinelRole)))
    {
        ["Sentinel:Url"] = "http://127.0.0.1:0",
        ["Sentinel:Database"] = "Sqlite",
        ["Sentinel:HeadInterval"] = "00:00:00.200", // Tests wait for alarms.
        ["Sentinel:Canary:SigningKeyFile"] = _data.PathOf("canary.pem"),
        ["Sentinel:Canary:CreateSigningKeyFile"] = "true",
        [$"Sentinel:Attestation:PublicKeyFiles:{LabDefaults.AttestationKeyId}"] = _data.PathOf("attestation.pem.pub"),
        ["Sentinel:Attestation:AwaitFiles"] = "true",
        ["ConnectionStrings:sentinel"] = $"Data Source={_data.PathOf("sentinel.db")}",
    };

    private Dictionary<string, string?> Aws(LabPrincipal principal) => new()
    {
        ["AWS:Profile"] = null,
        ["AWS:ServiceURL"] = LocalAws.ToString(),
        ["AWS:Region"] = LabDefaults.Region,
        ["AWS:AccessKeyId"] = principal.AccessKeyId,
    };

    private TConfig Configured<TConfig>(TConfig config) where TConfig : ClientConfig
    {
        config.ServiceURL = LocalAws.ToString();
        config.AuthenticationRegion = LabDefaults.Region;
        return config;
    }
}
