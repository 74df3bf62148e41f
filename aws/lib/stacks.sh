# shellcheck shell=bash
# Sourced by the scripts of aws/: what a stack is like, and how it gets from there to where it should be.
# shellcheck disable=SC2154

# look STACK: notes a stack's status, parameters and outputs. A stack that is not there has none; an answer that does not come ends the script.
look() {
    local lines="Stacks[0].[[['status', StackStatus]], Parameters[].['parameter', ParameterKey, ParameterValue], Outputs[].['output', OutputKey, OutputValue]][]"
    if aws cloudformation describe-stacks --stack-name "$name-$1" --query "$lines" --output text >"$temporary/stack-$1" 2>"$temporary/problem"; then return; fi
    : >"$temporary/stack-$1"
    grep -q 'does not exist' "$temporary/problem" || { cat "$temporary/problem" >&2; fail "the state of $name-$1 can't be read."; }
}

stack_status() { awk -F '\t' '$1 == "status" { print $2 }' "$temporary/stack-$1"; }

stack_exists() { [ -s "$temporary/stack-$1" ]; }

stack_parameter() { awk -F '\t' -v key="$2" '$1 == "parameter" && $2 == key { print $3 }' "$temporary/stack-$1"; }

# An output of a stack; in a dry run of a clean account, its name.
stack_output() {
    local value
    value=$(awk -F '\t' -v key="$2" '$1 == "output" && $2 == key { print $3 }' "$temporary/stack-$1")
    if [ -z "$value" ] && "$dry_run"; then value="($2 of $name-$1)"; fi
    printf %s "$value"
}

# Physical ids of a stack's resources of a type, one a line.
resources() {
    aws cloudformation describe-stack-resources --stack-name "$name-$1" --output text \
        --query "StackResources[?ResourceType=='$2' && ResourceStatus!='DELETE_COMPLETE'].[PhysicalResourceId]" 2>/dev/null | sed '/^None$/d;/^$/d'
}

# What failed in a stack, and why; the latest first.
show_failures() {
    aws cloudformation describe-stack-events --stack-name "$name-$1" --output text \
        --query "StackEvents[?ends_with(ResourceStatus, 'FAILED')].[LogicalResourceId, ResourceStatus, ResourceStatusReason]" 2>/dev/null | head -n 10 | sed 's/^/   /' >&2 || true
}

wait_until_settled() {
    printf '   %s is %s: waiting for its end\n' "$name-$1" "$(stack_status "$1")"
    "$dry_run" && return
    while case $(stack_status "$1") in REVIEW_IN_PROGRESS) false ;; *_IN_PROGRESS) true ;; *) false ;; esac; do
        sleep "${KMSLAB_PROGRESS_SECONDS:-10}"
        look "$1"
    done
}

# Deletion protection, which would make a deletion fail half-way.
unprotect() {
    local database balancer
    for database in $(resources "$1" AWS::RDS::DBInstance); do
        change_aws rds modify-db-instance --db-instance-identifier "$database" --no-deletion-protection --apply-immediately --query DBInstance.DBInstanceIdentifier --output text
    done
    for balancer in $(resources "$1" AWS::ElasticLoadBalancingV2::LoadBalancer); do
        change_aws elbv2 modify-load-balancer-attributes --load-balancer-arn "$balancer" --attributes Key=deletion_protection.enabled,Value=false --query 'Attributes[0].Key' --output text
    done
}

delete_stack() {
    unprotect "$1"
    if ! change_aws cloudformation delete-stack --stack-name "$name-$1" || ! change_aws cloudformation wait stack-delete-complete --stack-name "$name-$1"; then
        show_failures "$1"
        fail "$name-$1 was not deleted; what is above says why. Run this again once it is mended."
    fi
    "$dry_run" || : >"$temporary/stack-$1"
}

# A first deployment that failed: nothing in it was ever in use, so it goes, and so do keys that its rollback could not take back.
delete_first_attempt() {
    local keys key
    keys=$(resources "$1" AWS::KMS::Key)
    delete_stack "$1"
    for key in $keys; do
        [ "$(read_aws kms describe-key --key-id "$key" --query KeyMetadata.KeyState 2>/dev/null || true)" != Enabled ] ||
            change_aws kms schedule-key-deletion --key-id "$key" --pending-window-in-days 30 --query KeyId --output text
    done
}

# settle STACK: brings a stack from whatever state an earlier attempt left it in to one in which it can be created or changed.
settle() {
    local stack=$name-$1
    look "$1"
    case $(stack_status "$1") in
        REVIEW_IN_PROGRESS) ;;
        *_IN_PROGRESS) wait_until_settled "$1" ;;
    esac
    case $(stack_status "$1") in
        '' | CREATE_COMPLETE | UPDATE_COMPLETE | UPDATE_ROLLBACK_COMPLETE | IMPORT_COMPLETE | IMPORT_ROLLBACK_COMPLETE) ;;
        *_IN_PROGRESS)
            "$dry_run" || [ "$(stack_status "$1")" = REVIEW_IN_PROGRESS ] || fail "$stack is $(stack_status "$1")."
            if [ "$(stack_status "$1")" = REVIEW_IN_PROGRESS ]; then
                printf '   %s is REVIEW_IN_PROGRESS: somebody prepared it and created nothing.\n' "$stack"
                confirm "   Delete the preparation?" || fail "nothing was done to $stack."
                delete_stack "$1"
            fi ;;
        ROLLBACK_COMPLETE | ROLLBACK_FAILED | CREATE_FAILED)
            printf '   %s is %s: its first deployment failed, so nothing in it is in use. It must go before it can be created again.\n' "$stack" "$(stack_status "$1")"
            show_failures "$1"
            confirm "   Delete what is left of it?" || fail "nothing was done to $stack."
            delete_first_attempt "$1" ;;
        DELETE_FAILED)
            printf '   %s is DELETE_FAILED: somebody wanted it gone, and part of it is left.\n' "$stack"
            show_failures "$1"
            confirm "   Delete the rest (databases leave a snapshot, keys with data stay), and create it again?" || fail "nothing was done to $stack."
            delete_stack "$1" ;;
        UPDATE_ROLLBACK_FAILED)
            printf '   %s is UPDATE_ROLLBACK_FAILED: a change failed, and so did the way back.\n' "$stack"
            show_failures "$1"
            confirm "   Go on with the way back?" || fail "nothing was done to $stack."
            roll_back "$1" continue-update-rollback ;;
        UPDATE_FAILED)
            printf '   %s is UPDATE_FAILED: a change stopped half-way.\n' "$stack"
            show_failures "$1"
            confirm "   Take the change back?" || fail "nothing was done to $stack."
            roll_back "$1" rollback-stack ;;
        *) fail "$stack is $(stack_status "$1"), and this script does not know what to do about that." ;;
    esac
}

roll_back() {
    if ! change_aws cloudformation "$2" --stack-name "$name-$1" || ! change_aws cloudformation wait stack-rollback-complete --stack-name "$name-$1"; then
        show_failures "$1"
        fail "$name-$1 can't be rolled back. Mend what is above and run this again, or skip it: aws cloudformation $2 --stack-name $name-$1 --resources-to-skip ..."
    fi
    "$dry_run" || look "$1"
}

# deploy_stack STACK TEMPLATE PARAMETER=VALUE...: parameters that are left out keep their value of the last time. The stack has been settled.
deploy_stack() {
    local short=$1 stack=$name-$1 template=$2 deployment
    shift 2
    say "Stack $stack"
    local command=(cloudformation deploy --stack-name "$stack" --template-file "$template" --no-fail-on-empty-changeset --capabilities CAPABILITY_IAM --tags "kmslab=$name")
    [ $# -eq 0 ] || command+=(--parameter-overrides "$@")
    if "${plan:-false}" && stack_exists "$short"; then show_change_set "$stack" "${command[@]}"; return; fi
    if "$dry_run"; then change_aws "${command[@]}"; return; fi

    aws "${command[@]}" >"$temporary/deployment" 2>&1 &
    deployment=$!
    while kill -0 "$deployment" 2>/dev/null; do
        sleep "${KMSLAB_PROGRESS_SECONDS:-10}"
        if kill -0 "$deployment" 2>/dev/null; then show_progress "$stack"; fi
    done
    wait "$deployment" || {
        cat "$temporary/deployment" >&2
        show_failures "$short"
        fail "$stack was not deployed. What is above says why; run this again once it is mended: it goes on from here."
    }
    look "$short"
    printf '   done\n'
}

# show_change_set STACK COMMAND...: what CloudFormation would change, resource by resource. The change set is deleted again.
show_change_set() {
    local stack=$1 change_set
    shift
    aws "$@" --no-execute-changeset >"$temporary/change-set" 2>&1 || { cat "$temporary/change-set" >&2; fail "no change set could be made for $stack."; }
    change_set=$(grep -o 'arn:[^ ]*:changeSet/[^ ]*' "$temporary/change-set" | head -n 1 || true)
    if [ -z "$change_set" ]; then
        printf '   no change\n'
        return
    fi
    aws cloudformation describe-change-set --change-set-name "$change_set" --output text \
        --query 'Changes[].ResourceChange.[Action, LogicalResourceId, ResourceType, Replacement]' |
        awk -F '\t' '{ printf "   %-7s %-32s %s%s\n", tolower($1), $2, $3, $4 == "True" ? "   REPLACED" : $4 == "Conditional" ? "   replaced, perhaps" : "" }'
    aws cloudformation delete-change-set --change-set-name "$change_set"
}

show_progress() {
    local statuses
    statuses=$(aws cloudformation describe-stack-resources --stack-name "$1" --query 'StackResources[].ResourceStatus' --output text 2>/dev/null | tr '\t' '\n') || return 0
    [ -z "$statuses" ] || printf '   %s\n' "$(printf '%s\n' "$statuses" | sort | uniq -c | awk '{ printf "%s%s %s", (NR > 1 ? ", " : ""), $1, tolower($2) }')"
}
