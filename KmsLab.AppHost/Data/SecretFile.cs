namespace KmsLab.AppHost.Data;

/// <summary>
/// A secret in a file that its owner alone can read.
/// None stands in an environment or in arguments, where the dashboard would show it.
/// </summary>
internal static class SecretFile
{
    /// <summary>Reads the secret; makes it when there is none yet.</summary>
    /// <param name="path">The file.</param>
    /// <param name="create">Makes a secret.</param>
    /// <exception cref="LabException">The file can't be read or made.</exception>
    public static string ReadOrCreate(string path, Func<string> create)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).Trim() : Create(path, create());
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            throw new LabException($"{path} can't be used ({unusable.Message.TrimEnd('.')}). "
                + "Make it readable, or choose another data directory with --data DIR.", unusable);
        }
    }

    private static string Create(string path, string secret)
    {
        var owned = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            owned.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, owned);
        writer.Write(secret);
        return secret;
    }
}
