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

# security_datasets: every JSON event of the recorded Windows attacks as one stream; its path.
security_datasets() {
	for zip in $(find "$data/security-datasets/atomic/windows" -name '*.zip' | sort); do
		unzip -p "$zip" '*.json' -x '__MACOSX/*' 2>/dev/null || true
	done >"$work/security_datasets.ndjson"
	echo "$work/security_datasets.ndjson"
}
