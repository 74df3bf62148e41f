# shellcheck shell=bash
# Sourced by deploy.sh: which trail Sentinel reads. Sets trail_arn, log_group, trail_bucket, trail_key, trail_role and other_trails.
# shellcheck disable=SC2154,SC2034

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
    if stack_exists trail && [ -z "$trail" ]; then
        trail=$(stack_parameter trail ExistingTrailArn)
        printf '   as before: %s\n' "${trail:-the one of $name-trail}"
        [ -z "$trail" ] || use_trail "$trail"
        return
    fi

    : >"$temporary/usable"
    while IFS=$'\t' read -r arn group bucket key role home; do
        case $arn in '' | None | */"$name-trail") continue ;; esac
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

# Another trail than before: the stack's own, with its log group, goes.
note_change_of_trail() {
    local before
    before=$(stack_parameter trail ExistingTrailArn)
    if ! stack_exists trail || [ "$before" = "$trail_arn" ]; then return 0; fi
    printf '   the trail is %s, and was %s\n' "${trail_arn:-a new one}" "${before:-the one of $name-trail}" >>"$temporary/downgrades"
}
