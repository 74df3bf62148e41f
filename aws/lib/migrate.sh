# shellcheck shell=bash
# Sourced by deploy.sh and migrate.sh: the database of a service is migrated by a task of its own, as the database's master, before the service runs anew.
# shellcheck disable=SC2154

# The name of a stack's service.
service_of() { case $1 in app) printf cryptoapi ;; *) printf sentinel ;; esac; }

# What the service of a stack must go on with while its database is migrated: sets service_task and master_login. The stack has been settled.
hold_service() {
    local before
    service_task=none master_login=false
    stack_exists "$1" || return 0
    before=$(stack_parameter "$1" ServiceTask)
    if [ "$before" = none ]; then return 0; fi
    service_task=$(read_aws ecs describe-services --cluster "$name-$1" --services "$(service_of "$1")" --query 'services[0].taskDefinition') ||
        fail "it can't be told what the service of $name-$1 runs."
    [ -n "$service_task" ] || fail "$name-$1 should have a service, and ECS knows none."
    # A stack from before there were users beside the master; or one that did not get further than this.
    if [ -z "$before" ] || [ "$(stack_parameter "$1" MasterLogin)" = true ]; then master_login=true; fi
}

# deploy_service STACK TEMPLATE PARAMETER=VALUE...: changes the stack with its service held, migrates the database, and lets the service run what is new.
deploy_service() {
    local short=$1 template=$2
    shift 2
    if "${plan:-false}" && stack_exists "$short"; then
        deploy_stack "$short" "$template" "$@" ServiceTask=new MasterLogin=false
        printf '   and its database would be migrated before its service changes\n'
        return
    fi
    hold_service "$short"
    deploy_stack "$short" "$template" "$@" "ServiceTask=$service_task" "MasterLogin=$master_login"
    migrate "$short"
    deploy_stack "$short" "$template" ServiceTask=new MasterLogin=false
}

# migrate STACK: runs the task, waits for its end, and shows its log where it did not end well.
migrate() {
    local stack=$name-$1 cluster=$name-$1 task network
    say "Database of $stack"
    network="awsvpcConfiguration={subnets=[$(stack_output vpc PrivateSubnets)],securityGroups=[$(stack_output "$1" TaskSecurityGroup)],assignPublicIp=DISABLED}"
    local command=(ecs run-task --cluster "$cluster" --task-definition "$(stack_output "$1" MigrateTask)" --launch-type FARGATE --network-configuration "$network" --started-by deployment)
    if "$dry_run"; then change_aws "${command[@]}"; return; fi

    # ECS answers with tasks, or with failures: an error of its own would say less.
    aws "${command[@]}" --query "[tasks[].['task', taskArn], failures[].['failure', reason, detail]][]" --output text >"$temporary/task" 2>"$temporary/problem" ||
        { cat "$temporary/problem" >&2; not_migrated "$1" "ECS did not take the task."; }
    task=$(awk -F '\t' '$1 == "task" { print $2 }' "$temporary/task")
    if [ -z "$task" ]; then
        awk -F '\t' '$1 == "failure" { print "   " $2, $3 }' "$temporary/task" >&2
        not_migrated "$1" "ECS started no task."
    fi
    printf '   migrating: %s\n' "${task##*/}"
    if ! aws ecs wait tasks-stopped --cluster "$cluster" --tasks "$task" 2>"$temporary/problem"; then
        cat "$temporary/problem" >&2
        show_task_log "$1" "$task"
        not_migrated "$1" "the task $task has not ended within 10 minutes."
    fi
    # A container that never started has no exit code.
    read_aws ecs describe-tasks --cluster "$cluster" --tasks "$task" --query 'tasks[0].[containers[0].exitCode, stoppedReason, containers[0].reason]' >"$temporary/task" ||
        not_migrated "$1" "it can't be told how the task $task ended."
    show_task_log "$1" "$task"
    if [ "$(cut -f 1 "$temporary/task")" != 0 ]; then
        cut -f 2- "$temporary/task" | sed 's/^/   /' >&2
        not_migrated "$1" "the task $task did not end well."
    fi
}

# The log of a task, as long as it is: it tells which scripts were run, or what went wrong.
show_task_log() {
    aws logs get-log-events --log-group-name "/kmslab/$name-$1" --log-stream-name "migrate/migrate/${2##*/}" --start-from-head --limit 100 \
        --query 'events[].[message]' --output text 2>/dev/null | sed '/^None$/d; s/^/   /' || true
}

not_migrated() {
    case $service_task in
        none) fail "the database of $name-$1 was not migrated: $2 Its service is not there yet. Mend what is above and run this again." ;;
        *) fail "the database of $name-$1 was not migrated: $2 Its service goes on as before. Mend what is above and run this again." ;;
    esac
}
