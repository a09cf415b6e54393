#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Records a second into the journal on one CPU, beside a plain write and fdatasync, on the disk of this folder.
. test/bench/lib.sh

taskset -c 0 "$build/test/bench/bench_journal" .
