#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Messages a second of framing, TCP, UDP and _bulk into a sink in memory.
. test/bench/lib.sh

"$build/test/unit/collect/bench_collect"
