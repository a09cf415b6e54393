#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Events per second of eval on the benchmark streams, one thread, best of three runs.
# usage: detect.sh [WANGLOU [DATA]]
set -eu

wanglou=${1:-build/wanglou} data=${2:-${WANGLOU_SHARED_DATA:-../shared/data}}

[ -d "$data/lanes" ] || {
	echo "no $data/lanes (WANGLOU_SHARED_DATA)" >&2
	exit 1
}
printf '%-20s %-7s %10s %9s %9s %11s %8s %8s\n' lane rules events/s us/event matches candidates load/s RSS/MB
for lane in "$data"/lanes/*.ndjson.zst; do
	for routing in routed all; do
		flag=
		[ "$routing" = routed ] || flag=--all-rules
		for run in 1 2 3; do
			# shellcheck disable=SC2086 # no flag is no argument
			"$wanglou" eval $flag --stats --rules "$data/sigma/rules" "$lane" 2>&1 > /dev/null |
				grep '^{"events"'
		done | jq -rs --arg lane "$(basename "$lane" .ndjson.zst)" --arg routing "$routing" '
			max_by(.events_per_second) | [$lane, $routing, .events_per_second,
			(.eval_seconds / .events * 1e8 | round / 100), .matches, .candidates_mean,
			(.load_seconds * 1000 | round / 1000), (.rss_bytes / 1e6 | round)] | @tsv' |
			while IFS='	' read -r a b c d e f g h; do
				printf '%-20s %-7s %10s %9s %9s %11s %8s %8s\n' "$a" "$b" "$c" "$d" "$e" "$f" "$g" "$h"
			done
	done
done
