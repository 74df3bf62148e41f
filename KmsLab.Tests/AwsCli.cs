using System.Diagnostics;
using System.Text.Json.Nodes;

namespace KmsLab.Tests;

/// <summary>The <c>aws</c> command line as a client: every one on PATH and Debian's, since an old and a new one speak different protocols.</summary>
internal sealed class AwsCli(string path, Uri endpoint, string accessKeyId = "lab")
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The commands found, each a different program.</summary>
    public static TheoryData<string> Paths
    {
        get
        {
            var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/bin");
            var found = folders.Select(folder => Path.Combine(folder, "aws")).Where(File.Exists)
                .Select(path => new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path)
                .Where(path => !path.StartsWith("/bin/", StringComparison.Ordinal))
                .Distinct().DefaultIfEmpty("");
            return [.. found];
        }
    }

    /// <summary>Skips the test where there is no command; in strict mode it fails.</summary>
    public static void Require(string path) => Strict.Require(path.Length > 0, "the aws CLI is not on PATH (Debian: apt-get install awscli)");

    /// <summary>Runs a command that must succeed, and reads its JSON output (null when it prints nothing).</summary>
    public async Task<JsonNode?> RunAsync(params string[] arguments)
    {
        var (exitCode, output, error) = await TryAsync(arguments);
        exitCode.ShouldBe(0, $"aws {string.Join(' ', arguments)}: {error}");
        return output.Length == 0 ? null : JsonNode.Parse(output);
    }

    /// <summary>Runs a command that must fail, and returns what it says.</summary>
    public async Task<string> FailAsync(params string[] arguments)
    {
        var (exitCode, output, error) = await TryAsync(arguments);
        exitCode.ShouldNotBe(0, $"aws {string.Join(' ', arguments)} succeeded: {output}");
        return error;
    }

    /// <summary>Runs a command that must succeed, and returns the text that it prints.</summary>
    public async Task<string> RunTextAsync(params string[] arguments)
    {
        var (exitCode, output, error) = await TryAsync(arguments);
        exitCode.ShouldBe(0, $"aws {string.Join(' ', arguments)}: {error} {output}");
        return output;
    }

    /// <summary>Runs a command, and returns all that it prints, whether it succeeds or not.</summary>
    public async Task<string> TextAsync(params string[] arguments)
    {
        var (_, output, error) = await TryAsync(arguments);
        return $"{output}\n{error}";
    }

    private async Task<(int ExitCode, string Output, string Error)> TryAsync(string[] arguments)
    {
        var start = new ProcessStartInfo(path, ["--endpoint-url", endpoint.ToString(), "--output", "json", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("AWS_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        // Some commands make further clients, which the option doesn't reach.
        start.Environment["AWS_ENDPOINT_URL"] = endpoint.ToString();
        start.Environment["AWS_ACCESS_KEY_ID"] = accessKeyId;
        start.Environment["AWS_SECRET_ACCESS_KEY"] = "lab";
        start.Environment["AWS_DEFAULT_REGION"] = "us-east-1";
        start.Environment["AWS_CONFIG_FILE"] = start.Environment["AWS_SHARED_CREDENTIALS_FILE"] = "/nonexistent";
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment["AWS_PAGER"] = "";
        start.Environment["NO_PROXY"] = "*";

        using var process = Process.Start(start)!;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var error = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        return (process.ExitCode, (await output).Trim(), (await error).Trim());
    }
}
