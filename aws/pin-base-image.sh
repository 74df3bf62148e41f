#!/usr/bin/env bash
# Asks Microsoft's registry which image the tag of aws/base-image means today, and pins it by its digest. Run it for each month's patches of .NET, and commit.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

pinned=$(cat base-image)
image=${pinned%%@*}
repository=${image#*/}
tag=${repository##*:}
repository=${repository%:*}

# The index of all architectures, not one of its images.
digest=$(curl --fail --silent --show-error --head --proto '=https' --tlsv1.2 \
    --header 'Accept: application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json' \
    "https://${image%%/*}/v2/$repository/manifests/$tag" | tr -d '\r' | awk 'tolower($1) == "docker-content-digest:" { print $2 }')
case $digest in
    sha256:????????????????????????????????????????????????????????????????) ;;
    *) printf 'pin-base-image.sh: the registry names no digest for %s.\n' "$image" >&2; exit 1 ;;
esac

printf '%s@%s\n' "$image" "$digest" >base-image
if [ "$pinned" = "$image@$digest" ]; then printf 'unchanged: '; else printf 'pinned: '; fi
cat base-image
