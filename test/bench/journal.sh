#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Records a second into the journal on one CPU, beside a plain write and fdatasync, on the disk of this folder.
# Then what sealing makes of real streams.
. test/bench/lib.sh

taskset -c 0 "$build/test/bench/bench_journal" .

# The same records live and sealed: the benchmark streams as they are, and the text in their "message" alone.
for each in structured_windows cisco_syslog raw_windows sysmon_file_event; do
	file=$(lane $each)
	"$build/test/bench/bench_sealed" "$each" . <"$file"
done
lane cisco_syslog >/dev/null
jq -r .message "$work/cisco_syslog.ndjson" | "$build/test/bench/bench_sealed" 'cisco_syslog, raw' .
