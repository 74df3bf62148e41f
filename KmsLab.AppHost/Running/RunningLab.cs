using System.Text.Json;
using KmsLab.AppHost.Data;

namespace KmsLab.AppHost.Running;

/// <summary>Addresses of the lab that holds a data directory, told to other programs in a file of the directory.</summary>
/// <param name="Dashboard">Aspire's dashboard.</param>
/// <param name="CryptoApi">The API.</param>
/// <param name="Sentinel">Sentinel's page.</param>
/// <param name="LocalAws">The AWS endpoint; null with a real account.</param>
/// <param name="Simulator">The simulator; null with a real account.</param>
internal sealed record RunningLab(Uri Dashboard, Uri CryptoApi, Uri Sentinel, Uri? LocalAws, Uri? Simulator)
{
    /// <summary>The lab that runs on a data directory; null when none does.</summary>
    public static RunningLab? Of(string directory)
    {
        if (!DataDirectory.IsHeld(directory))
            return null;

        try
        {
            return JsonSerializer.Deserialize<RunningLab>(File.ReadAllText(PathIn(directory)), JsonSerializerOptions.Web);
        }
        catch (Exception absent) when (absent is IOException or JsonException)
        {
            throw new LabException($"the lab that runs on the data directory {directory} has not started yet. "
                + "Try again when it has printed its welcome.", absent)
            {
                Aim = "play the scenario",
            };
        }
    }

    /// <summary>Tells where this lab listens.</summary>
    public void Write(DataDirectory data) =>
        File.WriteAllText(PathIn(data.Path), JsonSerializer.Serialize(this, JsonSerializerOptions.Web));

    /// <summary>Takes it back.</summary>
    public static void Delete(DataDirectory data) => File.Delete(PathIn(data.Path));

    private static string PathIn(string directory) => Path.Combine(directory, LabFiles.Running);
}
