#!/usr/bin/env bash
# Replays detonation logs: records of attacks that somebody really made, each attack a file or folder of FOLDER.
# Prints a Markdown table with what was found in each.
#
#   docs/detonations.sh FOLDER [CONFIG.json]
#
# CONFIG names what is guarded, as for `replay --config`. KMSLAB_SENTINEL is a published Sentinel, its program or its DLL; without it
# this repository's is built.
# Nothing is fetched. Exit code: 0 when all were replayed, whatever was found; 1 when one could not be, or nothing was asked for.
set -uo pipefail

folder=${1:-}
config=${2:-}
if [ -z "$folder" ] || [ ! -d "$folder" ] || [ $# -gt 2 ]; then
    echo "usage: docs/detonations.sh FOLDER [CONFIG.json]; FOLDER holds one file or folder of CloudTrail's records for each attack." >&2
    exit 1
fi

sentinel=(dotnet run --no-build --project "$(dirname "${BASH_SOURCE[0]}")/../KmsLab.Sentinel" --)
if [ -z "${KMSLAB_SENTINEL:-}" ]; then
    dotnet build "$(dirname "${BASH_SOURCE[0]}")/../KmsLab.Sentinel" -v q --nologo >&2 || exit 1
else
    case $KMSLAB_SENTINEL in
        *.dll) sentinel=(dotnet "$KMSLAB_SENTINEL") ;;
        *) sentinel=("$KMSLAB_SENTINEL") ;;
    esac
fi

# Sums up a report: records read, records judged, and each detection with its number of alarms.
# Members are told by where they stand: what a record says stands deeper.
# shellcheck disable=SC2016 # The fields are awk's.
summary='
    /^    "read": /    { read = $2 + 0 }
    /^    "counted": / { judged = $2 + 0 }
    /^        "detection": / { split($0, part, "\""); if (!(part[4] in alarms)) order[++kinds] = part[4]; alarms[part[4]]++ }
    END {
        found = kinds ? "" : judged ? "none" : "none, for nothing was judged"
        for (i = 1; i <= kinds; i++) found = found (i > 1 ? ", " : "") order[i] (alarms[order[i]] > 1 ? " (" alarms[order[i]] ")" : "")
        printf "%d | %d | %s", read, judged, found
    }'

all=0
found=0
empty=0
failed=0
echo "| detonation | read | judged | alarms |"
echo "|---|---:|---:|---|"
for path in "$folder"/*; do
    [ -e "$path" ] || continue
    all=$((all + 1))
    name=${path##*/}
    report=$("${sentinel[@]}" replay "$path" --json ${config:+--config "$config"} 2>/dev/null)
    case $? in
        0) ;;
        2) found=$((found + 1)) ;;
        4) empty=$((empty + 1)) ;;
        *)
            failed=$((failed + 1))
            echo "| $name | | | could not be replayed |"
            echo "$name: $("${sentinel[@]}" replay "$path" ${config:+--config "$config"} 2>&1 >/dev/null | tail -n 1)" >&2
            continue
            ;;
    esac
    echo "| $name | $(awk "$summary" <<<"$report") |"
done

echo
quiet=$((all - found - empty - failed))
echo "$all detonations: $found with alarms, $quiet judged without one, $empty of other services only, $failed that could not be replayed."
[ "$all" -gt 0 ] && [ "$failed" -eq 0 ]
