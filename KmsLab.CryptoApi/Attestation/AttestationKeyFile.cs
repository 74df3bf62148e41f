using KmsLab.CloudTrail.Attestation;

namespace KmsLab.CryptoApi.Attestation;

/// <summary>Where the private key comes from.</summary>
internal static class AttestationKeyFile
{
    /// <summary>The private key in PEM; null when none is configured.</summary>
    /// <exception cref="InvalidOperationException">The file can't be read or made; the message says what to change.</exception>
    public static string? Read(AttestationOptions options)
    {
        if (!string.IsNullOrWhiteSpace(options.PrivateKey))
            return options.PrivateKey;
        if (string.IsNullOrWhiteSpace(options.PrivateKeyFile))
            return null;

        try
        {
            return options.CreateKeyFile && !File.Exists(options.PrivateKeyFile) ? Create(options.PrivateKeyFile) : File.ReadAllText(options.PrivateKeyFile);
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(
                $"CryptoApi:Attestation:PrivateKeyFile {options.PrivateKeyFile} can't be used ({unusable.Message.TrimEnd('.')}). Name a file that can.", unusable);
        }
    }

    private static string Create(string path)
    {
        var (privatePem, publicPem) = AttestationKeys.Create();
        var owned = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            owned.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        using (var writer = new StreamWriter(path, owned))
            writer.Write(privatePem);
        File.WriteAllText(path + ".pub", publicPem);
        return privatePem;
    }
}
