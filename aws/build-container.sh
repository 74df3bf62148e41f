#!/usr/bin/env bash
# For the path of the AWS lab, between its two 'sam deploy': makes image repositories and secrets, builds the application's image, and prints its URI. The
# argument is the stack of baseline-vpc.yaml; 'kmslab-vpc' makes the prefix kmslab.
# shellcheck disable=SC2034,SC2154 # Variables are shared with lib/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
for part in common stacks secrets images; do
    # shellcheck source=/dev/null
    . "lib/$part.sh"
done

program=build-container.sh region='' architecture=arm64 tag='' stand_ins=false rds_ca='' rds_ca_sha256='' yes=false dry_run=false base=''
usage() { printf 'aws/build-container.sh STACK [--region REGION] [--architecture arm64|x64] [--tag TAG] [--stand-ins] [--rds-ca FILE] [--yes]\n'; }
while [ $# -gt 0 ]; do
    case $1 in
        --region | --architecture | --tag | --rds-ca)
            [ $# -ge 2 ] || fail "$1 needs a value."
            option=${1#--}
            printf -v "${option//-/_}" '%s' "$2"
            shift ;;
        --stand-ins) stand_ins=true ;;
        --yes) yes=true ;;
        --help | -h) usage; exit 0 ;;
        -*) usage >&2; fail "unknown option $1" ;;
        *) base=$1 ;;
    esac
    shift
done
case $architecture in
    arm64) cpu=ARM64 ;;
    x64) cpu=X86_64 ;;
    *) fail "--architecture is arm64 or x64." ;;
esac
[ -n "$base" ] || { usage >&2; fail "which stack is the base network's?"; }
name=${base%-vpc}
make_temporary

say "Tools and credentials"
enter_account aws dotnet openssl curl
aws cloudformation describe-stacks --stack-name "$base" --query 'Stacks[0].StackStatus' --output text >/dev/null 2>"$temporary/problem" ||
    { cat "$temporary/problem" >&2; fail "there is no stack $base: deploy the base network first ('sam build', 'sam deploy --guided')."; }

settle ecr
deploy_stack ecr ecr.yaml "Prefix=$name"
settle secrets
deploy_stack secrets secrets.yaml

say "Secrets"
fill_secrets

say "Image"
tag=$(image_tag)
build_image KmsLab.CryptoApi cryptoapi

cat <<NEXT

Image URI: $account.dkr.ecr.$region.amazonaws.com/$name/cryptoapi:$tag

What 'sam deploy --guided' of ecs-template.yml asks for, and has no default:
   BaselineVpcStack    $base
   EcrStack            $name-ecr
   SecretsStack        $name-secrets
   ImageUri            $account.dkr.ecr.$region.amazonaws.com/$name/cryptoapi:$tag
   Architecture        $cpu
   KeyAdministrators   $administrator
   ApiClientKeyHash    $(hash_of_api_key "$(stack_output secrets ClientKeyArn)")
   AllowPlainHttp      true, in a lab; or CertificateArn

After it, the database is migrated, and the service starts:
   ./migrate.sh $name-app

The client's API key:
   aws secretsmanager get-secret-value --region $region --secret-id $(stack_output secrets ClientKeyArn) --query SecretString --output text
NEXT
