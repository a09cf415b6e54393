#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# How alerts fall to incidents on the recorded attacks, replayed as one stream: in the order of their names, and in the
# order of their first event. The attack of a recording, which is its alerts above informational, should be in one
# incident; which others share it is said.
. test/bench/lib.sh

[ -d "$data/security-datasets" ] || { echo "no $data/security-datasets: set WANGLOU_SHARED_DATA" >&2; exit 0; }
find "$data/security-datasets/atomic" -name '*.zip' | sort | while read -r zip; do
	name=$(echo "${zip#"$data"/security-datasets/atomic/}" | tr / -)
	unzip -p "$zip" '*.json' -x '__MACOSX/*' >"$work/$name.ndjson" 2>/dev/null || rm -f "$work/$name.ndjson"
	[ -s "$work/$name.ndjson" ] || rm -f "$work/$name.ndjson"
done

# The earliest of the times that its first events name.
first_time() {
	head -n 50 "$1" | grep -oE '"(@timestamp|EventTime|eventTime|UtcTime)" *: *"[^"]*"' | sed 's/.*: *"//; s/ /T/' | sort | head -n 1
}

report() {
	"$build/wanglou" eval --incidents --rules "$data/sigma/rules" --rules content/detections "$@" >"$work/report"
	jq -r 'select(.reduction) |
		"  \(.alerts) alerts in \(.incidents) incidents: \(.reduction) to one; \(.incidents_informational) of them of informational alerts only",
		"  recordings whose alerts above informational are in one incident: \(.files_in_one_above_informational) of \(.files_above_informational)",
		"  recordings with every alert in one incident: \(.files_in_one_incident) of \(.files)",
		"  incidents with alerts of more than one recording: \(.incidents_of_more_files)"' "$work/report"
	jq -r 'select(.incidents_above_informational? > 1) | "  split: \(.file | split("/") | last): \(.incidents) incidents, \(.incidents_above_informational) above informational"' "$work/report"
	jq -r 'select(.incident and (.files | length) > 1) | "  shared: \(.incident), \(.first) to \(.last): \([.files[].file | split("/") | last] | join(", "))"' "$work/report"
}

echo "by name:"
report "$work"/*.ndjson
echo "by time:"
for file in "$work"/*.ndjson; do echo "$(first_time "$file") $file"; done | sort | cut -d' ' -f2- >"$work/order"
# shellcheck disable=SC2046
report $(cat "$work/order")
