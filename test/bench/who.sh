#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# How long 'wanglou who' takes over 180 days of a campus: 40,000 devices, WHO_EVENTS (default 6 million) leases of DHCP and as many
# mappings of NAT, made in the engine by SQL; each lease has four rows (address, MAC, user, host). Cold: the store was
# just started, and the kernel's cache is dropped where we may; warm: asked again. The time of the whole command, which
# starts in some ten milliseconds.
. test/bench/lib.sh

events=${WHO_EVENTS:-6000000}
folder=$(mktemp -d)
url=unix:$folder/socket
days=180
first=$(($(date +%s) / 864000 * 864000 - days * 86400))
store=

sql() {
	curl -sS --fail-with-body --max-time 600 --unix-socket "$folder/socket" 'http://store/?max_execution_time=600' --data-binary "$1"
}

serve() {
	"$build/test/unit/store/store_serve" "$folder/data" "$url" >"$folder/ready" &
	store=$!
	until [ -s "$folder/ready" ]; do sleep 0.1; done
}

unserve() {
	[ -z "$store" ] || { kill "$store" && wait "$store" || true; }
	store=
	: >"$folder/ready"
}
trap 'unserve; rm -rf "$folder"' EXIT

# ask WHAT ARGUMENT…
ask() {
	what=$1
	shift
	begun=$(date +%s%N)
	"$build/src/bin/wanglou" who --store "$url" --data "$folder/none" --json "$@" >"$folder/answer" || true
	ended=$(date +%s%N)
	printf '%8.1f ms  %s: %s holders\n' "$(((ended - begun) / 10000))e-2" "$what" "$(jq '.holders | length' "$folder/answer")"
}

ask_all() {
	at=$((first + 86400 * 90 + 40000))
	time=$(date -u -d "@$at" +%Y-%m-%dT%H:%M:%SZ)
	ask 'an address at a moment' 10.20.30.40 --at "$time"
	ask 'an address now' 10.20.30.41
	ask 'an address, all 180 days' 10.20.30.42 --from "$(date -u -d "@$first" +%Y-%m-%d)"
	ask 'a port behind NAT' 203.0.113.9 --port 40001 --at "$time"
	ask 'a MAC at a moment' 02:00:5e:00:12:34 --at "$time"
	ask 'a user, all 180 days' user1234 --from "$(date -u -d "@$first" +%Y-%m-%d)"
	ask 'nobody, and who was heard' 10.99.99.99 --at "$time"
}

serve
"$build/test/bench/bench_store" "$url" 1 10 >"$folder/prepared"
# Device d of 40,000 has one of 65,536 addresses for ten days. A tenth of the days is one partition.
part=0
begun=$(date +%s)
while [ $part -lt 18 ]; do
	at="toInt64($first + $part * 864000) * 1000000 + toInt64(number * 864000 / ($events / 18)) * 1000000"
	sql "INSERT INTO address_assignments SELECT arrayJoin([concat('ip:', hex(address)), concat('mac:', mac), concat('user:', user), concat('host:', host)]) AS key,
		$at AS time, number + $part * 10000000 AS seq, time + 1000000 AS received, 'address-assigned' AS action,
		toFixedString(unhex(concat('00000000000000000000FFFF0A14', leftPad(lower(hex(toUInt16((d * 7 + $part * 131) % 65536))), 4, '0'))), 16) AS address, 0 AS port,
		concat('02005e', leftPad(lower(hex(d)), 6, '0')) AS mac, concat('user', toString(d)) AS user, concat('laptop-', toString(d)) AS host,
		toFixedString('', 16) AS nat_address, 0, 0, 0, time + 7200 * 1000000 AS until, 'isc-dhcpd', 'dhcp1', address
		FROM (SELECT number, toUInt32(cityHash64(number) % 40000) AS d FROM numbers(toUInt64($events / 18)))"
	sql "INSERT INTO address_assignments SELECT concat('nat:00000000000000000000FFFFCB0071', hex(toUInt8(number % 16)), ':', toString(intDiv(nat_port, 64))) AS key,
		$at AS time, number + $part * 10000000 + 5000000 AS seq, time + 1000000 AS received, if(number % 2, 'nat-deleted', 'nat-created') AS action,
		toFixedString(unhex(concat('00000000000000000000FFFF0A14', leftPad(lower(hex(toUInt16((d * 7 + $part * 131) % 65536))), 4, '0'))), 16) AS address, 5000 AS port, '', '', '',
		toFixedString(unhex(concat('00000000000000000000FFFFCB0071', leftPad(hex(toUInt8(number % 16)), 2, '0'))), 16) AS nat_address,
		toInt64(1024 + number % 64000) AS nat_port, nat_port AS nat_port_last, 0, 0, 'nat', 'gate1', nat_address
		FROM (SELECT number, toUInt32(cityHash64(number) % 40000) AS d FROM numbers(toUInt64($events / 18)))"
	part=$((part + 1))
done
echo "$(sql 'SELECT count() FROM address_assignments') rows made in $(($(date +%s) - begun)) s; $(sql "SELECT formatReadableSize(sum(bytes_on_disk)), count() FROM system.parts WHERE active AND table = 'address_assignments'" | tr '\t' ' ') parts"
unserve
serve
sync
{ echo 3 >/proc/sys/vm/drop_caches; } 2>/dev/null || echo 'the kernel keeps its cache here'
echo 'cold:'
ask_all
echo 'warm:'
ask_all
