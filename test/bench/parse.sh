#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Events a second from raw bytes to a normalised event, one core: syslog lines of twenty sources mixed, and the benchmark
# streams and recorded Windows attacks beside simdjson building its DOM of the same bytes. (What raw_windows says is a
# syslog line in JSON, which we take apart as well and simdjson does not.)
. test/bench/lib.sh

for each in structured_windows raw_windows cisco_syslog sysmon_file_event; do lane $each >/dev/null; done
security_datasets >/dev/null
"$build/test/bench/bench_parse" content/sources "$work"/*.ndjson
