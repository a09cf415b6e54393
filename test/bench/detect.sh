#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Events a second of eval, parse and match, on the benchmark streams and the real Windows events of security-datasets,
# with the machine's own baselines in the same run: simdjson parsing the same bytes and doing nothing with them, and
# every rule evaluated without the index. One core, and two threads. Rounds alternate; medians. Rates of one core are by
# the processor's time, so that others at work on the machine disturb less; those of two threads by the clock, and their
# ratio is to one core by the clock: it says something on a machine with nothing else to do, while "cost" is how much
# more processor time an event takes with two threads. load_s and cached are the seconds by the clock that the rules take to
# load, without and with the cache of an earlier load. MB is the most that was resident, with the pages of programs and
# libraries that processes share; own is without them, when all was read. Matches that differ between the two
# evaluators, or from what a stream is known to give, end with "DIFFERS".
# usage: [ROUNDS=5] [LANES="cisco_syslog …"] detect.sh [WANGLOU]
. test/bench/lib.sh

wanglou=${1:-$build/wanglou}
rounds=${ROUNDS:-5}
rules=$data/sigma/rules
lanes=${LANES:-structured_windows low_match match_heavy raw_windows cisco_syslog sysmon_file_event security_datasets}
[ -x "$wanglou" ] || wanglou=$build/src/bin/wanglou
cores=$(taskset -pc $$ | sed 's/.*: //;s/-/ /;s/,/ /g')
one=${cores%% *}

# known LANE: how many matches of the 3,140 rules it has.
known() {
	case $1 in
	structured_windows) echo 6470 ;;
	low_match) echo 6579 ;;
	match_heavy) echo 9187 ;;
	raw_windows) echo 9449 ;;
	cisco_syslog) echo 14134 ;;
	sysmon_file_event) echo 505 ;;
	security_datasets) echo 1527 ;;
	*) echo ;;
	esac
}

# run KIND OPTION…: one evaluation; its statistics as a line of $work/KIND.
run() {
	kind=$1
	shift
	# shellcheck disable=SC2086 # options are words
	"$@" eval --content content --rules "$rules" --quiet --stats $options 2>&1 >/dev/null |
		grep '^{"events"' >>"$work/$kind"
}

# of KIND FILTER: the median of a figure.
of() {
	jq -rs "[.[] | $2] | sort | .[length / 2 | floor]" "$work/$1"
}

printf '%-18s %9s %8s %10s %6s %9s %7s %9s %6s %6s %6s %4s %8s %6s %6s %5s %5s\n' stream events/s us/event simdjson/s of_it \
	straight/s times 2_cores/s ratio cost cands p95 matches load_s cached MB own
mkdir "$work/cache"
echo '{}' | "$wanglou" eval --content content --rules "$rules" --cache "$work/cache" - >/dev/null 2>&1 || true
for lane in $lanes; do
	if [ "$lane" = security_datasets ]; then
		file=$(security_datasets) repeat=1
		sample=$work/sample.ndjson
		awk 'NR % 16 == 0' "$file" >"$sample"
	else
		file=$(lane "$lane") repeat=40
		sample=$file
	fi
	rm -f "$work/indexed" "$work/straight" "$work/pair" "$work/peer"
	for round in $(seq "$rounds"); do
		options="--repeat $repeat $file" run indexed taskset -c "$one" "$wanglou"
		options="--cache $work/cache --repeat $repeat --threads 2 $file" run pair "$wanglou"
		options="--straight $sample" run straight taskset -c "$one" "$wanglou"
		taskset -c "$one" "$build/test/bench/bench_json" "$file" 1 |
			sed -n 's/.*simdjson \([0-9]*\).*/{"events_per_second":\1}/p' >>"$work/peer"
	done
	"$wanglou" eval --content content --rules "$rules" "$sample" >"$work/a" 2>/dev/null || true
	"$wanglou" eval --content content --rules "$rules" --straight "$sample" >"$work/b" 2>/dev/null || true
	found=$(($(of indexed .matches) / repeat))
	mark=
	cmp -s "$work/a" "$work/b" || mark=DIFFERS
	[ -z "$(known "$lane")" ] || [ "$found" = "$(known "$lane")" ] || mark=DIFFERS
	rate=$(of indexed '.events / .cpu_seconds') peer=$(of peer .events_per_second)
	straight=$(of straight '.events / .cpu_seconds') pair=$(of pair .events_per_second)
	awk -v lane="$lane" -v rate="$rate" -v peer="$peer" -v straight="$straight" -v pair="$pair" \
		-v alone="$(of indexed .events_per_second)" -v together="$(of pair '.events / .cpu_seconds')" \
		-v mean="$(of indexed .candidates_mean)" -v p95="$(of indexed .candidates_p95)" -v found="$found" \
		-v load="$(of indexed .load_seconds)" -v cached="$(of pair .load_seconds)" -v rss="$(of indexed .rss_bytes)" \
		-v own="$(of indexed .own_bytes)" -v mark="$mark" 'BEGIN {
		printf "%-18s %9d %8.2f %10d %5.0f%% %9d %6.1fx %9d %5.2fx %5.2fx %6.2f %4d %8d %6.3f %6.3f %5.0f %5.0f %s\n", lane,
			rate, 1e6 / rate, peer, 100 * rate / peer, straight, rate / straight, pair, pair / alone,
			rate / together, mean, p95, found, load, cached, rss / 1e6, own / 1e6, mark }'
	rm -f "$file" "$sample"
done
