#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Millions of matches a second through correlations, without and with the matcher in front, by type and number of keys.
. test/bench/lib.sh

"$build/test/bench/bench_correlate"
