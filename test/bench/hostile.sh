#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What hostile rules and events cost the others: nanoseconds an event of SigmaHQ's rules without and with them, the ratio
# over the whole run and over its last half, and whether the rule was set aside.
# usage: hostile.sh [EVENTS [ATTACK]]
. test/bench/lib.sh

"$build/test/bench/bench_hostile" content/sources "$data/sigma/rules" "$(lane structured_windows)" "${1:-1000000}" ${2:+"$2"}
