# shellcheck shell=bash
# Sourced by the scripts of aws/: the services' images, without Docker. They set tag, architecture, stand_ins, rds_ca and rds_ca_sha256.
# shellcheck disable=SC2154

# The image's tag: the commit, a hash of what was not committed, the architecture, and whether stand-in clients are in it. Tags are immutable: whatever goes
# into an image and changes must change its tag.
image_tag() {
    local found=$tag changes
    if [ -z "$found" ]; then
        found=$(git rev-parse --short=12 HEAD 2>/dev/null) || fail "this is no git checkout: give --tag."
        # All but aws/, of which only the base image's name goes into an image. Untracked files by name and content.
        changes=$(
            git diff HEAD -- .. ':!.'
            git diff HEAD -- base-image
            git ls-files --others --exclude-standard -z -- .. ':!.' | while IFS= read -r -d '' file; do
                printf '%s\n' "$file"
                cat -- "$file"
            done
        )
        [ -z "$changes" ] || found=$found-$(printf %s "$changes" | openssl dgst -sha256 -r | cut -c1-8)
    fi
    found=$found-$architecture
    if "$stand_ins"; then found=$found-standins; fi
    printf %s "$found"
}

fetch_rds_certificates() {
    if [ -n "$rds_ca" ]; then
        cp "$rds_ca" "$temporary/rds-ca.pem"
    else
        curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 --retry 3 \
            --output "$temporary/rds-ca.pem" "https://truststore.pki.rds.amazonaws.com/$region/$region-bundle.pem"
    fi
    local found subjects
    found=$(openssl dgst -sha256 -r "$temporary/rds-ca.pem" | cut -d' ' -f1)
    printf '   certificates of RDS, SHA-256 %s\n' "$found"
    [ -z "$rds_ca_sha256" ] || [ "$found" = "$rds_ca_sha256" ] || fail "the certificates of RDS should hash to $rds_ca_sha256."
    # Whoever is in this file can pass for the database: nothing else may be in it.
    subjects=$(openssl crl2pkcs7 -nocrl -certfile "$temporary/rds-ca.pem" | openssl pkcs7 -print_certs -noout | grep '^subject') || fail "there is no certificate in the bundle."
    if printf '%s\n' "$subjects" | grep -vq 'Amazon RDS'; then fail "the bundle has certificates that are not RDS's."; fi
}

# build_image PROJECT NAME: builds and pushes the image NAME with the tag, unless it is there.
build_image() {
    local project=$1 repository=$name/$2 registry=$account.dkr.ecr.$region.amazonaws.com password
    if aws ecr describe-images --repository-name "$repository" --image-ids "imageTag=$tag" --query 'imageDetails[0].imageDigest' --output text >/dev/null 2>&1; then
        printf '   %s:%s: there\n' "$repository" "$tag"
        return
    fi
    local full_feed=true
    if "$stand_ins"; then full_feed=false; fi
    local publish=(publish "../$project" --configuration Release --os linux --arch "$architecture" --no-self-contained -t:PublishContainer "-p:FullFeed=$full_feed"
        "-p:ContainerRegistry=$registry" "-p:ContainerRepository=$repository" "-p:ContainerImageTag=$tag" "-p:RdsCaBundle=$temporary/rds-ca.pem")
    if "$dry_run"; then
        printf '   would run: dotnet'
        printf ' %q' "${publish[@]}"
        printf '\n'
        return
    fi
    [ -s "$temporary/rds-ca.pem" ] || fetch_rds_certificates
    password=$(aws ecr get-login-password)
    printf '   building and pushing %s:%s\n' "$repository" "$tag"
    DOTNET_CONTAINER_PUSH_REGISTRY_UNAME=AWS DOTNET_CONTAINER_PUSH_REGISTRY_PWORD=$password dotnet "${publish[@]}" >"$temporary/publish" 2>&1 ||
        { tail -n 30 "$temporary/publish" >&2; fail "the image was not built."; }
}
