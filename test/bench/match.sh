#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Nanoseconds an event that matching alone takes, without parsing: least and median of rounds, each of a matcher that
# has seen nothing. Then the same with every value in a spelling of its own, so that nothing comes again.
. test/bench/lib.sh

for each in structured_windows match_heavy raw_windows cisco_syslog sysmon_file_event; do lane $each >/dev/null; done
for option in -r5 -ur5; do
	"$build/test/bench/bench_match" $option content/sources "$data/sigma/rules" "$work"/*.ndjson
done
