using KmsLab.AppHost.Data;
using KmsLab.AppHost.Settings;

namespace KmsLab.AppHost.Services;

/// <summary>
/// Tells the services where their files lie in the data directory: keys are handed over as files, never in an environment.
/// </summary>
internal static class ServiceFiles
{
    public static IResourceBuilder<ProjectResource> WithLocalAwsFiles(this IResourceBuilder<ProjectResource> service, DataDirectory data) =>
        IsRun(service) ? service.WithEnvironment("LocalAws__DataDirectory", data.Path) : service;

    public static IResourceBuilder<ProjectResource> WithCryptoApiFiles(
        this IResourceBuilder<ProjectResource> service, DataDirectory data) =>
        !IsRun(service)
            ? service
            : service
                .WithEnvironment("CryptoApi__Attestation__KeyId", LabDefaults.AttestationKeyId)
                .WithEnvironment("CryptoApi__Attestation__PrivateKeyFile", data.PathOf(LabFiles.AttestationKey))
                .WithEnvironment("CryptoApi__Attestation__CreateKeyFile", "true")
                // A name for an index: whoever adds clients of their own counts from 0.
                .WithEnvironment("CryptoApi__Authentication__Clients__lab-auditor__Name", AuditorKey.Client)
                .WithEnvironment("CryptoApi__Authentication__Clients__lab-auditor__KeyHash", AuditorKey.Hash(data))
                .WithEnvironment("CryptoApi__Audit__Auditors__lab-auditor", AuditorKey.Client);

    public static IResourceBuilder<ProjectResource> WithSentinelFiles(this IResourceBuilder<ProjectResource> service, DataDirectory data) =>
        !IsRun(service)
            ? service
            : service
                .WithEnvironment("Sentinel__Canary__SigningKeyFile", data.PathOf(LabFiles.CanaryKey))
                .WithEnvironment("Sentinel__Canary__CreateSigningKeyFile", "true")
                .WithEnvironment(
                    $"Sentinel__Attestation__PublicKeyFiles__{LabDefaults.AttestationKeyId}", data.PathOf(LabFiles.AttestationPublicKey))
                // CryptoApi makes it at its first start; a user who gives CryptoApi another key gives Sentinel its public half.
                .WithEnvironment("Sentinel__Attestation__AwaitFiles", "true");

    /// <summary>A deployment has other files.</summary>
    private static bool IsRun(IResourceBuilder<ProjectResource> service) => service.ApplicationBuilder.ExecutionContext.IsRunMode;
}
