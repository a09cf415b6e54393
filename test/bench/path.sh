#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The whole path, durable: import of a benchmark stream, many times over, until every event can be searched.
. test/bench/lib.sh

copies=${COPIES:-30}
printf 'listen: {syslog_udp: "", syslog_tcp: "", ingest: "", console: "127.0.0.1:%s"}\n' "${PORT:-8449}" >"$work/wanglou.yaml"
"$build/wanglou" run --data "$work" >"$work/log" 2>&1 &
pid=$!
trap 'kill $pid; wait $pid; rm -rf "$work"' EXIT
timeout 60 sh -c 'until grep -q "is up" "$1"; do sleep 0.2; done' - "$work/log"

stored() { curl -s --unix-socket "$work/run/store.sock" 'http://store/?query=SELECT+count()+FROM+events+WHERE+listener!=6' || echo 0; }

before=0
printf '%-20s %10s %12s %12s\n' lane events durable/s searchable/s
for name in structured_windows raw_windows cisco_syslog; do
	file=$(lane $name)
	files=
	for _ in $(seq "$copies"); do files="$files $file"; done
	start=$(date +%s.%N)
	# shellcheck disable=SC2086
	count=$("$build/wanglou" import --json --data "$work" $files | jq .records)
	durable=$(date +%s.%N)
	until [ "$(stored)" -ge $((before + count)) ] 2>/dev/null; do sleep 0.1; done
	searchable=$(date +%s.%N)
	before=$((before + count))
	echo "$name $count $start $durable $searchable" |
		awk '{printf "%-20s %10d %12.0f %12.0f\n", $1, $2, $2 / ($4 - $3), $2 / ($5 - $3)}'
done
