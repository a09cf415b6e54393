#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Documents a second of our parser beside simdjson's, in one run.
. test/bench/lib.sh

"$build/test/bench/bench_json" "$(lane structured_windows)"
