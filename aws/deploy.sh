#!/usr/bin/env bash
# Puts KmsLab into an AWS account, from nothing to a running system. Run again, it changes what has changed, and goes on where it stopped. README.md tells
# what it does, and what it costs.
# shellcheck disable=SC2034,SC2154 # Variables are shared with lib/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
for part in common options stacks trails cost secrets images migrate; do
    # shellcheck source=/dev/null
    . "lib/$part.sh"
done

program=deploy.sh name=kmslab region='' certificate='' plain_http=false email='' webhook='' operator_cidr='' trail='' endpoints='' nat='' multi_az=''
key_policy='' tasks='' protection='' architecture='' tag='' stand_ins=false container_insights='' access_logs='' budget='' plan=false rds_ca='' rds_ca_sha256='' heartbeat='' yes=false dry_run=false
read_options "$@"
make_temporary

say "Tools and credentials"
enter_account aws dotnet openssl curl

say "Stacks as they are"
for stack in vpc ecr secrets trail app sentinel rotation alarms; do
    look "$stack"
    printf '   %-20s %s\n' "$name-$stack" "$(stack_exists "$stack" && stack_status "$stack" || printf 'not there')"
done
keep_options
tag=$(image_tag)

say "Trails"
choose_trail
note_change_of_trail
confirm_downgrades

say "What a month will cost"
events=$(count_events) || events=''
show_cost "$events"
show_traffic_cost

if ! "$dry_run"; then confirm 'Deploy?' || fail "nothing was changed."; fi

# ---------------------------------------------------------------- Network, repositories, secrets, images

# The application's stack, where an earlier run has left it in a state that can be changed, must stop asking for an endpoint before the endpoint goes.
if [ "$endpoints" = false ] && [ "$(stack_parameter vpc VpcEndpoints)" = true ] && stack_exists app; then
    settle app
    if stack_exists app; then
        hold_service app
        deploy_stack app app.yaml "ServiceTask=$service_task" "MasterLogin=$master_login" KmsEndpoint=
    fi
fi
settle vpc
deploy_stack vpc baseline-vpc.yaml "NatGateways=$nats" "VpcEndpoints=$endpoints"
settle ecr
deploy_stack ecr ecr.yaml "Prefix=$name"
settle secrets
deploy_stack secrets secrets.yaml

say "Secrets"
fill_secrets "$webhook_format" "$heartbeat"

say "Images"
build_image KmsLab.CryptoApi cryptoapi
build_image KmsLab.Sentinel sentinel

# ---------------------------------------------------------------- The trail first: it is to see everything

settle trail
deploy_stack trail trail.yaml "ExistingTrailArn=$trail_arn" "ExistingLogGroup=$log_group"
if [ -z "$trail_arn" ]; then
    trail_bucket=$(stack_output trail Bucket) trail_key=$(stack_output trail KeyArn) trail_role=$(stack_output trail RoleArn)
fi

# ---------------------------------------------------------------- The services

kms_endpoint='' nat_1='' nat_2=''
[ "$endpoints" = false ] || kms_endpoint=$(stack_output vpc KmsEndpoint)
[ "$nats" = None ] || nat_1=$(stack_output vpc NatAddress1)
[ "$nats" != OnePerZone ] || nat_2=$(stack_output vpc NatAddress2)

# protection_of STACK: protected from its second deployment on. What fails in the first one must be free to go.
protection_of() {
    if [ "$protection" = true ] && ! stack_exists "$1"; then printf later; else printf %s "$protection"; fi
}

settle app
app_protection=$(protection_of app)
app=("BaselineVpcStack=$name-vpc" "EcrStack=$name-ecr" "SecretsStack=$name-secrets" "ImageTag=$tag" "Architecture=$cpu" "CertificateArn=$certificate" "AllowPlainHttp=$plain_http"
    "KeyPolicy=$key_policy" "KmsEndpoint=$kms_endpoint" "MinTasks=$tasks" "MultiAz=$multi_az" "DeletionProtection=$app_protection"
    "ContainerInsights=$container_insights" "AccessLogBucket=$access_logs")
if ! stack_exists app; then
    client_hash='(hash)'
    if stack_exists secrets; then client_hash=$(hash_of_api_key "$(stack_output secrets ClientKeyArn)"); fi
    app+=("KeyAdministrators=$administrator" "ApiClientKeyHash=$client_hash")
fi
deploy_service app app.yaml "${app[@]}"

settle sentinel
sentinel_protection=$(protection_of sentinel)
sentinel=("BaselineVpcStack=$name-vpc" "EcrStack=$name-ecr" "SecretsStack=$name-secrets" "AppStack=$name-app" "TrailStack=$name-trail" "ImageTag=$tag" "Architecture=$cpu"
    "TrailBucket=$trail_bucket" "TrailKeyArn=$trail_key" "TrailRoleArn=$trail_role" "AttestationPublicKey=$attestation_public" "WebhookFormat=$webhook_format" "Heartbeat=$heartbeat"
    "AlarmEmail=$email" "OperatorCidr=$operator_cidr" "CertificateArn=$certificate" "Deployer=$administrator" "KmsEndpoint=$kms_endpoint" "NatAddress1=$nat_1" "NatAddress2=$nat_2"
    "MultiAz=$multi_az" "DeletionProtection=$sentinel_protection" "ContainerInsights=$container_insights")
if ! stack_exists sentinel; then
    operator_hash='(hash)'
    if stack_exists secrets; then operator_hash=$(hash_of_api_key "$(stack_output secrets OperatorKeyArn)"); fi
    sentinel+=("OperatorKeyHash=$operator_hash")
fi
deploy_service sentinel sentinel.yaml "${sentinel[@]}"

settle rotation
deploy_stack rotation rotation.yaml "BaselineVpcStack=$name-vpc" "SecretsStack=$name-secrets" "AppStack=$name-app" "SentinelStack=$name-sentinel"

settle alarms
trail_queue=''
if [ "$(stack_parameter trail NotifyQueue)" = true ]; then trail_queue=$(stack_output trail QueueName); fi
deploy_stack alarms alarms.yaml "AppStack=$name-app" "SentinelStack=$name-sentinel" "TrailStack=$name-trail" "RotationStack=$name-rotation" "TrailQueue=$trail_queue" "MonthlyBudget=$budget" "BudgetEmail=$email" "CostTag=$name"

if [ "$app_protection" = later ]; then deploy_stack app app.yaml DeletionProtection=true; fi
if [ "$sentinel_protection" = later ]; then deploy_stack sentinel sentinel.yaml DeletionProtection=true; fi

# ---------------------------------------------------------------- And now

if "$dry_run"; then
    say "Nothing was changed."
    exit 0
fi

# Where it answers: by the certificate's name, which needs a DNS record, and by the load balancer's without one.
url=$(stack_output app Url)
balancer=${url#*://} record=''
if [ -n "$certificate" ]; then
    domain=$(read_aws acm describe-certificate --certificate-arn "$certificate" --query Certificate.DomainName || true)
    case $domain in
        '') ;;
        '*.'*) record=kmslab.${domain#'*.'} ;;
        *) record=$domain ;;
    esac
    [ -z "$record" ] || url=https://$record
fi

say "KmsLab runs"
port=$(stack_output sentinel PagePort)
printf '   CryptoApi   %s\n' "$url"
[ -z "$port" ] || printf '   Sentinel    %s:%s\n' "$url" "$port"
printf '   Dashboards  %s\n               %s\n' "$(stack_output alarms SentinelDashboard)" "$(stack_output alarms Dashboard)"
[ -z "$record" ] || printf '   %s needs a DNS record (CNAME, or an alias of Route 53) that points to %s\n' "$record" "$balancer"
[ -z "$email" ] || printf '   %s gets two mails of AWS: without a click on the links in them no alarm arrives.\n' "$email"
cat <<TRY

   API keys are in Secrets Manager, of the client first-client and of Sentinel's operator:

   export API_KEY=\$(aws secretsmanager get-secret-value --region $region --secret-id $(stack_output secrets ClientKeyArn) --query SecretString --output text)
   aws secretsmanager get-secret-value --region $region --secret-id $(stack_output secrets OperatorKeyArn) --query SecretString --output text

   Try it:

   curl -H "X-Api-Key: \$API_KEY" -H 'Content-Type: application/json' -d '{"Name":"Andy Jassy","Text":"Welcome to ReInvent 2020!"}' $url/encrypt
   curl -H "X-Api-Key: \$API_KEY" -H 'Content-Type: application/json' -d '{"Name":"Andy Jassy","Key":"the Key of the answer"}' $url/decrypt

   README.md goes on from here: wrong keys, and the alarm.
TRY
