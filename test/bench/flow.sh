#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Flow records a second, one core: datagrams to JSON for the journal, beside a copy of what comes out.
. test/bench/lib.sh

"$build/test/bench/bench_flow"
