# SPDX-License-Identifier: Apache-2.0
# What the benchmark scripts share; sourced. They print figures and assert nothing. Run from the repository's root.
set -eu

build=${BUILD:-build}
data=${WANGLOU_SHARED_DATA:-../shared/data}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# lane NAME: a benchmark stream, unpacked.
lane() {
	[ -d "$data/lanes" ] || { echo "no $data/lanes: set WANGLOU_SHARED_DATA" >&2; exit 0; }
	zstd -dqf "$data/lanes/$1.ndjson.zst" -o "$work/$1.ndjson"
	echo "$work/$1.ndjson"
}
