#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is added to an event costs, one core: countries; directions, assets, registered domains, user agents.
. test/bench/lib.sh

"$build/test/bench/bench_enrich"
"$build/test/bench/bench_enrich_names"
