namespace KmsLab.Tests.LocalAws.Clients;

/// <summary>
/// AWS's own client libraries against LocalAws: the JavaScript SDK v3 and the AWS Encryption SDK on Node, and botocore of every aws CLI that is installed.
/// Each makes every call of the table; the JavaScript SDK's paginators and waiters run as well.
/// </summary>
public sealed class ClientLibraryTests(ITestOutputHelper output)
{
    private static readonly string[] Services = ["kms", "logs", "cloudtrail", "cloudwatch", "s3", "sns", "sqs", "sts"];

    public static TheoryData<string> JavaScript => [.. Services, "encryption"];

    public static TheoryData<string, string> Python
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var interpreter in AwsCli.Paths.Select(path => Interpreter(path.Data)).Distinct())
            {
                foreach (var service in Services)
                    data.Add(interpreter, service);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(JavaScript))]
    public async Task JavaScript_SDK_is_served(string service)
    {
        var folder = ClientScript.Folder("JavaScript");
        var node = Find("node");
        Strict.Require(node is not null, "Node is not on PATH (Debian: apt-get install nodejs)");
        Strict.Require(Directory.Exists(Path.Combine(folder, "node_modules")), $"AWS's JavaScript clients are not installed (npm ci --prefix {folder})");

        await RunAsync(new(node!, Path.Combine(folder, "check.js")), service);
    }

    [Theory]
    [MemberData(nameof(Python))]
    public async Task Botocore_is_served(string interpreter, string service)
    {
        Strict.Require(interpreter.Length > 0, "no aws CLI in Python is installed (Debian: apt-get install awscli)");

        await RunAsync(new(interpreter, Path.Combine(ClientScript.Folder("Python"), "check.py")), service);
    }

    private async Task RunAsync(ClientScript script, string service)
    {
        // Of its own, since the checks count what is there.
        await using var aws = await LocalAwsHost.StartAsync([("LocalAws:Trail:Name", "")]);

        var (count, failures) = await script.RunAsync(service, new(aws.Url));

        output.WriteLine($"{count} checks of {service}");
        count.ShouldBeGreaterThan(0);
        failures.ShouldBeEmpty();
    }

    /// <summary>The Python that runs an aws command: as its first line says, or the one beside it where it is a wrapper.</summary>
    private static string Interpreter(string aws)
    {
        if (aws.Length == 0)
            return "";
        using var reader = new StreamReader(aws);
        Span<char> start = stackalloc char[256];
        var line = start[..reader.ReadBlock(start)].ToString().Split('\n')[0];
        if (line.StartsWith("#!", StringComparison.Ordinal) && line.Contains("python", StringComparison.Ordinal))
            return line[2..].Trim().Split(' ')[0];
        var beside = Path.Combine(Path.GetDirectoryName(aws)!, "python3");
        return File.Exists(beside) ? beside : "";
    }

    private static string? Find(string command) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, command)).FirstOrDefault(File.Exists);
}
