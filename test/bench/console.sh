#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The console on a full store: MILLIONS of events of the last week (10), the drill's alerts, the demo register. For each page that the
# navigation leads to, in a browser with an empty cache: how long until the last answer of the API it shows at once, and from then
# until it stands; median of ROUNDS (5). Milliseconds; only true on an idle machine. KEEP names a data folder to make once and use again.
. test/bench/lib.sh

millions=${MILLIONS:-10}
store=${KEEP:-$work/data}
port=${PORT:-8451}
bin=$build/wanglou
run() {
	"$bin" run --data "$store" --content content --ui ui/dist "$@" >"$work/log" 2>&1 &
	pid=$!
	trap 'kill $pid; wait $pid; rm -rf "$work"' EXIT
	timeout 60 sh -c 'until grep -q "is up" "$1"; do sleep 0.2; done' - "$work/log"
}
halt() { kill $pid; wait $pid || true; }
ask() { curl -s --unix-socket "$store/run/store.sock" http://store/ --data-binary "$1" || echo 0; }

# week FILE PART: the stream many times over, a million lines, in the PARTth of so many parts of the last week.
week() {
	python3 -c '
import re, sys, itertools
from datetime import datetime, timedelta, timezone
lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
part, parts = int(sys.argv[2]), int(sys.argv[3])
stamp, step = re.compile("\"UtcTime\":\"[^\"]*\""), timedelta(days=7) / parts / 1000000
time = datetime.now(timezone.utc) - timedelta(days=7) * (parts - part) / parts
for line in itertools.islice(itertools.cycle(lines), 1000000):
    time += step
    print(stamp.sub("\"UtcTime\":\"%s\"" % time.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3], line))' "$1" "$2" "$millions" >"$work/week"
}

if [ ! -e "$store/wanglou.yaml" ]; then
	mkdir -p "$store"
	printf 'listen: {syslog_udp: "", syslog_tcp: "", ingest: "", console: "127.0.0.1:%s"}\nfiles: {follow: ""}\n' "$port" >"$store/wanglou.yaml"
	run
	"$bin" register import --demo --data "$store" >/dev/null
	echo 'bench of the campus' | "$bin" user add bench --role security_administrator --password-stdin --data "$store" >/dev/null
	file=$(lane structured_windows)
	for part in $(seq 0 $((millions - 1))); do
		week "$file" "$part"
		"$bin" import --data "$store" "$work/week" >/dev/null
	done
	rm -f "$work/week"
	until [ "$(ask 'SELECT count() FROM events WHERE listener != 6')" -ge "${millions}000000" ]; do sleep 1; done
	until [ "$(ask 'SELECT count() FROM system.merges')" = 0 ]; do sleep 1; done
	halt
	run --drill
	sleep 30
	halt
fi
run
echo "$(ask 'SELECT count() FROM events') events stored"
WANGLOU_URL=https://127.0.0.1:$port node test/bench/console.mjs
