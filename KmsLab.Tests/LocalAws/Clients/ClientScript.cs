using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace KmsLab.Tests.LocalAws.Clients;

/// <summary>A script that drives AWS's clients of another language. It gets the table of calls, and tells of each of its checks in a line of JSON.</summary>
internal sealed class ClientScript(string interpreter, string script)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The folder of a language's scripts, where they lie in the repository.</summary>
    public static string Folder(string language, [CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", language));

    /// <summary>Runs all checks of a service.</summary>
    /// <returns>How many there were, and what each that failed says.</returns>
    public async Task<(int Count, List<string> Failures)> RunAsync(string service, Uri endpoint)
    {
        var start = new ProcessStartInfo(interpreter, [script, service, endpoint.ToString().TrimEnd('/')])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(script)!,
        };
        // No setting or proxy of this machine's user may turn the client elsewhere.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("AWS_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["AWS_CONFIG_FILE"] = start.Environment["AWS_SHARED_CREDENTIALS_FILE"] = "/nonexistent";
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment["NO_PROXY"] = "*";

        using var process = Process.Start(start)!;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var error = process.StandardError.ReadToEndAsync(deadline.Token);
            // A script that ends early, be it over an import, leaves its input unread.
            await WriteAsync(process, CallTable.Text());
            await process.WaitForExitAsync(deadline.Token);
            process.ExitCode.ShouldBe(0, await error);
            return Read(await output);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static async Task WriteAsync(Process process, string text)
    {
        try
        {
            await process.StandardInput.WriteAsync(text);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // Its exit code tells.
        }
    }

    private static (int, List<string>) Read(string output)
    {
        var checks = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        return (checks.Count, [.. checks.Where(check => check["error"] is not null).Select(check => $"{check["check"]}: {check["error"]}")]);
    }
}
