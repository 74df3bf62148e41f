using System.Security.Cryptography;

namespace KmsLab.AppHost;

/// <summary>What the lab on Aspire keeps on disk: LocalAws' state, the attestation key pair, and SQLite files where there is no Postgres.</summary>
internal sealed class LabFiles
{
    private LabFiles(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>CryptoApi's database, where it is SQLite.</summary>
    public string VaultConnectionString => $"Data Source={PathOf("vault.db")}";

    /// <summary>Not the embedded lab's folder, which one process owns.</summary>
    public static LabFiles Open()
    {
        var folder = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "KmsLab-Aspire");
        Directory.CreateDirectory(folder);
        return new(folder);
    }

    /// <summary>The private key that signs CryptoApi's calls, in PEM; made when it is first asked for, the same from then on.</summary>
    public string AttestationKey()
    {
        var path = PathOf("attestation.pem");
        if (File.Exists(path))
            return File.ReadAllText(path);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = key.ExportPkcs8PrivateKeyPem();
        var owned = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            owned.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, owned);
        writer.Write(pem);
        return pem;
    }

    /// <summary>The public key that Sentinel verifies with.</summary>
    public string AttestationPublicKey()
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(AttestationKey());
        return key.ExportSubjectPublicKeyInfoPem();
    }

    public void UseSqlite(IResourceBuilder<ProjectResource> cryptoApi, IResourceBuilder<ProjectResource> sentinel)
    {
        cryptoApi.WithEnvironment("CryptoApi__Database", "Sqlite").WithEnvironment("ConnectionStrings__vault", VaultConnectionString);
        sentinel.WithEnvironment("Sentinel__Database", "Sqlite").WithEnvironment("ConnectionStrings__sentinel", $"Data Source={PathOf("sentinel.db")}");
    }

    public string PathOf(string file) => Path.Combine(Folder, file);
}
