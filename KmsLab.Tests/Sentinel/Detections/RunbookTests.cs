using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;
using KmsLab.Tests.LocalAws;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>Every command of every runbook, filled in with friendly and with hostile values, is one that a shell and the aws CLI take.</summary>
public sealed partial class RunbookTests
{
    private const string Friendly = "value-1";

    private static readonly string[] OfEvidence =
    [
        "observed", "threshold", "total", "window", "first", "last", "expected", "basis", "principal", "role", "user", "key", "operation",
        "error", "address", "session", "accessKey", "requestId", "eventId", "detail",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Ids => [.. DetectionCatalog.BuiltIn.Select(definition => definition.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Template_has_no_placeholder_between_quotes(string id)
    {
        foreach (var command in Find(id).Runbook.Where(Wording.IsCommand))
        {
            var quote = '\0';
            for (var at = 0; at < command.Length; at++)
            {
                if (quote == '\0' ? command[at] is '\'' or '"' : command[at] == quote)
                    quote = quote == '\0' ? command[at] : '\0';
                else if (quote != '\0' && Placeholder().Match(command, at) is { Success: true } match && match.Index == at)
                    Assert.Fail($"{id}: {match.Value} stands between quotes in {command}");
            }

            quote.ShouldBe('\0', $"{id}: unbalanced quotes in {command}");
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Template_names_only_what_an_alarm_may_know(string id)
    {
        var definition = Find(id);
        foreach (Match match in Placeholder().Matches(string.Join('\n', definition.Runbook.Prepend(definition.Why))))
            OfEvidence.Concat(Members).ShouldContain(match.Groups[1].Value, $"in {id}");
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Commands_filled_in_are_shell_commands_whatever_the_values(string id)
    {
        var filled = Variants().SelectMany(alarm => AlarmText.Runbook(alarm, Find(id))).Where(Wording.IsCommand).Distinct().ToList();
        filled.ShouldAllBe(command => !Placeholder().IsMatch(command));

        var (exitCode, output) = await ShellAsync(["-n"], string.Join('\n', filled));
        exitCode.ShouldBe(0, output);
    }

    [Fact]
    public async Task Hostile_values_stay_one_word_each()
    {
        using var folder = new TempFolder();
        var owned = folder["owned"];
        var hostile = $"x'; touch {owned}; $(touch {owned}) `touch {owned}` \"\\ #";
        var commands = Commands(Variants(hostile));
        var words = string.Join('\n', commands.Select(command => command.Replace("$(date", "$(echo", StringComparison.Ordinal)));

        var (exitCode, output) = await ShellAsync([], $"aws() {{ for word in \"$@\"; do printf '<%s>' \"$word\"; done; printf '\\n'; }}\n{words}");

        File.Exists(owned).ShouldBeFalse(output);
        exitCode.ShouldBe(0, output);
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(commands.Count);
        output.ShouldContain($"<{hostile}>");
    }

    /// <summary>One CLI: each command starts it anew, which takes half a second of processor time.</summary>
    [Fact]
    public async Task Commands_filled_in_are_ones_that_the_aws_CLI_takes()
    {
        var path = AwsCli.Paths.First().Data;
        AwsCli.Require(path);
        var commands = Commands(Variants());
        commands.Count.ShouldBeGreaterThan(20);
        using var folder = new TempFolder();
        foreach (var file in (string[])["attestation.pem", "key-policy.json"])
            await File.WriteAllTextAsync(folder[file], "{}", Cancellation);

        // What LocalAws has, it answers; the rest it refuses as a service does. What the CLI itself does not take never gets there.
        await using var aws = await LocalAwsHost.StartAsync();
        var script = string.Join('\n', commands.Select((command, line) => $"echo line {line}; {command} --endpoint-url {aws.Url} 2>&1 | head -c 2000; echo"));
        var (_, output) = await ShellAsync([], $"cd '{folder.Path}'\naws() {{ '{path}' \"$@\"; }}\n{script}");

        var failed = ((string[])["usage: aws", "Parameter validation failed", "Invalid choice", "Unknown options", "expected one argument", "Error parsing parameter", "arguments are required", "Unable to locate credentials"])
            .Where(complaint => output.Contains(complaint, StringComparison.Ordinal));
        failed.ShouldBeEmpty(output);
    }

    [Theory]
    [InlineData("arn:aws:iam::000000000000:role/path/app", "--role-name app", "--user-name")]
    [InlineData("arn:aws:iam::000000000000:user/alice", "--user-name alice", "--role-name")]
    [InlineData("unknown", "AttributeKey=AccessKeyId", "-name ")]
    public void Command_that_needs_something_unknown_is_left_out(string principal, string there, string notThere)
    {
        var commands = AlarmText.Runbook(AlarmOf(principal), UnattestedCall.Definition).Where(Wording.IsCommand).ToList();

        commands.ShouldContain(command => command.Contains(there));
        commands.ShouldAllBe(command => !command.Contains(notThere));
    }

    [Fact]
    public void Sessions_are_revoked_and_principals_quarantined_by_policies_that_are_valid_JSON()
    {
        foreach (var command in Reactions.StopPrincipal.Where(Wording.IsCommand).Where(command => command.Contains("--policy-document", StringComparison.Ordinal)))
        {
            var document = command[(command.IndexOf("--policy-document '", StringComparison.Ordinal) + "--policy-document '".Length)..^1].Replace("'\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\"'", "2026-11-23T12:00:00Z", StringComparison.Ordinal);
            using var policy = JsonDocument.Parse(document);
            policy.RootElement.GetProperty("Statement")[0].GetProperty("Effect").GetString().ShouldBe("Deny");
        }
    }

    [Fact]
    public async Task Page_of_the_detections_is_up_to_date()
    {
        var page = await File.ReadAllTextAsync(PagePath(), Cancellation);
        page.ShouldBe(DetectionPage.Write(DetectionCatalog.BuiltIn), "run: dotnet run --project KmsLab.Sentinel -- detections > docs/detections.md");
    }

    [Fact]
    public async Task Examples_of_the_page_are_valid_settings()
    {
        var page = await File.ReadAllTextAsync(PagePath(), Cancellation);
        var examples = Regex.Matches(page, "```json\n(.*?)```", RegexOptions.Singleline).Select(match => match.Groups[1].Value).ToList();
        examples.Count.ShouldBeGreaterThanOrEqualTo(5);
        foreach (var example in examples)
        {
            var builder = new ConfigurationBuilder().AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(example))).Build();
            var options = new KmsLab.Sentinel.Host.SentinelOptions { LogGroups = ["g"] };
            builder.GetSection("Sentinel").Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
            options.Attestation.AwaitFiles = true;
            new KmsLab.Sentinel.Host.SentinelOptionsValidator().Validate(null, options).Failures.ShouldBeNull(example);
        }
    }

    /// <summary>Members of groups, as detections and the trail guard name them.</summary>
    private static string[] Members { get; } =
    [
        "set", "key", "target", "cluster", "task", "secret", "parameter", "trail", "logGroup", "bucket", "topic", "alarm", "evidenceRole", "resource", "source", "client",
    ];

    /// <summary>All commands of all detections, filled in from these alarms.</summary>
    private static List<string> Commands(IEnumerable<Alarm> alarms) =>
    [
        .. alarms
            .SelectMany(alarm => DetectionCatalog.BuiltIn.SelectMany(definition => AlarmText.Runbook(alarm, definition)))
            .Where(Wording.IsCommand)
            .Distinct(),
    ];

    private static IEnumerable<Alarm> Variants(string? hostile = null) =>
    [
        AlarmOf($"arn:aws:iam::000000000000:role/{hostile ?? Friendly}", hostile),
        AlarmOf($"arn:aws:iam::000000000000:user/{hostile ?? Friendly}", hostile),
    ];

    private static Alarm AlarmOf(string principal, string? hostile = null) => new()
    {
        Id = "1",
        Detection = "d",
        Group = new DetectionGroup(
            [.. Members.Select(member => KeyValuePair.Create(member, hostile ?? Example(member))), new("principal", principal)]),
        State = AlarmState.Alarm,
        Occurrence = 1,
        Revision = 1,
        Observed = 1,
        Threshold = 1,
        Window = TimeSpan.FromMinutes(1),
        FirstSeen = TestRecords.Noon,
        LastSeen = TestRecords.Noon,
        QuietAt = TestRecords.Noon,
        ChangedAt = TestRecords.Noon,
        Ended = false,
        Evidence = [EvidenceOf(principal, hostile ?? "AKIAEXAMPLEEXAMPLE00")],
        EvidenceTotal = 1,
    };

    private static Evidence EvidenceOf(string principal, string accessKey) => new(
        "e",
        TestRecords.Noon,
        "Decrypt",
        principal,
        TestRecords.KeyArn,
        "AccessDenied",
        "192.0.2.1",
        "r",
        "s",
        accessKey,
        null,
        null,
        "detail");

    /// <summary>What the CLI takes for it: some parameters have a form or a least length.</summary>
    private static string Example(string member) => member switch
    {
        "key" => TestRecords.KeyArn,
        "topic" => "arn:aws:sns:us-east-1:000000000000:t",
        "trail" => "arn:aws:cloudtrail:us-east-1:000000000000:trail/kmslab",
        _ => Friendly,
    };

    private static DetectionDefinition Find(string id) => DetectionCatalog.BuiltIn.Single(definition => definition.Id == id);

    private static async Task<(int ExitCode, string Output)> ShellAsync(string[] arguments, string script)
    {
        var start = new ProcessStartInfo("/bin/sh", [.. arguments, "-s"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("AWS_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["AWS_ACCESS_KEY_ID"] = start.Environment["AWS_SECRET_ACCESS_KEY"] = "lab";
        start.Environment["AWS_DEFAULT_REGION"] = "us-east-1";
        start.Environment["AWS_CONFIG_FILE"] = start.Environment["AWS_SHARED_CREDENTIALS_FILE"] = "/nonexistent";
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment["AWS_MAX_ATTEMPTS"] = "1";
        start.Environment["NO_PROXY"] = "*";
        start.Environment["AWS_PAGER"] = "";
        using var shell = Process.Start(start)!;
        var output = shell.StandardOutput.ReadToEndAsync(Cancellation);
        var error = shell.StandardError.ReadToEndAsync(Cancellation);
        await shell.StandardInput.WriteAsync(script);
        shell.StandardInput.Close();
        await shell.WaitForExitAsync(Cancellation);
        return (shell.ExitCode, await output + await error);
    }

    private static string PagePath([System.Runtime.CompilerServices.CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "..", "docs", "detections.md");

    [GeneratedRegex(@"\{([A-Za-z]+)\}")]
    private static partial Regex Placeholder();
}
