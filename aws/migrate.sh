#!/usr/bin/env bash
# Migrates the database of a service, and lets the service run what its stack has: the last step after 'sam deploy'. deploy.sh does it by itself. The argument is
# the stack of app.yaml or sentinel.yaml; its name ends in -app or -sentinel, and the network's is the same with -vpc.
# shellcheck disable=SC2034,SC2154 # Variables are shared with lib/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
for part in common stacks migrate; do
    # shellcheck source=/dev/null
    . "lib/$part.sh"
done

program=migrate.sh region='' yes=false dry_run=false stack=''
usage() { printf 'aws/migrate.sh STACK [--region REGION] [--dry-run]\n'; }
while [ $# -gt 0 ]; do
    case $1 in
        --region)
            [ $# -ge 2 ] || fail "$1 needs a value."
            region=$2
            shift ;;
        --dry-run) dry_run=true ;;
        --help | -h) usage; exit 0 ;;
        -*) usage >&2; fail "unknown option $1" ;;
        *) stack=$1 ;;
    esac
    shift
done
case $stack in
    *-app) short=app template=app.yaml ;;
    *-sentinel) short=sentinel template=sentinel.yaml ;;
    *) usage >&2; fail "which stack? Its name ends in -app or -sentinel." ;;
esac
name=${stack%-"$short"}
make_temporary
enter_account aws

look vpc
stack_exists vpc || fail "there is no stack $name-vpc, in whose network the task would run."
look "$short"
stack_exists "$short" || fail "there is no stack $stack."
service_task=$(stack_parameter "$short" ServiceTask)
[ -n "$service_task" ] || fail "$stack is from before services had users of their own: run deploy.sh, which moves it over."
migrate "$short"
if [ "$service_task" = new ]; then
    printf '\nThe database is as the service needs it. Its tasks get a password at their start: where it was another one, let them start anew:\n   aws ecs update-service --region %s --cluster %s --service %s --force-new-deployment\n' \
        "$region" "$stack" "$(service_of "$short")"
else
    deploy_stack "$short" "$template" ServiceTask=new MasterLogin=false
fi
