#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The whole path: import of a stream, many times over, through journal, parse, enrichment, our rules and the store, until
# every event can be searched; and what was lost on the way. Behind it: processor time an event took until then, of all
# processes but import, and of that what the store's merges took, which wait while inserts come thick; when they were done
# afterwards; and the same stream through eval, which stores nothing. Each stream first goes through once, or a tenth of its
# copies: memory that nobody has used yet is slow to get, in a virtual machine above all, and a server that has been up for a
# minute has what it needs. Rates are only true on an idle machine.
. test/bench/lib.sh

copies=${COPIES:-100}
lanes=${LANES:-in_order_structured_windows structured_windows raw_windows cisco_syslog in_order_security_datasets security_datasets}
printf 'listen: {syslog_udp: "", syslog_tcp: "", ingest: "", console: "127.0.0.1:%s"}\nfiles: {follow: ""}\n' "${PORT:-8449}" >"$work/wanglou.yaml"
"$build/wanglou" run --data "$work" >"$work/log" 2>&1 &
pid=$!
trap 'kill $pid; wait $pid; rm -rf "$work"' EXIT
timeout 60 sh -c 'until grep -q "is up" "$1"; do sleep 0.2; done' - "$work/log"

ask() { curl -s --unix-socket "$work/run/store.sock" http://store/ --data-binary "$1" || echo 0; }
stored() { ask 'SELECT count() FROM events WHERE listener != 6'; }
# The first number that the analysis has not handed over yet, from its cursor: asking the store takes time from its work.
next_seq() {
	for slot in 0 4096; do od -An -tu8 -j $((slot + 24)) -N 8 "$work/cursor/analyze"; done 2>/dev/null | sort -n | tail -1
}
processes() { jq -r ".[]|select($1)|.pid" "$work/run/processes.json"; }

# Processor time so far in hundredths of a second: of all processes, and of the store's threads that merge.
cpu() {
	for pid_ in $(processes true); do cat "/proc/$pid_/stat"; done | awk '{s += $14 + $15} END {printf "%d ", s}'
	cat "/proc/$(processes '.name == "store"')/task/"*/stat 2>/dev/null | awk '/Merge/ {s += $14 + $15} END {print s + 0}'
}

# in_order FILE TIMES: the stream so many times, with times that rise, as events arrive; the streams' own are in no order,
# which no live stream is, and which costs the store a sort and merges row by row.
in_order() {
	python3 -c '
import re, sys
from datetime import datetime, timedelta
lines = open(sys.argv[1], encoding="utf-8", errors="surrogateescape").read().splitlines()
time = datetime(2026, 11, 22, 8)
stamp = re.compile("(\"(?:UtcTime|TimeCreated|@timestamp|EventTime)\": ?\")\\d{4}-\\d\\d-\\d\\d([T ])\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{3})?")
out = open(sys.argv[3], "w", encoding="utf-8", errors="surrogateescape")
for line in lines * int(sys.argv[2]):
    time += timedelta(microseconds=50)
    text = "\\g<1>%s\\g<2>%s" % (time.strftime("%Y-%m-%d"), time.strftime("%H:%M:%S.%f")[:-3])
    print(stamp.sub(text, line), file=out)' "$1" "$2" "$work/in_order"
	echo "$work/in_order"
}

# put TIMES FILE: imports the file so many times; sets count, and when import and the store began and were done.
put() {
	files=
	for _ in $(seq "$1"); do files="$files $2"; done
	behind=$(next_seq)
	start=$(date +%s.%N)
	# shellcheck disable=SC2086
	count=$("$build/wanglou" import --json --data "$work" $files | jq .records)
	durable=$(date +%s.%N)
	until [ "$(next_seq)" -ge $((behind + count)) ] && [ "$(stored)" -ge $((before + count)) ]; do sleep 0.1; done
	searchable=$(date +%s.%N)
}
# They begin a second or two after the inserts are over.
await_merges() {
	sleep 3
	until [ "$(ask 'SELECT count() FROM system.merges')" = 0 ]; do sleep 0.2; done
}

before=0
printf '%-26s %9s %7s %11s %12s %6s %8s %9s %7s %9s\n' stream events bytes durable/s searchable/s lost us/event merges/us merging 'eval/s'
for name in $lanes; do
	times=$copies
	case $name in
	*security_datasets) file=$(security_datasets) times=$((copies / 16)) ;;
	*) file=$(lane "${name#in_order_}") ;;
	esac
	put $((times / 8 + 1)) "$file"
	case $name in in_order_*) file=$(in_order "$file" "$times") times=1 ;; esac
	before=$((before + count))
	await_merges
	used=$(cpu)
	put "$times" "$file"
	used="$used $(cpu)"
	await_merges
	merged=$(date +%s.%N)
	lost=$((before + count - $(ask 'SELECT uniqExact(seq) FROM events WHERE listener != 6')))
	before=$((before + count))
	begin=$(date +%s.%N)
	"$build/wanglou" eval --quiet --threads 2 --repeat "$times" --rules content/detections "$file" >/dev/null
	end=$(date +%s.%N)
	echo "$name $count $(stat -c %s "$file") $times $start $durable $searchable $lost $begin $end $used $merged" |
		awk '{printf "%-26s %9d %7d %11.0f %12.0f %6d %8.2f %9.2f %6.1fs %9.0f\n", $1, $2, $3 * $4 / $2, $2 / ($6 - $5), $2 / ($7 - $5),
			$8, ($13 - $11) * 10000 / $2, ($14 - $12) * 10000 / $2, $15 - $7, $2 / ($10 - $9)}'
done
