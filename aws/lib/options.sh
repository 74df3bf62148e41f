# shellcheck shell=bash
# Sourced by deploy.sh: its options, and what becomes of those that are not given. An option that is not given keeps what the stacks have.
# shellcheck disable=SC2154,SC2034

usage() {
    cat <<'USAGE'
aws/deploy.sh [options]

An option that is not given keeps the value of the last time. What takes something away is shown, and asked for.

  --name NAME              prefix of the stacks (default kmslab)
  --region REGION          default: the AWS CLI's
  --certificate ARN        ACM certificate for HTTPS
  --plain-http             no certificate: for the lab only
  --email ADDRESS|none     who gets mail when an alarm fires
  --webhook json|slack|none  Sentinel posts alarms itself; the address is read from KMSLAB_WEBHOOK_URL, or asked
  --heartbeat              Sentinel calls an address each minute while all is well; it is read from KMSLAB_HEARTBEAT_URL, or asked
  --no-heartbeat           without it again
  --operator-cidr CIDR|none  from where Sentinel's page can be reached (at first: from nowhere)
  --trail new|ARN          which trail to read (at first: asks)
  --vpc-endpoints          private ways to KMS, Logs, Secrets Manager, ECR; the KMS key refuses others
  --no-vpc-endpoints       without them again
  --nat one|per-zone|none  ways out to the internet (at first: one); none needs --vpc-endpoints, and surveys of other Regions and webhooks fail
  --multi-az, --single-az  databases with a standby, or without (at first: without)
  --per-record-keys        a KMS key for each record
  --shared-key             one KMS key for new records; those with their own keep it
  --small, --full          one task of each service and no deletion protection, for the lab; or two, protected (at first: full)
  --architecture arm64|x64 of the tasks (at first: arm64)
  --tag TAG                of the images (default: the commit); the architecture is added
  --stand-ins              images with KmsLab's stand-in AWS clients, for a package feed without AWS's
  --container-insights disabled|enabled|enhanced  metrics of each task, billed by the metric (at first: enabled, with --small disabled)
  --access-logs BUCKET|none  the load balancer's access logs
  --budget USD|none        mail to --email when a month costs more
  --rds-ca FILE            RDS's certificates, instead of downloading them
  --rds-ca-sha256 HEX      what they must hash to
  --yes                    ask nothing (needs --trail where the account has one)
  --plan                   make no change: show CloudFormation's change sets, and delete them again
  --dry-run                change nothing; say what would be done
USAGE
}

read_options() {
    local option
    while [ $# -gt 0 ]; do
        case $1 in
            --name | --region | --certificate | --email | --webhook | --operator-cidr | --trail | --nat | --container-insights | --access-logs | --budget | --architecture | --tag | --rds-ca | --rds-ca-sha256)
                [ $# -ge 2 ] || fail "$1 needs a value. --help lists the options."
                option=${1#--}
                printf -v "${option//-/_}" '%s' "$2"
                shift ;;
            --plain-http) plain_http=true ;;
            --heartbeat) heartbeat=true ;;
            --no-heartbeat) heartbeat=false ;;
            --vpc-endpoints) endpoints=true ;;
            --no-vpc-endpoints) endpoints=false ;;
            --nat-per-zone) nat=per-zone ;;
            --multi-az) multi_az=true ;;
            --single-az) multi_az=false ;;
            --per-record-keys) key_policy=PerRecord ;;
            --shared-key) key_policy=Shared ;;
            --small) tasks=1 protection=false ;;
            --full) tasks=2 protection=true ;;
            --stand-ins) stand_ins=true ;;
            --yes) yes=true ;;
            --plan) plan=true dry_run=true ;;
            --dry-run) dry_run=true ;;
            --help | -h) usage; exit 0 ;;
            *) usage >&2; fail "unknown option $1" ;;
        esac
        shift
    done

    case $architecture in
        '') cpu='' ;;
        arm64) cpu=ARM64 ;;
        x64) cpu=X86_64 ;;
        *) fail "--architecture is arm64 or x64." ;;
    esac
    case $webhook in
        '') webhook_format='' ;;
        json) webhook_format=Json ;;
        slack) webhook_format=Slack ;;
        none) webhook_format=None ;;
        *) fail "--webhook is json, slack or none." ;;
    esac
    case $nat in
        '') nats='' ;;
        one) nats=One ;;
        per-zone) nats=OnePerZone ;;
        none) nats=None ;;
        *) fail "--nat is one, per-zone or none." ;;
    esac
    case $container_insights in '' | disabled | enabled | enhanced) ;; *) fail "--container-insights is disabled, enabled or enhanced." ;; esac
    case $budget in '' | none) ;; *[!0-9]*) fail "--budget is a number of US dollars." ;; esac
    [ -z "$certificate" ] || ! "$plain_http" || fail "--certificate and --plain-http exclude each other."
}

# kept VARIABLE STACK PARAMETER DEFAULT: what was not given is what the stack has, or the default. 'none' is how an option says: no longer.
kept() {
    local given=${!1} before
    before=$(stack_parameter "$2" "$3")
    case $given in
        '') printf -v "$1" '%s' "${before:-$4}" ;;
        none) printf -v "$1" '%s' '' ;;
    esac
    # What takes something away: the value is worse than the one before.
    if stack_exists "$2" && [ -n "$given" ] && lesser "$3" "$before" "${!1}"; then
        printf '   %s: %s, and was %s\n' "$3" "${!1:-none}" "$before" >>"$temporary/downgrades"
    fi
}

lesser() {
    case "$1 $2>$3" in
        'VpcEndpoints true>false' | 'Heartbeat true>false' | 'MultiAz true>false' | 'KeyPolicy PerRecord>Shared' | 'DeletionProtection '*'>false') [ "$2" != false ] ;;
        'NatGateways OnePerZone>'* | 'NatGateways One>None') [ "$2" != "$3" ] ;;
        'AccessLogBucket '* | 'MonthlyBudget '*) [ -n "$2" ] && [ "$2" != 0 ] && [ -z "$3" ] ;;
        'MinTasks '*) [ "$3" -lt "${2:-0}" ] ;;
        'Architecture '*) [ "$2" != "$3" ] ;;
        'CertificateArn '* | 'OperatorCidr '*) [ -n "$2" ] && [ -z "$3" ] ;;
        'AlarmEmail '*) [ -n "$2" ] && [ "$2" != "$3" ] ;;
        'WebhookFormat '*) [ -n "$2" ] && [ "$2" != None ] && [ "$2" != "$3" ] ;;
        'ExistingTrailArn '*) [ "$2" != "$3" ] ;;
        *) return 1 ;;
    esac
}

# Fills in what was not given.
keep_options() {
    : >"$temporary/downgrades"
    if "$plain_http"; then certificate=none; fi
    kept nats vpc NatGateways One
    kept endpoints vpc VpcEndpoints false
    kept cpu app Architecture ARM64
    kept certificate app CertificateArn ''
    kept key_policy app KeyPolicy Shared
    kept tasks app MinTasks 2
    kept multi_az app MultiAz false
    kept protection app DeletionProtection true
    if [ "$tasks" = 1 ]; then default_insights=disabled; else default_insights=enabled; fi
    kept container_insights app ContainerInsights "$default_insights"
    kept access_logs app AccessLogBucket ''
    kept budget alarms MonthlyBudget 0
    budget=${budget:-0}
    kept email sentinel AlarmEmail ''
    kept webhook_format sentinel WebhookFormat None
    kept heartbeat sentinel Heartbeat false
    kept operator_cidr sentinel OperatorCidr ''
    # 'later' is a first deployment that did not get to its end.
    [ "$protection" = false ] || protection=true
    case $cpu in ARM64) architecture=arm64 ;; *) architecture=x64 ;; esac
    [ -n "$certificate" ] || "$plain_http" || [ "$(stack_parameter app AllowPlainHttp)" = true ] || fail "give --certificate ARN for HTTPS or, in a lab, --plain-http."
    if [ -z "$certificate" ]; then plain_http=true; fi
    [ "$budget" = 0 ] || [ -n "$email" ] || fail "--budget mails: give --email."
    [ "$nats" != None ] || [ "$endpoints" = true ] || fail "without NAT (--nat none) the tasks reach AWS through endpoints only: give --vpc-endpoints."
    if [ "$nats" = None ]; then
        printf '   without NAT nothing outside this Region can be reached: no webhook is delivered, and keys in other Regions are not surveyed.\n'
        [ "$webhook_format" = None ] || fail "a webhook needs a way out: --nat one, or --webhook none."
        [ "$heartbeat" = false ] || fail "a heartbeat needs a way out: --nat one, or --no-heartbeat."
    fi
}

confirm_downgrades() {
    [ -s "$temporary/downgrades" ] || return 0
    say "This takes something away, or replaces it"
    cat "$temporary/downgrades"
    "$dry_run" || confirm "Really?" || fail "nothing was changed."
}
