#!/usr/bin/env bash
# Puts the scripts and templates through an emulated account: all stacks created, broken half-way, resumed, changed and destroyed. It needs Moto (pip
# install 'moto[server]' cfn-lint) and the AWS CLI 2, and touches no real account: every call goes to the emulator. At the end it says what the emulator could not show.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() { printf '\nemulator.sh: %s\n' "$*" >&2; exit 1; }
step() { printf '\n#### %s (after %s s)\n' "$*" "$SECONDS"; }

# --check: can it run here?
if ! python3 -c 'import boto3, cfnlint, moto.server' 2>/dev/null; then fail "Python's moto[server], boto3 or cfn-lint is not installed."; fi
real_aws=''
while read -r candidate; do
    case $("$candidate" --version 2>&1) in aws-cli/2.*) real_aws=$candidate; break ;; esac
done < <(type -ap aws)
[ -n "$real_aws" ] || fail "the AWS CLI 2 is not on PATH."
[ "${1:-}" != --check ] || exit 0

work=$(mktemp -d)
cp -R . "$work/aws"
python3 -W ignore test/emulated.py "$work/aws" ./*.yaml 2>"$work/left-out" || { cat "$work/left-out" >&2; fail "the templates can't be made ready."; }
cd "$work/aws"
port=$((20000 + RANDOM % 20000))
python3 -W ignore test/emulated_server.py -H 127.0.0.1 -p "$port" >"$work/moto.log" 2>&1 &
moto=$!
cli=''
trap 'kill "$moto" $cli 2>/dev/null || true; wait "$moto" $cli 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 1 120); do
    if curl --silent --output /dev/null "http://127.0.0.1:$port/moto-api/data.json"; then break; fi
    kill -0 "$moto" 2>/dev/null || { cat "$work/moto.log" >&2; fail "Moto did not start."; }
    sleep 0.5
done

# The account's CLI: every call goes to the emulator. EMULATOR_BREAK names a stack whose deployment is cut off, as by a lost connection; of ECS, which here
# starts no task, a migration ends as EMULATOR_MIGRATION says. Where the CLI is a Python program, it is loaded once, and not a thousand times.
version=$("$real_aws" --version 2>&1)
python=$(head -n 1 "$real_aws" | sed -n 's/^#! *\([^ ]*python[^ ]*\)$/\1/p')
call="$real_aws --endpoint-url http://127.0.0.1:$port" deploy="python3 -W ignore $work/aws/test/emulated_deploy.py http://127.0.0.1:$port"
if [ -n "$python" ] && "$python" -c 'import awscli.clidriver' 2>/dev/null; then
    AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null "$python" -W ignore "$work/aws/test/emulated_cli.py" "$work/cli" "http://127.0.0.1:$port" >"$work/cli.log" 2>&1 &
    cli=$!
    for _ in $(seq 1 120); do
        if [ -S "$work/cli" ]; then break; fi
        kill -0 "$cli" 2>/dev/null || { cat "$work/cli.log" >&2; fail "the AWS CLI did not start."; }
        sleep 0.5
    done
    call="$python -I -S $work/aws/test/emulated_call.py $work/cli" deploy="$call cloudformation deploy"
fi
mkdir "$work/bin"
cat >"$work/bin/aws" <<WRAPPER
#!/usr/bin/env bash
case "\$1 \$2" in
    '--version ') echo '$version'; exit ;;
    'configure get') exit 1 ;;
    'ecs run-task') printf 'task\tarn:aws:ecs:eu-west-1:123456789012:task/emulated/0123456789abcdef\n'; exit ;;
    'ecs wait') exit ;;
    'ecs describe-tasks') printf '%s\tit ended\tNone\n' "\${EMULATOR_MIGRATION:-0}"; exit ;;
    'logs get-log-events') echo 'the log of a task that never ran'; exit ;;
    'cloudformation deploy')
        case "\$*" in "cloudformation deploy --stack-name \${EMULATOR_BREAK:-none} "*) echo 'Could not connect to the endpoint' >&2; exit 255 ;; esac
        shift 2
        exec $deploy "\$@" ;;
esac
exec $call "\$@"
WRAPPER
# The build: the image's tag goes into the emulated repository, so that it is found there the next time.
cat >"$work/bin/dotnet" <<'WRAPPER'
#!/usr/bin/env bash
for argument in "$@"; do
    case $argument in
        -p:ContainerRepository=*) repository=${argument#*=} ;;
        -p:ContainerImageTag=*) tag=${argument#*=} ;;
    esac
done
manifest='{"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json", "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 1, "digest": "sha256:0000000000000000000000000000000000000000000000000000000000000000"}, "layers": []}'
aws ecr put-image --repository-name "$repository" --image-tag "$tag" --image-manifest "$manifest" --query image.imageId.imageTag --output text
WRAPPER
chmod +x "$work/bin/aws" "$work/bin/dotnet"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -out "$work/rds-ca.pem" -subj '/OU=Amazon RDS/CN=Amazon RDS emulated' 2>/dev/null
export PATH=$work/bin:$PATH AWS_ACCESS_KEY_ID=emulated AWS_SECRET_ACCESS_KEY=emulated AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1 AWS_CONFIG_FILE=/dev/null
export AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true KMSLAB_PROGRESS_SECONDS=0.1
unset AWS_PROFILE AWS_SESSION_TOKEN AWS_ENDPOINT_URL

# A role: the scripts refuse the root user.
aws iam create-role --role-name deployer --assume-role-policy-document '{"Version": "2012-10-17", "Statement": []}' >/dev/null
credentials=$(aws sts assume-role --role-arn arn:aws:iam::123456789012:role/deployer --role-session-name emulator --query 'Credentials.[AccessKeyId, SecretAccessKey, SessionToken]' --output text)
read -r AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN <<<"$credentials"
export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN

# The emulator's CloudFormation makes no secrets.
for secret in attestation canary webhook heartbeat clientkey operatorkey; do aws secretsmanager create-secret --name "emulated-$secret" --query Name --output text >/dev/null; done

stacks=(vpc ecr secrets trail app sentinel rotation alarms)
deploy() { ./deploy.sh --tag emulated --rds-ca "$work/rds-ca.pem" --yes "$@" >"$work/output" 2>&1 || { tail -n 40 "$work/output" >&2; show_problem; return 1; }; }
# What went wrong in the emulator itself.
show_problem() { grep -A 60 '^Traceback' "$work/moto.log" | tail -n 40 >&2 || true; }
parameter() { aws cloudformation describe-stacks --stack-name "kmslab-$1" --query "Stacks[0].Parameters[?ParameterKey=='$2'].ParameterValue | [0]" --output text; }
expect() { [ "$2" = "$3" ] || fail "$1 is '$2' and should be '$3'."; printf '   %s: %s\n' "$1" "${2:-none}"; }
statuses() { aws cloudformation describe-stacks --query "Stacks[?starts_with(StackName, 'kmslab-')].[StackName, StackStatus]" --output text | sort; }

step "A first deployment that is cut off at the application"
if EMULATOR_BREAK=kmslab-app deploy --plain-http --trail new 2>/dev/null; then fail "it should have failed."; fi
grep -q 'kmslab-app was not deployed' "$work/output" || { tail -n 40 "$work/output" >&2; show_problem; fail "it failed in another way."; }
statuses
client_key=$(aws secretsmanager get-secret-value --secret-id "$(aws cloudformation describe-stacks --stack-name kmslab-secrets --query "Stacks[0].Outputs[?OutputKey=='ClientKeyArn'].OutputValue" --output text)" --query SecretString --output text)
case $client_key in kmslab_*) printf '   the API key is in Secrets Manager already\n' ;; *) fail "the API key is not in Secrets Manager." ;; esac

step "A migration that fails: the service is not made"
if EMULATOR_MIGRATION=1 deploy --plain-http 2>/dev/null; then fail "it should have failed."; fi
grep -q 'Its service is not there yet' "$work/output" || { tail -n 40 "$work/output" >&2; show_problem; fail "it failed in another way."; }
expect "services" "$(aws ecs list-services --cluster kmslab-app --query 'length(serviceArns)' --output text)" 0

step "The same command again"
deploy --plain-http || fail "it was not resumed."
expect "services" "$(aws ecs list-services --cluster kmslab-app --query 'length(serviceArns)' --output text)" 1
statuses
for stack in "${stacks[@]}"; do
    printf '   kmslab-%-10s %s resources\n' "$stack" "$(aws cloudformation describe-stack-resources --stack-name "kmslab-$stack" --query 'length(StackResources)' --output text)"
done
expect "the hash that CryptoApi was told" "$(parameter app ApiClientKeyHash)" "$(printf %s "$client_key" | openssl dgst -sha256 -r | cut -d' ' -f1)"
expect "deletion protection" "$(parameter app DeletionProtection)" true

step "Switches on the running system: NAT per zone, endpoints on"
deploy --nat per-zone --vpc-endpoints || fail "the switches failed."
expect "NAT" "$(parameter vpc NatGateways)" OnePerZone
case $(parameter app KmsEndpoint) in vpce-*) printf '   the key asks for the endpoint\n' ;; *) fail "the key asks for no endpoint." ;; esac

step "And off again, with nothing else said"
deploy --no-vpc-endpoints || fail "the switch failed."
expect "the endpoint that the key asks for" "$(parameter app KmsEndpoint)" ''
expect "NAT, as before" "$(parameter vpc NatGateways)" OnePerZone

step "Destroyed"
./destroy.sh --yes >"$work/output" 2>&1 || { cat "$work/output" >&2; fail "it was not destroyed."; }
left=$(statuses | grep -v DELETE_COMPLETE || true)
[ -z "$left" ] || fail "this is left: $left"
grep -A 20 'This is left' "$work/output" || true

step "What the emulator could not show"
cat <<'LIMITS'
   - Its change sets forget outputs, so stacks are created and updated directly (test/emulated_deploy.py). They are complete at once and never roll back: the states of failed deployments are tested on a stand-in of the CLI (KmsLab.Tests/Aws).
   - Its templates are copies (test/emulated.py): without Fn::Cidr, without tags of keys, and with their conditions decided before it sees them.
   - What its CloudFormation forgets when stacks change or go, test/emulated_server.py puts right: exports, resources that it can't change, endpoints, route tables, images.
   - Of ECS it has no running task: the migrate task is answered for, and ends as this script says. What it does is tested on a real PostgreSQL (DatabaseUserTests).
   - It neither checks exports in use nor deletion protection, nor who may do what: IAM, key policies and endpoints are not enforced.
   - It starts no task, no database and no load balancer: no health check, no scaling, no rotation, no alarm ever comes.
   - It does not know these resources, or makes them wrongly, so they are left out:
LIMITS
sort "$work/left-out" | uniq -c | sed 's/left out: //'
