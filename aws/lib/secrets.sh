# shellcheck shell=bash
# Sourced by the scripts of aws/: values for the secrets of secrets.yaml. They go through pipes into Secrets Manager: private keys are in no file, no
# argument and no parameter of a stack.
# shellcheck disable=SC2154

# An answer that does not come ends the script: taken for 'no value', it would overwrite a key.
has_value() {
    local versions
    versions=$(read_aws secretsmanager describe-secret --secret-id "$1" --query VersionIdsToStages) || fail "the secret $1 can't be looked at."
    case $versions in '' | '{}') return 1 ;; esac
}

# put_secret ARN, with the value on standard input.
put_secret() {
    if "$dry_run"; then
        cat >/dev/null
        printf '   would put a value into %s\n' "$1"
    else
        aws secretsmanager put-secret-value --secret-id "$1" --secret-string file:///dev/stdin --query VersionId --output text >/dev/null
    fi
}

new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256; }

# Nothing can read the private key again but the execution role, so its public part is kept beside it.
make_attestation_key() {
    local arn=$1 private public
    private=$(new_key)
    public=$(printf '%s\n' "$private" | openssl pkey -pubout | tr '\n' ' ' | sed 's/ *$//')
    change_aws ssm put-parameter --name "$public_key_parameter" --type String --overwrite --value "$public" >/dev/null
    printf '%s\n' "$private" | put_secret "$arn"
}

# As 'KmsLab.CryptoApi new-api-key' makes it: the service gets the hash only.
new_api_key() { printf 'kmslab_%s' "$(openssl rand 32 | openssl base64 -A | tr '+/' '-_' | tr -d '=')"; }

# The hash of the API key in a secret.
hash_of_api_key() {
    local key
    key=$(read_aws secretsmanager get-secret-value --secret-id "$1" --query SecretString) || key=''
    [ -n "$key" ] || fail "the API key in $1 can't be read."
    printf %s "$key" | openssl dgst -sha256 -r | cut -d' ' -f1
}

# read_address WHAT VARIABLE: an address that may be secret, from the environment or whoever deploys. Sets url.
read_address() {
    url=${!2:-}
    if [ -z "$url" ] && ! "$yes" && ! "$dry_run"; then
        printf 'Address of the %s (not shown): ' "$1"
        read -rs url </dev/stdin
        printf '\n'
    fi
    [ -n "$url" ] || "$dry_run" || fail "--$1 needs an address in $2."
    case $url in *[\"\\]*) fail "the $1's address has a quote or a backslash in it." ;; esac
}

put_webhook() {
    local url secret
    read_address webhook KMSLAB_WEBHOOK_URL
    secret=$(openssl rand -hex 32)
    printf '{"url":"%s","secret":"%s"}' "$url" "$secret" | put_secret "$1"
    "$dry_run" || printf "   The receiver checks signatures with the member 'secret' of %s.\n" "$1"
}

put_heartbeat() {
    local url
    read_address heartbeat KMSLAB_HEARTBEAT_URL
    printf %s "$url" | put_secret "$1"
}

# fill_secrets WEBHOOK_FORMAT HEARTBEAT: gives each secret that has none a value. Sets attestation_public.
fill_secrets() {
    local arn
    public_key_parameter=/$name/attestation/k1.pub
    if ! stack_exists secrets; then
        printf '   would make the attestation key, the canary key and two API keys, and put them into the secrets of %s-secrets\n' "$name"
        attestation_public='(public key)'
        return
    fi
    arn=$(stack_output secrets AttestationArn)
    if has_value "$arn"; then printf '   attestation key: there\n'; else make_attestation_key "$arn"; fi
    arn=$(stack_output secrets CanaryArn)
    if has_value "$arn"; then printf '   canary key: there\n'; else new_key | put_secret "$arn"; fi
    for arn in "$(stack_output secrets ClientKeyArn)" "$(stack_output secrets OperatorKeyArn)"; do
        has_value "$arn" || new_api_key | put_secret "$arn"
    done
    arn=$(stack_output secrets WebhookArn)
    if [ "${1:-None}" != None ] && ! has_value "$arn"; then put_webhook "$arn"; fi
    arn=$(stack_output secrets HeartbeatArn)
    if [ "${2:-false}" = true ] && ! has_value "$arn"; then put_heartbeat "$arn"; fi

    attestation_public=$(read_aws ssm get-parameter --name "$public_key_parameter" --query Parameter.Value 2>/dev/null || true)
    if [ -z "$attestation_public" ]; then
        "$dry_run" || fail "the parameter $public_key_parameter is gone. Put the attestation key's public part there (README.md, 'Another attestation key')."
        attestation_public='(public key)'
    fi
}
