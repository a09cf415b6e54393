#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Records a second into the journal beside a plain write and fdatasync, on the disk of this folder.
. test/bench/lib.sh

"$build/test/bench/bench_journal" .
