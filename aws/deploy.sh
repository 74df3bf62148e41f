#!/usr/bin/env bash
# Puts KmsLab into an AWS account, from nothing to a running system. Run again, it changes what has changed. README.md tells what it does, and what it costs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
    cat <<'USAGE'
aws/deploy.sh [options]

  --name NAME              prefix of the stacks (default kmslab)
  --region REGION          default: the AWS CLI's
  --certificate ARN        ACM certificate for HTTPS
  --plain-http             no certificate: for the lab only
  --email ADDRESS          who gets mail when an alarm fires
  --webhook json|slack     Sentinel posts alarms itself; the address is read from KMSLAB_WEBHOOK_URL, or asked
  --operator-cidr CIDR     from where Sentinel's page can be reached (default: from nowhere)
  --trail new|ARN          which trail to read (default: asks)
  --vpc-endpoints          private ways to KMS, Logs, Secrets Manager, ECR; the KMS key refuses others
  --nat-per-zone           NAT in both zones
  --multi-az               databases with a standby
  --per-record-keys        a KMS key for each record
  --small                  one task of each service, no deletion protection: for the lab
  --architecture arm64|x64 of the tasks (default arm64)
  --tag TAG                of the images (default: the commit)
  --rds-ca FILE            RDS's certificates, instead of downloading them
  --rds-ca-sha256 HEX      what they must hash to
  --yes                    ask nothing (needs --trail where the account has one)
  --dry-run                change nothing; say what would be done
USAGE
}

name=kmslab region='' certificate='' plain_http=false email='' webhook='' operator_cidr='' trail='' endpoints=false nats=One multi_az=false
key_policy=Shared tasks=2 protection=true architecture=arm64 tag='' rds_ca='' rds_ca_sha256='' yes=false dry_run=false

fail() { printf '\n%s\n' "deploy.sh: $*" >&2; exit 1; }

while [ $# -gt 0 ]; do
    case $1 in
        --name | --region | --certificate | --email | --webhook | --operator-cidr | --trail | --architecture | --tag | --rds-ca | --rds-ca-sha256)
            [ $# -ge 2 ] || fail "$1 needs a value. --help lists the options."
            option=${1#--}
            printf -v "${option//-/_}" '%s' "$2"
            shift ;;
        --plain-http) plain_http=true ;;
        --vpc-endpoints) endpoints=true ;;
        --nat-per-zone) nats=OnePerZone ;;
        --multi-az) multi_az=true ;;
        --per-record-keys) key_policy=PerRecord ;;
        --small) tasks=1 protection=false ;;
        --yes) yes=true ;;
        --dry-run) dry_run=true ;;
        --help | -h) usage; exit 0 ;;
        *) usage >&2; fail "unknown option $1" ;;
    esac
    shift
done

case $architecture in
    arm64) cpu=ARM64 ;;
    x64) cpu=X86_64 ;;
    *) fail "--architecture is arm64 or x64." ;;
esac
case $webhook in
    '') webhook_format=None ;;
    json) webhook_format=Json ;;
    slack) webhook_format=Slack ;;
    *) fail "--webhook is json or slack." ;;
esac
[ -n "$certificate" ] || "$plain_http" || fail "give --certificate ARN for HTTPS or, in a lab, --plain-http."

temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT

say() { printf '\n== %s\n' "$*"; }

# Reads the account. 'None' is how the CLI's text output says null.
read_aws() { aws "$@" --output text | sed 's/^None$//'; }

# Changes the account, or says how it would.
change_aws() {
    if "$dry_run"; then
        printf '   would run: aws'
        printf ' %q' "$@"
        printf '\n'
    else
        aws "$@"
    fi
}

# ---------------------------------------------------------------- What is needed

say "Tools and credentials"
for tool in aws dotnet openssl curl; do
    command -v "$tool" >/dev/null || fail "$tool is not on PATH. README.md tells what is needed."
done
case $(aws --version 2>&1) in
    aws-cli/1.* | aws-cli/0.*) fail "the AWS CLI is version 1; version 2 is needed." ;;
esac
[ -z "$region" ] || export AWS_REGION=$region AWS_DEFAULT_REGION=$region
export AWS_PAGER=''
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region || true)}}
[ -n "$region" ] || fail "no Region. Give --region, or set one with 'aws configure'."
account=$(read_aws sts get-caller-identity --query Account) || fail "no valid credentials. Try 'aws sts get-caller-identity'."
caller=$(read_aws sts get-caller-identity --query Arn)
printf '   account %s, Region %s, as %s\n' "$account" "$region" "$caller"

# The role behind a session: the session's own ARN has neither the role's path nor a place in a policy.
administrator=$caller
case $caller in
    *:assumed-role/*)
        role=${caller#*:assumed-role/}
        administrator=$(read_aws iam get-role --role-name "${role%%/*}" --query Role.Arn) ;;
    *:root) fail "these are the root user's credentials. Use a role: the KMS key is administered by whoever deploys." ;;
esac

if [ -z "$tag" ]; then
    tag=$(git rev-parse --short=12 HEAD 2>/dev/null) || fail "this is no git checkout: give --tag."
    # Tags are immutable: what was not committed gets a tag of its own.
    changes=$(git diff HEAD -- .. ':!.')
    [ -z "$changes" ] || tag=$tag-$(printf %s "$changes" | openssl dgst -sha256 -r | cut -c1-8)
fi

stack_exists() { aws cloudformation describe-stacks --stack-name "$name-$1" --query 'Stacks[0].StackId' --output text >/dev/null 2>&1; }

stack_parameter() { read_aws cloudformation describe-stacks --stack-name "$name-$1" --query "Stacks[0].Parameters[?ParameterKey=='$2'].ParameterValue | [0]"; }

# An output of a stack; in a dry run of a clean account, its name.
stack_output() {
    local value
    value=$(read_aws cloudformation describe-stacks --stack-name "$name-$1" --query "Stacks[0].Outputs[?OutputKey=='$2'].OutputValue | [0]" 2>/dev/null || true)
    if [ -z "$value" ] && "$dry_run"; then value="($2 of $name-$1)"; fi
    printf %s "$value"
}

# ---------------------------------------------------------------- Which trail

trail_arn='' log_group='' trail_bucket='' trail_key='' trail_role='' other_trails=0

# One line a trail: ARN, log group's ARN, bucket, key, role, home Region.
list_trails() {
    aws cloudtrail describe-trails --include-shadow-trails --output text \
        --query 'trailList[].[TrailARN, CloudWatchLogsLogGroupArn, S3BucketName, KmsKeyId, CloudWatchLogsRoleArn, HomeRegion]'
}

# What keeps a trail from being read; nothing when it can be.
problem_of_trail() {
    local arn=$1 group=$2 home=$3 selectors
    [ "$group" != None ] || { printf 'delivers to no log group'; return; }
    [ "$home" = "$region" ] || { printf 'its log group is in %s' "$home"; return; }
    selectors=$(aws cloudtrail get-event-selectors --region "$home" --trail-name "$arn" --output json 2>/dev/null) || { printf 'its event selectors can not be read'; return; }
    case $selectors in
        *kms.amazonaws.com*) printf 'KMS is excluded from it, or singled out'; return ;;
        *WriteOnly* | *'"readOnly"'*) printf 'it has no reads, and KMS logs Decrypt as a read'; return ;;
        *ReadOnly*) printf 'it has no writes'; return ;;
        *'"IncludeManagementEvents": false'*) printf 'it has no management events' ;;
    esac
}

use_trail() {
    local arn group bucket key role home
    while IFS=$'\t' read -r arn group bucket key role home; do
        [ "$arn" = "$1" ] || continue
        trail_arn=$arn log_group=${group##*:log-group:} trail_bucket=$bucket trail_key=${key#None} trail_role=${role#None}
        log_group=${log_group%:\*}
        return
    done <"$temporary/trails"
    fail "there is no trail $1 here."
}

choose_trail() {
    local arn group bucket key role home problem number=0 usable=0 default answer
    list_trails >"$temporary/trails"
    if stack_exists trail; then
        trail=$(stack_parameter trail ExistingTrailArn)
        printf '   as before: %s\n' "${trail:-the one of $name-trail}"
        [ -z "$trail" ] || use_trail "$trail"
        return
    fi

    : >"$temporary/usable"
    while IFS=$'\t' read -r arn group bucket key role home; do
        case $arn in '' | None) continue ;; esac
        other_trails=$((other_trails + 1))
        problem=$(problem_of_trail "$arn" "$group" "$home")
        if [ -n "$problem" ]; then
            printf '   -  %s: %s\n' "$arn" "$problem"
        else
            number=$((number + 1)) usable=$number
            printf '%s\n' "$arn" >>"$temporary/usable"
            printf '   %d  %s\n' "$number" "$arn"
        fi
    done <"$temporary/trails"

    case $trail in
        new) return ;;
        arn:*) use_trail "$trail"; return ;;
        '') ;;
        *) fail "--trail is 'new' or the ARN of a trail." ;;
    esac
    if [ "$other_trails" -eq 0 ]; then
        printf '   none yet: a new one is made, and its first copy of management events is free.\n'
        return
    fi
    if "$yes"; then fail "the account has trails: say which to read with --trail, an ARN or 'new'."; fi
    printf '   n  a new one. The account has %d already, so its events cost 2 USD per 100,000.\n' "$other_trails"
    if [ "$usable" -gt 0 ]; then default=1; else default=n; fi
    printf 'Which? [%s] ' "$default"
    read -r answer </dev/stdin || answer=''
    answer=${answer:-$default}
    [ "$answer" != n ] || return 0
    arn=$(sed -n "${answer//[^0-9]/}p" "$temporary/usable")
    [ -n "$arn" ] || fail "there is no trail $answer."
    use_trail "$arn"
}

say "Trails"
choose_trail

# ---------------------------------------------------------------- What it will cost

# Management events a month: what the chosen log group took in over a week, or what CloudTrail saw in an hour.
count_events() {
    local now week hour
    now=$(date +%s)
    if [ -n "$log_group" ]; then
        week=$(read_aws cloudwatch get-metric-statistics --namespace AWS/Logs --metric-name IncomingLogEvents --dimensions "Name=LogGroupName,Value=$log_group" \
            --start-time $((now - 604800)) --end-time "$now" --period 604800 --statistics Sum --query 'Datapoints[0].Sum')
        if [ -n "$week" ]; then
            awk -v week="$week" 'BEGIN { printf "%d", week * 30 / 7 }'
            return
        fi
    fi
    # Events appear in the history after about 15 minutes; the CLI makes 2 calls a second, 50 events each.
    hour=$(read_aws cloudtrail lookup-events --start-time $((now - 4500)) --end-time $((now - 900)) --max-items 1000 --query 'length(Events)')
    hour=$(printf '%s\n' "${hour:-0}" | awk '{ sum += $1 } END { print sum + 0 }')
    if [ "$hour" -lt 1000 ]; then
        printf %d $((hour * 730))
        return
    fi
    hour=$(read_aws cloudtrail lookup-events --start-time $((now - 1000)) --end-time $((now - 900)) --max-items 1000 --query 'length(Events)')
    printf '%s\n' "${hour:-0}" | awk '{ sum += $1 } END { printf "%d", sum * 36 * 730 }'
}

show_cost() {
    local events=$1 copies=0
    if [ -z "$trail_arn" ] && [ "$other_trails" -gt 0 ]; then copies=1; fi
    awk -v events="$events" -v copies="$copies" -v trail="$trail_arn" -v tasks="$tasks" -v cpu="$cpu" -v nat="$nats" -v private="$endpoints" -v multi_az="$multi_az" '
        function line(what, price) { printf "   %-58s %9.2f\n", what, price; total += price }
        BEGIN {
            vcpu = cpu == "ARM64" ? 0.03238 : 0.04048; gb = cpu == "ARM64" ? 0.00356 : 0.004445; hours = 730
            nats = nat == "One" ? 1 : 2; endpoints = private == "true"; standby = multi_az == "true" ? 2 : 1; new_trail = trail == ""
            line("Fargate: CryptoApi, " tasks " x 0.25 vCPU, 0.5 GB", tasks * hours * (0.25 * vcpu + 0.5 * gb))
            line("Fargate: Sentinel, 1 x 0.25 vCPU, 1 GB", hours * (0.25 * vcpu + gb))
            line("RDS: 2 x db.t4g.micro" (standby == 2 ? " with a standby" : ""), 2 * standby * 0.016 * hours)
            line("RDS: 2 x 20 GB gp3", 2 * standby * 20 * 0.115)
            line("Load balancer, idle, and its 2 public addresses", 0.0225 * hours + 2 * 0.005 * hours)
            line("NAT gateway x " nats ", idle, and its address", nats * (0.045 + 0.005) * hours)
            line("VPC endpoints: " (endpoints ? "5 x 2 zones" : "off"), endpoints * 10 * 0.01 * hours)
            line("KMS keys", (new_trail ? 7 : 6) * 1)
            line("KMS calls: canary, one a minute", 43800 / 10000 * 0.03)
            line("Secrets: 5", 5 * 0.40)
            line("CloudWatch: metrics, 5 alarms, dashboard", 25 * 0.30 + 5 * 0.10 + 3)
            line("Logs of the services and flow logs, about 2 GB", 2 * 0.50)
            if (new_trail) {
                line(sprintf("Trail: %d events a month into a log group, about 1.5 KB each", events), events * 1.5 / 1048576 * 0.50)
                line("Trail: files in S3", events * 0.15 / 1048576 * 0.023 + 0.01)
            }
            if (copies) line("Trail: a second copy of management events", events / 100000 * 2)
            printf "   %-58s %9.2f USD a month, at rest\n", "Together", total
            printf "   Prices of us-east-1, November 2026, without traffic, taxes and free tiers. README.md tells which switch lowers which line.\n"
        }'
}

say "What a month will cost"
events=$(count_events)
show_cost "$events"

if ! "$dry_run" && ! "$yes"; then
    printf 'Deploy? [y/N] '
    read -r answer </dev/stdin || answer=''
    case $answer in y | Y | yes) ;; *) fail "nothing was changed." ;; esac
fi

# ---------------------------------------------------------------- Stacks

# deploy_stack STACK TEMPLATE PARAMETER=VALUE...: parameters that are left out keep their value of the last time.
deploy_stack() {
    local stack=$name-$1 template=$2 deployment
    shift 2
    say "Stack $stack"
    local command=(cloudformation deploy --stack-name "$stack" --template-file "$template" --no-fail-on-empty-changeset --capabilities CAPABILITY_IAM --tags "kmslab=$name")
    [ $# -eq 0 ] || command+=(--parameter-overrides "$@")
    if "$dry_run"; then change_aws "${command[@]}"; return; fi

    aws "${command[@]}" >"$temporary/deployment" 2>&1 &
    deployment=$!
    while kill -0 "$deployment" 2>/dev/null; do
        sleep "${KMSLAB_PROGRESS_SECONDS:-10}"
        show_progress "$stack"
    done
    wait "$deployment" || {
        cat "$temporary/deployment" >&2
        aws cloudformation describe-stack-events --stack-name "$stack" --output text \
            --query "StackEvents[?ends_with(ResourceStatus, 'FAILED')].[LogicalResourceId, ResourceStatusReason]" | head -n 10 >&2 || true
        fail "$stack was not deployed. What is above says why; run this again once it is mended."
    }
    printf '   done\n'
}

show_progress() {
    local statuses
    statuses=$(aws cloudformation describe-stack-resources --stack-name "$1" --query 'StackResources[].ResourceStatus' --output text 2>/dev/null | tr '\t' '\n') || return 0
    [ -z "$statuses" ] || printf '   %s\n' "$(printf '%s\n' "$statuses" | sort | uniq -c | awk '{ printf "%s%s %s", (NR > 1 ? ", " : ""), $1, tolower($2) }')"
}

deploy_stack vpc baseline-vpc.yaml "NatGateways=$nats" "VpcEndpoints=$endpoints"
deploy_stack ecr ecr.yaml "Prefix=$name"
deploy_stack secrets secrets.yaml

# ---------------------------------------------------------------- Secrets
#
# Private keys go from openssl through a pipe into Secrets Manager: they are in no file, no argument and no parameter of a stack.

has_value() { [ -n "$(read_aws secretsmanager describe-secret --secret-id "$1" --query VersionIdsToStages)" ]; }

# put_secret ARN, with the value on standard input.
put_secret() {
    if "$dry_run"; then
        cat >/dev/null
        printf '   would put a value into %s\n' "$1"
    else
        aws secretsmanager put-secret-value --secret-id "$1" --secret-string file:///dev/stdin --query VersionId --output text >/dev/null
    fi
}

new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256; }

# Nothing can read the private key again but the execution role, so its public part is kept beside it.
public_key_parameter=/$name/attestation/k1.pub

make_attestation_key() {
    local arn=$1 private public
    private=$(new_key)
    public=$(printf '%s\n' "$private" | openssl pkey -pubout | tr '\n' ' ' | sed 's/ *$//')
    change_aws ssm put-parameter --name "$public_key_parameter" --type String --overwrite --value "$public" >/dev/null
    printf '%s\n' "$private" | put_secret "$arn"
}

put_webhook() {
    local url=${KMSLAB_WEBHOOK_URL:-} secret
    if [ -z "$url" ] && ! "$yes" && ! "$dry_run"; then
        printf 'Address of the webhook (not shown): '
        read -rs url </dev/stdin
        printf '\n'
    fi
    [ -n "$url" ] || "$dry_run" || fail "--webhook needs an address in KMSLAB_WEBHOOK_URL."
    case $url in *[\"\\]*) fail "the webhook's address has a quote or a backslash in it." ;; esac
    secret=$(openssl rand -hex 32)
    printf '{"url":"%s","secret":"%s"}' "$url" "$secret" | put_secret "$1"
    "$dry_run" || printf "   The receiver checks signatures with the member 'secret' of %s.\n" "$1"
}

say "Secrets"
attestation_arn=$(stack_output secrets AttestationArn)
canary_arn=$(stack_output secrets CanaryArn)
webhook_arn=$(stack_output secrets WebhookArn)
if "$dry_run" && ! stack_exists secrets; then
    printf '   would make the attestation key and the canary key, and put them into %s and %s\n' "$attestation_arn" "$canary_arn"
else
    if has_value "$attestation_arn"; then printf '   attestation key: there\n'; else make_attestation_key "$attestation_arn"; fi
    if has_value "$canary_arn"; then printf '   canary key: there\n'; else new_key | put_secret "$canary_arn"; fi
    if [ -n "$webhook" ] && ! has_value "$webhook_arn"; then put_webhook "$webhook_arn"; fi
fi
attestation_public=$(read_aws ssm get-parameter --name "$public_key_parameter" --query Parameter.Value 2>/dev/null || true)
if [ -z "$attestation_public" ]; then
    "$dry_run" || fail "the parameter $public_key_parameter is gone. Put the attestation key's public part there (README.md, 'Another attestation key')."
    attestation_public='(public key)'
fi

# ---------------------------------------------------------------- Images

fetch_rds_certificates() {
    if [ -n "$rds_ca" ]; then
        cp "$rds_ca" "$temporary/rds-ca.pem"
    else
        curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 --retry 3 \
            --output "$temporary/rds-ca.pem" "https://truststore.pki.rds.amazonaws.com/$region/$region-bundle.pem"
    fi
    local found subjects
    found=$(openssl dgst -sha256 -r "$temporary/rds-ca.pem" | cut -d' ' -f1)
    printf '   certificates of RDS, SHA-256 %s\n' "$found"
    [ -z "$rds_ca_sha256" ] || [ "$found" = "$rds_ca_sha256" ] || fail "the certificates of RDS should hash to $rds_ca_sha256."
    # Whoever is in this file can pass for the database: nothing else may be in it.
    subjects=$(openssl crl2pkcs7 -nocrl -certfile "$temporary/rds-ca.pem" | openssl pkcs7 -print_certs -noout | grep '^subject') || fail "there is no certificate in the bundle."
    if printf '%s\n' "$subjects" | grep -vq 'Amazon RDS'; then fail "the bundle has certificates that are not RDS's."; fi
}

build_image() {
    local project=$1 repository=$name/$2 registry=$account.dkr.ecr.$region.amazonaws.com password
    if aws ecr describe-images --repository-name "$repository" --image-ids "imageTag=$tag" --query 'imageDetails[0].imageDigest' --output text >/dev/null 2>&1; then
        printf '   %s:%s: there\n' "$repository" "$tag"
        return
    fi
    local publish=(publish "../$project" --configuration Release --os linux --arch "$architecture" --no-self-contained -t:PublishContainer
        "-p:ContainerRegistry=$registry" "-p:ContainerRepository=$repository" "-p:ContainerImageTag=$tag" "-p:RdsCaBundle=$temporary/rds-ca.pem")
    if "$dry_run"; then
        printf '   would run: dotnet'
        printf ' %q' "${publish[@]}"
        printf '\n'
        return
    fi
    [ -s "$temporary/rds-ca.pem" ] || fetch_rds_certificates
    password=$(aws ecr get-login-password)
    printf '   building and pushing %s:%s\n' "$repository" "$tag"
    DOTNET_CONTAINER_PUSH_REGISTRY_UNAME=AWS DOTNET_CONTAINER_PUSH_REGISTRY_PWORD=$password dotnet "${publish[@]}" >"$temporary/publish" 2>&1 ||
        { tail -n 30 "$temporary/publish" >&2; fail "the image was not built."; }
}

say "Images"
build_image KmsLab.CryptoApi cryptoapi
build_image KmsLab.Sentinel sentinel

# ---------------------------------------------------------------- The trail first: it is to see everything

deploy_stack trail trail.yaml "ExistingTrailArn=$trail_arn" "ExistingLogGroup=$log_group"
if [ -z "$trail_arn" ]; then
    trail_bucket=$(stack_output trail Bucket) trail_key=$(stack_output trail KeyArn) trail_role=$(stack_output trail RoleArn)
fi

# ---------------------------------------------------------------- CryptoApi

api_key=''
app=("BaselineVpcStack=$name-vpc" "EcrStack=$name-ecr" "SecretsStack=$name-secrets" "ImageTag=$tag" "Architecture=$cpu"
    "CertificateArn=$certificate" "AllowPlainHttp=$plain_http" "KeyPolicy=$key_policy" "VpcEndpoints=$endpoints" "MinTasks=$tasks" "MultiAz=$multi_az" "DeletionProtection=$protection")
if ! stack_exists app; then
    # As 'KmsLab.CryptoApi new-api-key' makes it: the service gets the hash only.
    api_key=kmslab_$(openssl rand 32 | openssl base64 -A | tr '+/' '-_' | tr -d '=')
    app+=("KeyAdministrators=$administrator" "ApiClientKeyHash=$(printf %s "$api_key" | openssl dgst -sha256 -r | cut -d' ' -f1)")
fi
deploy_stack app app.yaml "${app[@]}"

# ---------------------------------------------------------------- Sentinel

operator_key=''
sentinel=("BaselineVpcStack=$name-vpc" "EcrStack=$name-ecr" "SecretsStack=$name-secrets" "AppStack=$name-app" "TrailStack=$name-trail" "ImageTag=$tag" "Architecture=$cpu"
    "TrailBucket=$trail_bucket" "TrailKeyArn=$trail_key" "TrailRoleArn=$trail_role" "AttestationPublicKey=$attestation_public" "WebhookFormat=$webhook_format"
    "OperatorCidr=$operator_cidr" "CertificateArn=$certificate" "Deployer=$administrator" "VpcEndpoints=$endpoints" "MultiAz=$multi_az" "DeletionProtection=$protection")
[ -z "$email" ] || sentinel+=("AlarmEmail=$email")
if ! stack_exists sentinel; then
    operator_key=kmslab_$(openssl rand 32 | openssl base64 -A | tr '+/' '-_' | tr -d '=')
    sentinel+=("OperatorKeyHash=$(printf %s "$operator_key" | openssl dgst -sha256 -r | cut -d' ' -f1)")
fi
deploy_stack sentinel sentinel.yaml "${sentinel[@]}"

# ---------------------------------------------------------------- And now

if "$dry_run"; then
    say "Nothing was changed."
    exit 0
fi
say "KmsLab runs"
url=$(stack_output app Url)
port=$(stack_output sentinel PagePort)
printf '   CryptoApi   %s\n' "$url"
[ -z "$port" ] || printf '   Sentinel    %s:%s\n' "$url" "$port"
printf '   Dashboard   %s\n' "$(stack_output sentinel Dashboard)"
[ -z "$email" ] || printf '   %s gets two mails of AWS: without a click on the links in them no alarm arrives.\n' "$email"
if [ -n "$api_key" ]; then
    printf '\n   Key of the client first-client, shown only now: %s\n' "$api_key"
fi
if [ -n "$operator_key" ]; then
    printf "   Key of Sentinel's operator, shown only now:     %s\n" "$operator_key"
fi
cat <<TRY

   Try it, with the client's key in API_KEY:

   curl -H "X-Api-Key: \$API_KEY" -H 'Content-Type: application/json' -d '{"Name":"Andy Jassy","Text":"Welcome to ReInvent 2020!"}' $url/encrypt
   curl -H "X-Api-Key: \$API_KEY" -H 'Content-Type: application/json' -d '{"Name":"Andy Jassy","Key":"the Key of the answer"}' $url/decrypt

   README.md goes on from here: wrong keys, and the alarm.
TRY
