#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What packets cost the sensor, one core.
. test/bench/lib.sh

"$build/test/bench/bench_sensor"
