#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# wanglou eval from outside: order with threads, line numbers, input shapes, statistics, exit codes.
# usage: eval.sh WANGLOU CONTENT
set -eu

wanglou=$(realpath "$1") content=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
	echo "$*" >&2
	exit 1
}

cat > rule.yml <<'RULE'
title: Every third
id: 6ba7b810-9dad-11d1-80b4-00c04fd430c8
level: low
logsource: {product: lab}
detection: {s: {'Word|contains': needle}, condition: s}
RULE
awk 'BEGIN {
	for (i = 1; i <= 3000; i++)
		printf "{\"product\":\"%s\",\"Word\":\"%s %d\"}\n", i % 2 ? "lab" : "other", i % 3 ? "hay" : "a Needle", i
}' > events
awk 'BEGIN {
	for (i = 3; i <= 3000; i += 6)
		printf "{\"line\":%d,\"file\":\"%s\",\"rule\":\"6ba7b810-9dad-11d1-80b4-00c04fd430c8\",\"title\":\"Every third\",\"level\":\"low\"}\n", i, "events"
}' > expected

run() { "$wanglou" eval --content "$content" --rules rule.yml "$@"; }

run events | cmp - expected || fail "matches of one thread"
run --threads 4 events | cmp - expected || fail "matches of four threads, or their order"
sed 's/"events"/"-"/' expected > expected.stdin
gzip -c events | run - | cmp - expected.stdin || fail "gzip on standard input"
[ "$(run --all-rules events | wc -l)" = 1000 ] || fail "--all-rules looks at the log source"
printf '{\n "product": "lab",\n "Word": "needle"\n}\n{\n "product": "lab",\n "Word": "needle"\n}\n' > pretty
[ "$(run pretty | sed 's/,.*//' | tr -d '\n')" = '{"line":1{"line":5' ] || fail "documents that span lines"
run --stats events 2> stats > matches
for key in events matches rules_loaded rules_refused load_seconds eval_seconds cpu_seconds events_per_second candidates_mean \
	candidates_p95 rss_bytes own_bytes; do
	grep -q "\"$key\":" stats || fail "--stats has no $key"
done
grep -q '"events":3000,"matches":500,"rules_loaded":1,"rules_refused":0' stats || fail "counts of --stats"

run --straight --threads 2 events | cmp - expected || fail "matches without the index"
[ -z "$(run --quiet --repeat 3 --threads 2 --stats events 2> stats)" ] || fail "--quiet prints matches"
grep -q '"events":9000,"matches":1500,' stats || fail "--repeat and --quiet: $(cat stats)"
grep -q '"candidates_mean":0.167,"candidates_p95":1,' stats || fail "one event in six has a candidate: $(cat stats)"

status=0 && run --threads 0 events 2> /dev/null || status=$?
[ "$status" = 2 ] || fail "wrong usage exits $status"
status=0 && run missing 2> /dev/null || status=$?
[ "$status" = 3 ] || fail "a missing file exits $status"

# Correlations: behind the match that made them true, the same with threads; at the end what is open is decided.
cat > correlations.yml <<'RULE'
title: Failed
name: failed
logsource: {product: lab}
detection: {s: {Word: failed}, condition: s}
---
title: Many
id: 6ba7b811-9dad-11d1-80b4-00c04fd430c8
level: high
correlation: {type: event_count, rules: [failed], group-by: [Address], timespan: 1m, condition: {gte: 20}}
---
title: Few
correlation: {type: value_count, rules: [failed], timespan: 90m, condition: {field: Address, lt: 60}}
RULE
awk 'BEGIN {
	for (i = 0; i < 3000; i++)
		printf "{\"product\":\"lab\",\"@timestamp\":\"2026-11-22T%02d:%02d:%02dZ\",\"Word\":\"failed\",\"Address\":\"a%d\"}\n", \
			9 + i / 3600, i / 60 % 60, i % 60, i % (i < 2000 ? 50 : 2)
}' > timed
"$wanglou" eval --content "$content" --rules correlations.yml timed | grep -e Many -e Few > correlated || fail "no correlation came true"
"$wanglou" eval --content "$content" --rules correlations.yml --threads 4 timed | grep -e Many -e Few | cmp - correlated ||
	fail "correlations with four threads"
grep -q '^{"line":2039,"file":"timed","time":"2026-11-22T09:33:58.000000Z","rule":"6ba7b811-' correlated ||
	fail "the first that came true: $(head -n 1 correlated)"
[ "$(grep -c Many correlated)" = 34 ] || fail "alerts: one for each key and minute, not $(grep -c Many correlated)"
tail -n 1 correlated | grep -q '^{"time":"2026-11-22T10:30:00.000000Z","rule":"","title":"Few"' ||
	fail "the window that is open at the end: $(tail -n 1 correlated)"
