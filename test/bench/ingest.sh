#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The whole path: import of a stream, many times over, through journal, parse, enrichment, our rules and the store, until
# every event can be searched; and what was lost on the way. Behind it: processor time an event took until then, of all
# processes but import, and of that what the store's merges took, which wait for everything else; how long they went on
# afterwards; and the same stream through eval, which stores nothing. Rates are only true on an idle machine.
. test/bench/lib.sh

copies=${COPIES:-100}
lanes=${LANES:-in_order structured_windows raw_windows cisco_syslog security_datasets}
printf 'listen: {syslog_udp: "", syslog_tcp: "", ingest: "", console: "127.0.0.1:%s"}\nfiles: {follow: ""}\n' "${PORT:-8449}" >"$work/wanglou.yaml"
"$build/wanglou" run --data "$work" >"$work/log" 2>&1 &
pid=$!
trap 'kill $pid; wait $pid; rm -rf "$work"' EXIT
timeout 60 sh -c 'until grep -q "is up" "$1"; do sleep 0.2; done' - "$work/log"

ask() { curl -s --unix-socket "$work/run/store.sock" http://store/ --data-binary "$1" || echo 0; }
stored() { ask 'SELECT count() FROM events WHERE listener != 6'; }
# Whether so many are; first by what costs the engine nothing.
is_stored() { [ "$(ask 'SELECT count() FROM events')" -ge "$1" ] && [ "$(stored)" -ge "$1" ]; } 2>/dev/null
processes() { jq -r ".[]|select($1)|.pid" "$work/run/processes.json"; }

# Processor time so far in hundredths of a second: of all processes, and of the store's threads that merge.
cpu() {
	for pid_ in $(processes true); do cat "/proc/$pid_/stat"; done | awk '{s += $14 + $15} END {printf "%d ", s}'
	cat "/proc/$(processes '.name == "store"')/task/"*/stat 2>/dev/null | awk '/Merge/ {s += $14 + $15} END {print s + 0}'
}

# in_order FILE TIMES: the stream so many times, with times that rise, as events arrive; the lane's own are in no order,
# which no live stream is, and which costs the store a sort and merges row by row.
in_order() {
	python3 -c '
import re, sys
from datetime import datetime, timedelta
lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
time, stamp = datetime(2026, 11, 22, 8), re.compile("\"UtcTime\":\"[^\"]*\"")
for line in lines * int(sys.argv[2]):
    time += timedelta(microseconds=50)
    print(stamp.sub("\"UtcTime\":\"%s\"" % time.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3], line))' "$1" "$2" >"$work/in_order"
	echo "$work/in_order"
}

before=0
printf '%-20s %9s %7s %11s %12s %6s %8s %9s %7s %9s\n' stream events bytes durable/s searchable/s lost us/event merges/us merging 'eval/s'
for name in $lanes; do
	times=$copies
	if [ "$name" = security_datasets ]; then
		file=$(security_datasets) times=$((copies / 30 + 1))
	elif [ "$name" = in_order ]; then # structured_windows
		file=$(in_order "$(lane structured_windows)" "$times") times=1
	else
		file=$(lane "$name")
	fi
	files=
	for _ in $(seq "$times"); do files="$files $file"; done
	used=$(cpu)
	start=$(date +%s.%N)
	# shellcheck disable=SC2086
	count=$("$build/wanglou" import --json --data "$work" $files | jq .records)
	durable=$(date +%s.%N)
	until is_stored $((before + count)); do sleep 0.1; done
	searchable=$(date +%s.%N)
	used="$used $(cpu)"
	until [ "$(ask 'SELECT count() FROM system.merges')" = 0 ]; do sleep 0.2; done
	merged=$(date +%s.%N)
	lost=$((before + count - $(ask 'SELECT uniqExact(seq) FROM events WHERE listener != 6')))
	before=$((before + count))
	begin=$(date +%s.%N)
	"$build/wanglou" eval --quiet --threads 2 --repeat "$times" --rules content/detections "$file" >/dev/null
	end=$(date +%s.%N)
	echo "$name $count $(stat -c %s "$file") $times $start $durable $searchable $lost $begin $end $used $merged" |
		awk '{printf "%-20s %9d %7d %11.0f %12.0f %6d %8.2f %9.2f %6.1fs %9.0f\n", $1, $2, $3 * $4 / $2, $2 / ($6 - $5), $2 / ($7 - $5),
			$8, ($13 - $11) * 10000 / $2, ($14 - $12) * 10000 / $2, $15 - $7, $2 / ($10 - $9)}'
done
