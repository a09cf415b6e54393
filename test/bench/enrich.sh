#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the country of an address costs an event, one core.
. test/bench/lib.sh

"$build/test/bench/bench_enrich"
