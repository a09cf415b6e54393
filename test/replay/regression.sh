#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every case of Sigma's own regression data: the case's rule matches its events at least match_count times.
# usage: regression.sh WANGLOU CONTENT DATA; exit 77 where the data is missing
set -eu

wanglou=$1 content=$2 sigma=${WANGLOU_SHARED_DATA:-$3}/sigma
cases=0 failed=0

[ -d "$sigma/regression_data" ] || {
	echo "skipped: no $sigma/regression_data (WANGLOU_SHARED_DATA)" >&2
	exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One run over all files; the placeholder of two rules is the only reason for refusals.
find "$sigma/regression_data" -name info.yml | sort > "$work/cases"
find "$sigma/regression_data" -name '*.json' -o -name '*.raw' | sort > "$work/files"
xargs "$wanglou" eval --content "$content" --rules "$sigma/rules" --rules "$sigma/rules-emerging-threats" \
	--rules "$sigma/rules-threat-hunting" < "$work/files" > "$work/matches" 2> "$work/errors" || {
	cat "$work/errors" >&2
	exit 1
}

while read -r info; do
	folder=${info%/info.yml}
	rule=$(sed -n 's/^    - id: *//p' "$info" | head -n 1)
	expected=$(sed -n 's/^#* *match_count: *//p' "$info" | head -n 1)
	found=$(grep -F "\"file\":\"$folder/" "$work/matches" | grep -cF "\"rule\":\"$rule\"" || true)
	cases=$((cases + 1))
	[ "$found" -ge "${expected:-1}" ] && continue
	failed=$((failed + 1))
	echo "${folder#"$sigma"/}: $rule matches $found times, expected ${expected:-1}"
done < "$work/cases"

echo "$cases cases, $failed failed"
[ "$cases" -gt 0 ] && [ "$failed" -eq 0 ]
