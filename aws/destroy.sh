#!/usr/bin/env bash
# Takes KmsLab out of an AWS account again, whatever state its stacks are in. What could not be made again is kept, and named.
# shellcheck disable=SC2034,SC2154 # Variables are shared with lib/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
for part in common stacks; do
    # shellcheck source=/dev/null
    . "lib/$part.sh"
done

usage() {
    cat <<'USAGE'
aws/destroy.sh [--name NAME] [--region REGION] [--yes] [--dry-run]

  --name NAME      prefix of the stacks (default kmslab)
  --region REGION  default: the AWS CLI's
  --yes            ask nothing
  --dry-run        change nothing; say what would be done
USAGE
}

program=destroy.sh name=kmslab region='' yes=false dry_run=false
while [ $# -gt 0 ]; do
    case $1 in
        --name | --region)
            [ $# -ge 2 ] || fail "$1 needs a value."
            printf -v "${1#--}" '%s' "$2"
            shift ;;
        --yes) yes=true ;;
        --dry-run) dry_run=true ;;
        --help | -h) usage; exit 0 ;;
        *) usage >&2; fail "unknown option $1" ;;
    esac
    shift
done
make_temporary
enter_account aws

# In the order of their dependencies: an export that is imported keeps its stack.
stacks=()
for stack in alarms rotation sentinel app trail secrets ecr vpc; do
    look "$stack"
    if stack_exists "$stack"; then stacks+=("$stack"); fi
done
[ "${#stacks[@]}" -gt 0 ] || { printf 'There is no stack %s-* in account %s.\n' "$name" "$account"; exit 0; }

printf '\nFrom account %s these stacks go:\n' "$account"
for stack in "${stacks[@]}"; do printf '   %-20s %s\n' "$name-$stack" "$(stack_status "$stack")"; done
printf '\nThese things stay, and cost a little; at the end you see how to be rid of them:\n'
kept=''
keep() { printf '   %s\n' "$1"; kept="$kept   $2"$'\n'; }
for stack in "${stacks[@]}"; do
    case $stack in
        app | sentinel)
            for database in $(resources "$stack" AWS::RDS::DBInstance); do
                keep "a last snapshot of the database $database" "aws rds describe-db-snapshots --query \"DBSnapshots[?DBInstanceIdentifier=='$database'].DBSnapshotIdentifier\"   # then: aws rds delete-db-snapshot --db-snapshot-identifier ..."
            done ;;
        trail)
            for bucket in $(resources trail AWS::S3::Bucket); do
                keep "the trail's files, in the bucket $bucket" "aws s3 rb --force s3://$bucket   # its old versions first: it is versioned"
            done ;;
    esac
    if [ "$stack" != sentinel ]; then
        for key in $(resources "$stack" AWS::KMS::Key); do
            keep "the KMS key $key of $name-$stack: what it encrypted can't be read without it" "aws kms schedule-key-deletion --key-id $key --pending-window-in-days 30"
        done
    else
        storage=$(aws cloudformation describe-stack-resource --stack-name "$name-sentinel" --logical-resource-id StorageKey --query StackResourceDetail.PhysicalResourceId --output text 2>/dev/null || true)
        [ -z "$storage" ] || keep "the KMS key $storage of $name-sentinel: its snapshot can't be read without it" "aws kms schedule-key-deletion --key-id $storage --pending-window-in-days 30"
    fi
done

if ! "$yes" && ! "$dry_run"; then
    printf '\nType %s to go on: ' "$name"
    read -r answer </dev/stdin || answer=''
    [ "$answer" = "$name" ] || fail "nothing was changed."
fi

for stack in "${stacks[@]}"; do
    printf '\n== Stack %s\n' "$name-$stack"
    case $(stack_status "$stack") in
        REVIEW_IN_PROGRESS) ;;
        *_IN_PROGRESS) wait_until_settled "$stack" ;;
    esac
    if stack_exists "$stack"; then delete_stack "$stack"; fi
done
if aws ssm get-parameter --name "/$name/attestation/k1.pub" >/dev/null 2>&1; then
    change_aws ssm delete-parameter --name "/$name/attestation/k1.pub"
fi

if "$dry_run"; then
    printf '\nNothing was changed.\n'
elif [ -n "$kept" ]; then
    printf '\nThis is left. To be rid of it for good:\n%s' "$kept"
fi
