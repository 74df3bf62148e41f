using System.ComponentModel;
using System.Diagnostics;

namespace KmsLab.AppHost.Databases;

/// <summary>Looks for a container runtime the way Aspire does: the one named in the environment, or Docker, or Podman.</summary>
internal static class ContainerRuntime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly Lazy<bool> Found = new(() => Candidates().Any(Answers));

    public static bool IsRunning => Found.Value;

    private static IEnumerable<string> Candidates() =>
        (Environment.GetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME")
            ?? Environment.GetEnvironmentVariable("DOTNET_ASPIRE_CONTAINER_RUNTIME")) is { Length: > 0 } name
            ? [name]
            : ["docker", "podman"];

    /// <summary>A client without its daemon answers with an error, or not at all.</summary>
    private static bool Answers(string runtime)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(runtime, "info")
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            if (process.WaitForExit(Patience))
                return process.ExitCode == 0;

            process.Kill(entireProcessTree: true);
            return false;
        }
        catch (Exception absent) when (absent is Win32Exception or InvalidOperationException)
        {
            return false;
        }
    }
}
