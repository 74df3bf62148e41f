using System.Diagnostics;

namespace KmsLab.Tests.Aws;

/// <summary>
/// Stands in for an AWS account at the edge of the process, for the deployment scripts: an <c>aws</c>, a <c>dotnet</c> and a <c>curl</c> on PATH that note
/// how they were called, and answer as an account would: stacks have states, parameters and outputs, fail where a test says so, and can't go while others import from them.
/// </summary>
internal sealed class FakeAccount : IDisposable
{
    private const string Aws = """
        #!/usr/bin/env bash
        printf '%s\n' "aws $*" >>"$FAKE_ACCOUNT/calls"
        option() { local wanted=$1 previous=''; shift; for argument in "$@"; do [ "$previous" != "$wanted" ] || printf %s "$argument"; previous=$argument; done; }
        secret() { option --secret-id "$@" | sed 's/.*://'; }
        stack=$(option --stack-name "$@")
        home=$FAKE_ACCOUNT/stacks/$stack
        no_stack() { echo "An error occurred (ValidationError) when calling the operation: Stack with id $stack does not exist" >&2; exit 254; }
        refuse() { echo "An error occurred (ValidationError) when calling the operation: $1" >&2; exit 254; }
        # broken: calls that AWS does not answer.
        if [ -s "$FAKE_ACCOUNT/broken" ] && grep -qx "$1 $2" "$FAKE_ACCOUNT/broken"; then echo "An error occurred (ThrottlingException): Rate exceeded" >&2; exit 254; fi
        case "$1 $2" in
            '--version ') echo 'aws-cli/2.31.0 Python/3.13' ;;
            'configure get') echo eu-west-1 ;;
            'sts get-caller-identity')
                case "$*" in *'query Account'*) echo 111122223333 ;; *) echo arn:aws:sts::111122223333:assumed-role/Deployer/somebody ;; esac ;;
            'iam get-role') echo arn:aws:iam::111122223333:role/path/Deployer ;;
            'acm describe-certificate') echo api.example.com ;;
            'cloudtrail describe-trails') cat "$FAKE_ACCOUNT/trails" 2>/dev/null || true ;;
            'cloudtrail get-event-selectors') cat "$FAKE_ACCOUNT/selectors" ;;
            'cloudtrail lookup-events') echo 200 ;;
            'cloudwatch get-metric-statistics') echo 70000.0 ;;
            'cloudformation describe-stacks')
                [ -s "$home/status" ] || no_stack
                # What is in progress ends at the next look: the status after it stands on the second line.
                printf 'status\t%s\n' "$(head -n 1 "$home/status")"
                if [ "$(wc -l <"$home/status")" -gt 1 ]; then sed -i.old 1d "$home/status"; fi
                sed 's/^\([^=]*\)=\(.*\)$/parameter\t\1\t\2/' "$home/parameters" 2>/dev/null
                sed 's/^\([^=]*\)=\(.*\)$/output\t\1\t\2/' "$FAKE_ACCOUNT/outputs/$stack" 2>/dev/null
                true ;;
            'cloudformation deploy')
                status=$(head -n 1 "$home/status" 2>/dev/null)
                case $status in
                    '' | REVIEW_IN_PROGRESS | CREATE_COMPLETE | UPDATE_COMPLETE | UPDATE_ROLLBACK_COMPLETE) ;;
                    *) refuse "Stack:arn:aws:cloudformation:eu-west-1:111122223333:stack/$stack/1 is in $status state and can not be updated." ;;
                esac
                case "$*" in
                    *--no-execute-changeset*) echo "To review changes: aws cloudformation describe-change-set --change-set-name arn:aws:cloudformation:eu-west-1:111122223333:changeSet/one/1"; exit 0 ;;
                esac
                mkdir -p "$home"
                cp "$home/parameters" "$home/parameters.before" 2>/dev/null
                overrides=false
                for argument in "$@"; do
                    case $argument in --parameter-overrides) overrides=true; continue ;; esac
                    "$overrides" || continue
                    grep -v "^${argument%%=*}=" "$home/parameters" >"$home/parameters.new" 2>/dev/null
                    printf '%s\n' "$argument" >>"$home/parameters.new"
                    mv "$home/parameters.new" "$home/parameters"
                done
                # fail/STACK: how many deployments get through before one fails, the resource at which it does, once, and the status that it leaves; '-' for
                # CloudFormation's own way.
                if [ -s "$FAKE_ACCOUNT/fail/$stack" ]; then read -r passes resource left <"$FAKE_ACCOUNT/fail/$stack"; else passes=none; fi
                case $passes in none | 0) ;; *) echo "$((passes - 1)) $resource $left" >"$FAKE_ACCOUNT/fail/$stack" ;; esac
                if [ "$passes" = 0 ]; then
                    rm "$FAKE_ACCOUNT/fail/$stack"
                    printf '%s\tCREATE_FAILED\tno luck with it\n' "$resource" >"$home/events"
                    case $left,$status in
                        -,'' | -,REVIEW_IN_PROGRESS)
                            # A rollback deletes, and what is protected can't be deleted.
                            if grep -qx DeletionProtection=true "$home/parameters"; then left=ROLLBACK_FAILED; else left=ROLLBACK_COMPLETE; fi ;;
                        -,*)
                            left=UPDATE_ROLLBACK_COMPLETE
                            mv "$home/parameters.before" "$home/parameters" ;;
                    esac
                    echo "$left" >"$home/status"
                    echo "Failed to create/update the stack" >&2
                    exit 255
                fi
                case $status in '' | REVIEW_IN_PROGRESS) echo CREATE_COMPLETE ;; *) echo UPDATE_COMPLETE ;; esac >"$home/status"
                if grep -qx DeletionProtection=true "$home/parameters" 2>/dev/null; then touch "$home/protected"; fi ;;
            'cloudformation describe-change-set') printf 'Modify\tService\tAWS::ECS::Service\tFalse\nModify\tTaskDefinition\tAWS::ECS::TaskDefinition\tTrue\n' ;;
            'cloudformation delete-change-set') ;;
            'cloudformation delete-stack')
                [ -s "$home/status" ] || exit 0
                while read -r exporter importer; do
                    [ "$exporter" != "$stack" ] || [ ! -s "$FAKE_ACCOUNT/stacks/$importer/status" ] || refuse "Export $stack-X cannot be deleted as it is in use by $importer"
                done <"$FAKE_ACCOUNT/imports"
                if [ -e "$home/protected" ]; then
                    echo DELETE_FAILED >"$home/status"
                    printf 'Database\tDELETE_FAILED\tCannot delete protected DB Instance\n' >"$home/events"
                else
                    rm -rf "$home"
                fi ;;
            'cloudformation wait')
                case "$3 $(head -n 1 "$home/status" 2>/dev/null)" in
                    'stack-delete-complete ' | 'stack-rollback-complete UPDATE_ROLLBACK_COMPLETE') ;;
                    *) echo "Waiter failed" >&2; exit 255 ;;
                esac ;;
            'cloudformation continue-update-rollback')
                [ "$(head -n 1 "$home/status")" = UPDATE_ROLLBACK_FAILED ] || refuse 'not in that state'
                [ -e "$FAKE_ACCOUNT/stuck" ] || echo UPDATE_ROLLBACK_COMPLETE >"$home/status" ;;
            'cloudformation rollback-stack')
                [ "$(head -n 1 "$home/status")" = UPDATE_FAILED ] || refuse 'not in that state'
                echo UPDATE_ROLLBACK_COMPLETE >"$home/status" ;;
            'cloudformation describe-stack-events') cat "$home/events" 2>/dev/null ;;
            'cloudformation describe-stack-resources')
                [ -s "$home/status" ] || no_stack
                case "$*" in
                    *AWS::RDS::DBInstance*) case $stack in *-app | *-sentinel) echo "$stack-database" ;; esac ;;
                    *AWS::KMS::Key*) echo "$stack-key" ;;
                    *AWS::S3::Bucket*) echo "$stack-bucket" ;;
                    *AWS::ElasticLoadBalancingV2::LoadBalancer*) case $stack in *-app) echo "$stack-balancer" ;; esac ;;
                    *) printf 'CREATE_COMPLETE\tCREATE_IN_PROGRESS\n' ;;
                esac ;;
            'cloudformation describe-stack-resource') echo storage-key ;;
            'rds modify-db-instance') rm -f "$FAKE_ACCOUNT/stacks/$(option --db-instance-identifier "$@" | sed 's/-database$//')/protected" ;;
            'kms describe-key') echo Enabled ;;
            'kms schedule-key-deletion') ;;
            'secretsmanager describe-secret') if [ -e "$FAKE_ACCOUNT/secrets/$(secret "$@")" ]; then echo version; else echo None; fi ;;
            'secretsmanager put-secret-value') mkdir -p "$FAKE_ACCOUNT/secrets"; cat >"$FAKE_ACCOUNT/secrets/$(secret "$@")"; echo version ;;
            'secretsmanager get-secret-value') cat "$FAKE_ACCOUNT/secrets/$(secret "$@")" 2>/dev/null || exit 254 ;;
            'ssm put-parameter') option --value "$@" >"$FAKE_ACCOUNT/parameter" ;;
            'ssm get-parameter') cat "$FAKE_ACCOUNT/parameter" 2>/dev/null || exit 254 ;;
            'ssm delete-parameter') rm "$FAKE_ACCOUNT/parameter" ;;
            'ecr describe-images') [ -e "$FAKE_ACCOUNT/images" ] || exit 254; echo sha256:0 ;;
            'ecr get-login-password') echo registry-password ;;
            'elbv2 modify-load-balancer-attributes') ;;
            'ecs describe-services') echo "arn:aws:ecs:eu-west-1:111122223333:task-definition/$(option --cluster "$@")-running:7" ;;
            # migration: how migrate tasks go; empty, well.
            'ecs run-task')
                case $(cat "$FAKE_ACCOUNT/migration" 2>/dev/null) in
                    refused) refuse 'TaskDefinition is inactive' ;;
                    none) printf 'failure\tRESOURCE:ENI\tno room in the subnet\n' ;;
                    *) printf 'task\tarn:aws:ecs:eu-west-1:111122223333:task/%s/0123456789abcdef\n' "$(option --cluster "$@")" ;;
                esac ;;
            'ecs wait') case $(cat "$FAKE_ACCOUNT/migration" 2>/dev/null) in stuck) echo 'Waiter TasksStopped failed: Max attempts exceeded' >&2; exit 255 ;; esac ;;
            'ecs describe-tasks')
                case $(cat "$FAKE_ACCOUNT/migration" 2>/dev/null) in
                    failed) printf '1\tEssential container in task exited\tNone\n' ;;
                    unstarted) printf 'None\tCannotPullContainerError: no such image\tNone\n' ;;
                    untold) refuse 'Rate exceeded' ;;
                    *) printf '0\tEssential container in task exited\tNone\n' ;;
                esac ;;
            'logs get-log-events')
                case $(cat "$FAKE_ACCOUNT/migration" 2>/dev/null) in
                    failed) echo 'CryptoApi migrate: the script 0099 failed' ;;
                    unstarted) exit 254 ;;
                    *) echo 'The database is at the schema of this version.' ;;
                esac ;;
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

    /// <summary>What the stacks tell once they are there.</summary>
    private static readonly Dictionary<string, string[]> Outputs = new()
    {
        ["kmslab-vpc"] = ["KmsEndpoint=vpce-0a1b2c", "NatAddress1=203.0.113.1", "NatAddress2=203.0.113.2", "PrivateSubnets=subnet-1,subnet-2"],
        ["kmslab-secrets"] = [.. new[] { "Attestation", "Canary", "Webhook", "Heartbeat", "ClientKey", "OperatorKey" }.Select(secret => $"{secret}Arn=arn:aws:secretsmanager:eu-west-1:111122223333:secret:{secret}-AbCdEf")],
        ["kmslab-trail"] = ["Bucket=trail-bucket", "KeyArn=arn:aws:kms:eu-west-1:111122223333:key/trail", "RoleArn=arn:aws:iam::111122223333:role/trail"],
        ["kmslab-app"] = ["Url=https://balancer.example", "MigrateTask=arn:aws:ecs:eu-west-1:111122223333:task-definition/kmslab-app-migrate:8", "TaskSecurityGroup=sg-app"],
        ["kmslab-sentinel"] = ["PagePort=8443", "MigrateTask=arn:aws:ecs:eu-west-1:111122223333:task-definition/kmslab-sentinel-migrate:8", "TaskSecurityGroup=sg-sentinel"],
        ["kmslab-alarms"] = ["Dashboard=https://console.example/alarms", "SentinelDashboard=https://console.example/sentinel"],
    };

    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _variables = [];

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
        Directory.CreateDirectory(_folder["fail"]);
        Directory.CreateDirectory(_folder["outputs"]);
        foreach (var (stack, outputs) in Outputs)
            Write(Path.Combine("outputs", stack), string.Concat(outputs.Select(output => output + "\n")));
        Write("imports", string.Concat(Imports().Select(import => $"{import.Exporter} {import.Importer}\n")));
    }

    /// <summary>All that the account holds: stacks, secrets, the parameter.</summary>
    public Dictionary<string, string> Save() => new[] { "stacks", "secrets" }.SelectMany(folder => Directory.GetFiles(_folder[folder], "*", SearchOption.AllDirectories))
        .Append(_folder["parameter"]).ToDictionary(file => Path.GetRelativePath(_folder.Path, file), File.ReadAllText);

    /// <summary>Makes it an account that holds what another held.</summary>
    public void Restore(Dictionary<string, string> saved)
    {
        foreach (var (file, text) in saved)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[file])!);
            Write(file, text);
        }
    }

    /// <summary>A stack's status, as CloudFormation calls it; empty where it is not there.</summary>
    public string StatusOf(string stack) => File.Exists(_folder[$"stacks/{stack}/status"]) ? File.ReadLines(_folder[$"stacks/{stack}/status"]).First() : "";

    /// <summary>What a stack was given for a parameter; null where it was never given one.</summary>
    public string? ParameterOf(string stack, string parameter) => File.ReadLines(_folder[$"stacks/{stack}/parameters"])
        .Where(line => line.StartsWith(parameter + "=", StringComparison.Ordinal)).Select(line => line[(parameter.Length + 1)..]).SingleOrDefault();

    /// <summary>Puts a stack into a state; a second one follows at the next look.</summary>
    public void Put(string stack, params string[] statuses)
    {
        Directory.CreateDirectory(_folder[$"stacks/{stack}"]);
        Write($"stacks/{stack}/status", string.Concat(statuses.Select(status => status + "\n")));
    }

    /// <summary>Takes a stack away, whoever imports from it.</summary>
    public void Remove(string stack) => Directory.Delete(_folder[$"stacks/{stack}"], recursive: true);

    /// <summary>Sets an environment variable of the scripts.</summary>
    public void Set(string variable, string value) => _variables[variable] = value;

    /// <summary>
    /// Lets a deployment of a stack fail at a resource, the next one or a later one. It leaves the status that CloudFormation would, or the
    /// given one.
    /// </summary>
    public void Fail(string stack, string resource, string status = "-", int after = 0) =>
        Write($"fail/{stack}", $"{after} {resource} {status}\n");

    /// <summary>Makes a stack one of an older template: it was never given a parameter.</summary>
    public void Unset(string stack, string parameter) => Write(
        $"stacks/{stack}/parameters",
        string.Concat(File.ReadLines(_folder[$"stacks/{stack}/parameters"]).Where(line => !line.StartsWith(parameter + "=", StringComparison.Ordinal)).Select(line => line + "\n")));

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

        foreach (var (variable, value) in _variables)
            start.Environment[variable] = value;

        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(answers);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await error);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Which stack imports from which: a stack can't go while another imports from it.</summary>
    private static IEnumerable<(string Exporter, string Importer)> Imports() =>
        from stack in Deployment.Stacks
        from parameter in Template.All[stack.Value].Parameters
        where parameter.Key.EndsWith("Stack", StringComparison.Ordinal)
        select (parameter.Value!["Default"]!.GetValue<string>(), stack.Key);

    private static bool IsRead(string verb) => new[] { "describe-", "get-", "list-", "lookup-", "get", "wait" }.Any(read => verb.StartsWith(read, StringComparison.Ordinal));
}
