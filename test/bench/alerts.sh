#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Alerts a second into SQLite, and how long its questions take among them.
. test/bench/lib.sh

"$build/test/bench/bench_alerts" "$work" 200000 5000
mkdir "$work/grouped"
echo "each put into the incident that it belongs to:"
"$build/test/bench/bench_alerts" "$work/grouped" 50000 500 content
