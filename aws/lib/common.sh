# shellcheck shell=bash
# Sourced by the scripts of aws/: how they speak, ask, and call AWS. They set program, name, region, yes and dry_run.
# shellcheck disable=SC2154,SC2034

fail() { printf '\n%s\n' "$program: $*" >&2; exit 1; }

say() { printf '\n== %s\n' "$*"; }

# Asks a question that only 'y' answers with yes; with --yes nobody is asked.
confirm() {
    local answer
    if "$yes"; then return; fi
    printf '%s [y/N] ' "$1"
    read -r answer </dev/stdin || answer=''
    case $answer in y | Y | yes) ;; *) return 1 ;; esac
}

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

make_temporary() {
    temporary=$(mktemp -d)
    trap 'rm -rf "$temporary"' EXIT
}

# Finds tools, Region, account and caller: sets region, account, caller and administrator.
enter_account() {
    local tool role
    for tool in "$@"; do
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
}
