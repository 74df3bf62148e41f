#!/usr/bin/env bash
# Takes KmsLab out of an AWS account again. What could not be made again is kept, and named.
set -euo pipefail

usage() {
    cat <<'USAGE'
aws/destroy.sh [--name NAME] [--region REGION] [--yes] [--dry-run]

  --name NAME      prefix of the stacks (default kmslab)
  --region REGION  default: the AWS CLI's
  --yes            ask nothing
  --dry-run        change nothing; say what would be done
USAGE
}

name=kmslab region='' yes=false dry_run=false

fail() { printf '\n%s\n' "destroy.sh: $*" >&2; exit 1; }

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

command -v aws >/dev/null || fail "aws is not on PATH."
[ -z "$region" ] || export AWS_REGION=$region AWS_DEFAULT_REGION=$region
export AWS_PAGER=''
account=$(aws sts get-caller-identity --query Account --output text) || fail "no valid credentials. Try 'aws sts get-caller-identity'."

change_aws() {
    if "$dry_run"; then
        printf '   would run: aws'
        printf ' %q' "$@"
        printf '\n'
    else
        aws "$@"
    fi
}

stack_exists() { aws cloudformation describe-stacks --stack-name "$name-$1" --query 'Stacks[0].StackId' --output text >/dev/null 2>&1; }

# Physical ids of a stack's resources of a type, one a line.
resources() {
    aws cloudformation describe-stack-resources --stack-name "$name-$1" --output text \
        --query "StackResources[?ResourceType=='$2'].[PhysicalResourceId]" 2>/dev/null | sed '/^None$/d;/^$/d'
}

# In the order of their dependencies: an export that is imported keeps its stack.
stacks=()
for stack in sentinel app trail secrets ecr vpc; do
    if stack_exists "$stack"; then stacks+=("$stack"); fi
done
[ "${#stacks[@]}" -gt 0 ] || { printf 'There is no stack %s-* in account %s.\n' "$name" "$account"; exit 0; }

printf 'From account %s these stacks go: ' "$account"
printf "$name-%s " "${stacks[@]}"
printf '\n\nThese things stay, and cost a little; at the end you see how to be rid of them:\n'
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
    for database in $(resources "$stack" AWS::RDS::DBInstance); do
        change_aws rds modify-db-instance --db-instance-identifier "$database" --no-deletion-protection --apply-immediately --query DBInstance.DBInstanceIdentifier --output text
    done
    for balancer in $(resources "$stack" AWS::ElasticLoadBalancingV2::LoadBalancer); do
        change_aws elbv2 modify-load-balancer-attributes --load-balancer-arn "$balancer" --attributes Key=deletion_protection.enabled,Value=false --query 'Attributes[0].Key' --output text
    done
    change_aws cloudformation delete-stack --stack-name "$name-$stack"
    change_aws cloudformation wait stack-delete-complete --stack-name "$name-$stack" ||
        fail "$name-$stack was not deleted: 'aws cloudformation describe-stack-events --stack-name $name-$stack' says why. Run this again once it is mended."
done
if aws ssm get-parameter --name "/$name/attestation/k1.pub" >/dev/null 2>&1; then
    change_aws ssm delete-parameter --name "/$name/attestation/k1.pub"
fi

if "$dry_run"; then
    printf '\nNothing was changed.\n'
elif [ -n "$kept" ]; then
    printf '\nThis is left. To be rid of it for good:\n%s' "$kept"
fi
