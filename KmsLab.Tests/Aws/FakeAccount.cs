using System.Diagnostics;

namespace KmsLab.Tests.Aws;

/// <summary>
/// Stands in for an AWS account at the edge of the process, for the deployment scripts: an <c>aws</c>, a <c>dotnet</c> and a <c>curl</c> on PATH that note
/// how they were called, and answer as a clean account would, or one where the stacks are.
/// </summary>
internal sealed class FakeAccount : IDisposable
{
    private const string Aws = """
        #!/usr/bin/env bash
        printf '%s\n' "aws $*" >>"$FAKE_ACCOUNT/calls"
        stack() { local previous=''; for argument in "$@"; do [ "$previous" != --stack-name ] || printf %s "$argument"; previous=$argument; done; }
        case "$1 $2" in
            '--version ') echo 'aws-cli/2.31.0 Python/3.13' ;;
            'configure get') echo eu-west-1 ;;
            'sts get-caller-identity')
                case "$*" in *'query Account'*) echo 111122223333 ;; *) echo arn:aws:sts::111122223333:assumed-role/Deployer/somebody ;; esac ;;
            'iam get-role') echo arn:aws:iam::111122223333:role/path/Deployer ;;
            'cloudtrail describe-trails') cat "$FAKE_ACCOUNT/trails" 2>/dev/null || true ;;
            'cloudtrail get-event-selectors') cat "$FAKE_ACCOUNT/selectors" ;;
            'cloudtrail lookup-events') echo 200 ;;
            'cloudwatch get-metric-statistics') echo 70000.0 ;;
            'cloudformation describe-stacks')
                [ -e "$FAKE_ACCOUNT/stacks/$(stack "$@")" ] || { echo 'Stack does not exist' >&2; exit 254; }
                case "$*" in
                    *"'AttestationArn'"*) echo arn:aws:secretsmanager:eu-west-1:111122223333:secret:Attestation-AbCdEf ;;
                    *"'CanaryArn'"*) echo arn:aws:secretsmanager:eu-west-1:111122223333:secret:Canary-AbCdEf ;;
                    *"'WebhookArn'"*) echo arn:aws:secretsmanager:eu-west-1:111122223333:secret:Webhook-AbCdEf ;;
                    *"'Url'"*) echo https://balancer.example ;;
                    *"'PagePort'"*) echo 8443 ;;
                    *"'ExistingTrailArn'"*) echo ;;
                    *Outputs*) echo output ;;
                    *) echo stack ;;
                esac ;;
            'cloudformation deploy') mkdir -p "$FAKE_ACCOUNT/stacks"; touch "$FAKE_ACCOUNT/stacks/$(stack "$@")" ;;
            'cloudformation delete-stack') rm -f "$FAKE_ACCOUNT/stacks/$(stack "$@")" ;;
            'cloudformation describe-stack-resources')
                case "$*" in
                    *AWS::RDS::DBInstance*) echo "$(stack "$@")-database" ;;
                    *AWS::KMS::Key*) echo "$(stack "$@")-key" ;;
                    *AWS::S3::Bucket*) echo "$(stack "$@")-bucket" ;;
                    *AWS::ElasticLoadBalancingV2::LoadBalancer*) echo "$(stack "$@")-balancer" ;;
                    *) printf 'CREATE_COMPLETE\tCREATE_IN_PROGRESS\n' ;;
                esac ;;
            'cloudformation describe-stack-resource') echo storage-key ;;
            'secretsmanager describe-secret')
                for argument in "$@"; do case $argument in arn:*) if [ -e "$FAKE_ACCOUNT/secrets/${argument##*:}" ]; then echo version; else echo None; fi ;; esac; done ;;
            'secretsmanager put-secret-value')
                mkdir -p "$FAKE_ACCOUNT/secrets"
                for argument in "$@"; do case $argument in arn:*) cat >"$FAKE_ACCOUNT/secrets/${argument##*:}" ;; esac; done
                echo version ;;
            'ssm put-parameter') previous=''; for argument in "$@"; do [ "$previous" != --value ] || printf '%s\n' "$argument" >"$FAKE_ACCOUNT/parameter"; previous=$argument; done ;;
            'ssm get-parameter') cat "$FAKE_ACCOUNT/parameter" 2>/dev/null || exit 254 ;;
            'ssm delete-parameter') rm "$FAKE_ACCOUNT/parameter" ;;
            'ecr describe-images') [ -e "$FAKE_ACCOUNT/images" ] || exit 254; echo sha256:0 ;;
            'ecr get-login-password') echo registry-password ;;
            'rds modify-db-instance' | 'elbv2 modify-load-balancer-attributes' | 'cloudformation wait') ;;
            *) echo "unexpected: aws $*" >&2; exit 1 ;;
        esac
        """;

    private const string Dotnet = """
        #!/usr/bin/env bash
        printf '%s\n' "dotnet $*" >>"$FAKE_ACCOUNT/calls"
        printf '%s %s\n' "${DOTNET_CONTAINER_PUSH_REGISTRY_UNAME:-}" "${DOTNET_CONTAINER_PUSH_REGISTRY_PWORD:-}" >>"$FAKE_ACCOUNT/logins"
        """;

    private const string Curl = """
        #!/usr/bin/env bash
        printf '%s\n' "curl $*" >>"$FAKE_ACCOUNT/calls"
        previous=''
        for argument in "$@"; do [ "$previous" != --output ] || cp "$FAKE_ACCOUNT/certificates" "$argument"; previous=$argument; done
        """;

    private readonly TempFolder _folder = new();

    public FakeAccount()
    {
        Directory.CreateDirectory(_folder["bin"]);
        foreach (var (name, text) in new[] { ("aws", Aws), ("dotnet", Dotnet), ("curl", Curl) })
        {
            var file = Path.Combine(_folder["bin"], name);
            File.WriteAllText(file, text.ReplaceLineEndings("\n"));
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Write("selectors", """{"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": true, "ExcludeManagementEventSources": []}]}""");
        Directory.CreateDirectory(_folder["tmp"]);
    }

    /// <summary>All calls so far, as one would type them.</summary>
    public IReadOnlyList<string> Calls => File.Exists(_folder["calls"]) ? File.ReadAllLines(_folder["calls"]) : [];

    /// <summary>The calls that change something: all but describe, get, list, lookup, and asking the CLI about itself.</summary>
    public IReadOnlyList<string> Changes =>
        [.. Calls.Where(call => call.Split(' ') is not [_, "configure" or "--version", ..] && !(call.Split(' ') is ["aws", _, var verb, ..] && IsRead(verb)) && !call.StartsWith("curl", StringComparison.Ordinal))];

    /// <summary>What the scripts left in the temporary folder.</summary>
    public IReadOnlyList<string> LeftBehind => Directory.GetFileSystemEntries(_folder["tmp"]);

    public void Write(string file, string text) => File.WriteAllText(_folder[file], text);

    public string Read(string file) => File.ReadAllText(_folder[file]);

    public void Forget() => File.Delete(_folder["calls"]);

    /// <summary>Runs a script of aws/ with an answer to all it asks.</summary>
    public async Task<(int ExitCode, string Output)> RunAsync(string script, string answers, params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(Template.Folder, script), .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("AWS_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["PATH"] = $"{_folder["bin"]}{Path.PathSeparator}{start.Environment["PATH"]}";
        start.Environment["FAKE_ACCOUNT"] = _folder.Path;
        start.Environment["TMPDIR"] = _folder["tmp"];
        start.Environment["KMSLAB_PROGRESS_SECONDS"] = "0.05";

        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(answers);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await error);
    }

    public void Dispose() => _folder.Dispose();

    private static bool IsRead(string verb) => new[] { "describe-", "get-", "list-", "lookup-", "get" }.Any(read => verb.StartsWith(read, StringComparison.Ordinal));
}
