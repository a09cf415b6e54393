#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The API over HTTPS as a browser or curl meets it: api.sh PROBE [STORE_SERVE]
set -eu
probe=$1
serve=${2:-}
dir=$(mktemp -d)
mkdir -p "$dir/ui/assets"
printf '<meta name="csp-nonce" content="__CSP_NONCE__"><script type="module" src="/assets/app-1.js"></script>' >"$dir/ui/index.html"
printf 'console.log(1)' >"$dir/ui/assets/app-1.js"
gzip -k "$dir/ui/assets/app-1.js"
printf 'secret' >"$dir/outside.txt"

store_pid=
start_store() {
	rm -f "$dir/store.out"
	"$serve" "$dir/store" "unix:$dir/store.sock" >"$dir/store.out" 2>"$dir/store.err" &
	store_pid=$!
	for _ in $(seq 100); do
		[ -s "$dir/store.out" ] && return
		sleep 0.1
	done
	echo "the store did not start: $(cat "$dir/store.err")"
	exit 1
}
[ -z "$serve" ] || start_store

mkfifo "$dir/in"
"$probe" "$dir/data" "$dir/ui" "unix:$dir/store.sock" ${serve:+"$dir/journal"} <"$dir/in" >"$dir/out" 2>"$dir/err" &
pid=$!
exec 9>"$dir/in"
finish() {
	exec 9>&-
	[ -z "$store_pid" ] || kill -CONT "$store_pid" || true
	[ -z "$store_pid" ] || kill "$store_pid" || true
	wait "$pid" || { echo "the probe failed:"; cat "$dir/err"; exit 1; }
	[ -z "$store_pid" ] || wait "$store_pid" || true
	rm -rf "$dir"
}
fail() {
	echo "FAILED: $*" >&2
	[ ! -f "$dir/body" ] || { head -c 600 "$dir/body"; echo; head -c 2000 "$dir/head"; } >&2
	exit 1
}
trap finish EXIT
for _ in $(seq 100); do
	[ -s "$dir/out" ] && break
	sleep 0.1
done
read -r port password fingerprint <"$dir/out" || fail "the probe did not start: $(cat "$dir/err")"
base=https://localhost:$port
csrf=

# call STATUS METHOD PATH [CURL OPTIONS]: leaves the body in $dir/body and the headers in $dir/head
call() {
	want=$1 method=$2 path=$3
	shift 3
	got=$(curl -sS --max-time 30 --cacert "$dir/data/tls.pem" -X "$method" --path-as-is -D "$dir/head" -o "$dir/body" -w '%{http_code}' \
		-b "$dir/jar" -c "$dir/jar" ${csrf:+-H "X-CSRF-Token: $csrf"} "$@" "$base$path") || fail "$method $path: curl $?"
	[ "$got" = "$want" ] || fail "$method $path gave $got, not $want"
}
json() { call "$1" "$2" "$3" -H 'Content-Type: application/json' -d "$4"; }
has() { grep -qF -- "$1" "$dir/body" || fail "the body lacks $1"; }
lacks() { ! grep -qi -- "^$1" "$dir/head" || fail "there is a header $1"; }
header() { grep -qi -- "^$1" "$dir/head" || fail "the headers lack $1"; }

# the certificate is the one whose fingerprint was printed
seen=$(openssl s_client -connect "localhost:$port" </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256 | cut -d= -f2)
[ "$seen" = "$fingerprint" ] || fail "fingerprint $seen, not $fingerprint"
[ "$(stat -c %a "$dir/data/tls.pem")" = 600 ] || fail "the key can be read by others"
[ "$(stat -c %a "$dir/data/core.db")" = 600 ] || fail "the database can be read by others"

# nobody is signed in
call 401 GET /api/v1/session
has '"code":"not_signed_in"'
header 'Cache-Control: no-store'
header "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'"
header 'Strict-Transport-Security'
header 'X-Content-Type-Options: nosniff'
call 401 GET /api/v1/alerts
call 404 GET /api/v1/nothing
call 405 PUT /api/v1/alerts -H 'Content-Type: application/json' -d '{}'
header 'Allow: GET'

# signing in
json 401 POST /api/v1/session '{"username":"admin","password":"wrong"}'
call 415 POST /api/v1/session -H 'Content-Type: text/plain' -d '{}'
call 403 POST /api/v1/session -H 'Origin: https://evil.example' -H 'Content-Type: application/json' -d '{}'
json 400 POST /api/v1/session '{"username":"admin","username":"x","password":"y"}'
head -c 70000 /dev/zero | tr '\0' ' ' >"$dir/large"
call 413 POST /api/v1/session -H 'Content-Type: application/json' --data-binary "@$dir/large"
has '"code":"body_too_large"}'
header 'Content-Type: application/problem+json'
header "Content-Security-Policy: default-src 'none'"
header 'Strict-Transport-Security'
header 'Cache-Control: no-store'
call 415 POST /api/v1/session -H 'Content-Type: application/json' -H 'Content-Encoding: br' -d '{}'
has '"code":"bad_encoding"}'
call 400 POST /api/v1/session -H 'Content-Type: application/json' -H 'Content-Encoding: gzip' -d '{}'
has '"code":"bad_body"}'
json 400 POST /api/v1/session '[]'
json 400 POST /api/v1/session '{"username":1,"password":"y"}'
json 200 POST /api/v1/session "{\"username\":\"admin\",\"password\":\"$password\"}"
has '"must_change_password":true'
header 'Set-Cookie: __Host-wanglou_session=.*Secure; HttpOnly; SameSite=Strict'
csrf=$(sed 's/.*"csrf_token":"\([0-9a-f]*\)".*/\1/' "$dir/body")

# the first password must go before anything else
call 403 GET /api/v1/alerts
has password_change_required
json 400 POST /api/v1/password "{\"current\":\"$password\",\"new\":\"short\"}"
json 403 POST /api/v1/password '{"current":"wrong","new":"a much better one"}'
json 204 POST /api/v1/password "{\"current\":\"$password\",\"new\":\"a much better one\"}"

# who keeps accounts does not work with alerts: an account for that
json 201 POST /api/v1/accounts '{"name":"li","role":"security_administrator"}'
password=$(sed 's/.*"password":"\([^"]*\)".*/\1/' "$dir/body")
json 200 POST /api/v1/session "{\"username\":\"li\",\"password\":\"$password\"}"
csrf=$(sed 's/.*"csrf_token":"\([0-9a-f]*\)".*/\1/' "$dir/body")
json 204 POST /api/v1/password "{\"current\":\"$password\",\"new\":\"a much better one\"}"

# alerts
call 200 GET /api/v1/alerts
has '"total":3'
has '"rule_title_zh":"SSH 口令猜测"'
has '"tactics":["credential-access"]'
has '"techniques":["T1110.001"]'
call 200 GET '/api/v1/alerts?limit=2'
cursor=$(sed -n 's/.*"next_cursor":"\([0-9]*\)".*/\1/p' "$dir/body")
[ -n "$cursor" ] || fail "no next_cursor"
call 200 GET "/api/v1/alerts?limit=2&cursor=$cursor"
has '"id":"00000000000000000000000000000003"'
call 200 GET '/api/v1/alerts?q=guess%20203.0.113&level=high,critical&status=new'
has '"total":3'
call 200 GET '/api/v1/alerts?q=%E7%8C%9C%E6%B5%8B'
has '"total":3'
call 200 GET '/api/v1/alerts?tactic=impact,credential-access'
has '"total":3'
call 200 GET '/api/v1/alerts?tactic=impact'
has '"alerts":[],"total":0'
call 400 GET '/api/v1/alerts?tactic=x%27%20OR'
call 400 GET '/api/v1/alerts?level=huge'
call 400 GET '/api/v1/alerts?from=yesterday'
call 200 GET '/api/v1/alerts/rules?status=new&tactic=credential-access'
has '[{"id":"rule-1","title":"SSH password guessing","title_zh":"SSH 口令猜测","level":"high","count":3}]'
call 200 GET '/api/v1/alerts/rules?level=low'
has '[]'
call 400 GET '/api/v1/alerts/rules?limit=101'
id=00000000000000000000000000000001
call 200 GET /api/v1/alerts/$id
has '"rule_yaml":"title: SSH password guessing\n"'
json 200 PATCH /api/v1/alerts/$id '{"status":"acknowledged","note":"看过了"}'
has '"status":"acknowledged"'
call 200 GET /api/v1/alerts/$id
has '"by":"li"'
json 400 PATCH /api/v1/alerts/$id '{"status":"gone"}'
json 404 PATCH /api/v1/alerts/ffffffffffffffffffffffffffffffff '{"status":"closed"}'
good=$csrf
csrf=0000
json 403 PATCH /api/v1/alerts/$id '{"status":"closed"}'
csrf=$good

# the rest
call 200 GET /api/v1/overview
has '"alerts_total":3'
has '"alerts_open":3'
has '"title_zh":"SSH 口令猜测"'
call 200 GET /api/v1/status
has '"version":"test"'
call 200 GET /api/v1/fields
has '"name":"source.ip"'

# a store that is away is said so; what needs no store is there
away() {
	call 503 GET /api/v1/events
	has '"code":"store_unavailable"'
	call 503 GET /api/v1/events/histogram
	call 503 GET /api/v1/events/1
	call 200 GET /api/v1/overview
	has '"store_reachable":false'
	has '"alerts_total":3'
	call 200 GET /api/v1/status
	has '"store":{"reachable":false'
	call 200 GET /api/v1/alerts
}
if [ -z "$serve" ]; then
	away
else
	call 200 GET '/api/v1/events?limit=3&columns=source.ip,source.port,message,method,user.name'
	has '"source.ip":"203.0.113.7","source.port":4022,"message":"Failed password \"quoted\"","method":"publickey"}'
	cursor=$(sed -n 's/.*"next_cursor":"\([0-9-]*\)".*/\1/p' "$dir/body")
	[ "$(grep -o '"seq"' "$dir/body" | wc -l)" = 3 ] || fail "not three events"
	call 200 GET "/api/v1/events?limit=3&cursor=$cursor"
	[ "$(grep -o '"seq"' "$dir/body" | wc -l)" = 1 ] || fail "not one event on the last page"
	call 400 GET '/api/v1/events?cursor=x'
	call 400 GET '/api/v1/events?q=source.ip%3A%28'
	has '"code":"bad_query"'
	has '"column":'
	call 400 GET '/api/v1/events?columns=a%60b'
	call 200 GET '/api/v1/events?q=source.ip%3A10.0.0.0%2F8'
	has '"events":[]'
	call 200 GET '/api/v1/events/histogram?from=-1h&buckets=60'
	has '"total":4'
	has '"interval_seconds":300'
	grep -q '"buckets":\[{"time":"[^"]*:[0-5][05]:00\.000000Z"' "$dir/body" || fail "buckets begin anywhere"
	call 200 GET /api/v1/events/2
	has '"fields":{"@timestamp":"'
	has '"attributes":[{"name":"method","value":"publickey"}]'
	has '"raw":"<38>sshd[7]: Failed password for root from 203.0.113.7'
	has '"drill":true'
	call 200 GET /api/v1/events/1
	has '"fields":{}'
	has '"raw":"'
	call 404 GET /api/v1/events/99999
	call 404 GET /api/v1/events/x
	call 200 GET /api/v1/overview
	has '"store_reachable":true'
	has '"events_total":4,"events_unparsed":1'
	has '"by_source":[{"key":"openssh","count":4}]'
	call 200 GET /api/v1/status
	has '"store":{"reachable":true'
	has '"events":4'
	kill -STOP "$store_pid"
	away # the first to ask waits out its time
	kill -CONT "$store_pid"
	kill "$store_pid"
	wait "$store_pid" || true
	sleep 5 # the store is left alone that long
	away
	start_store
	call 200 GET /api/v1/events
fi

# the interface's files
call 200 GET /
header 'Cache-Control: no-store'
nonce=$(sed 's/.*content="\([0-9a-f]*\)".*/\1/' "$dir/body")
policy() { tr -d '\r' <"$dir/head" | sed -n 's/^Content-Security-Policy: //Ip'; }
rest="img-src 'self'; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
[ "$(policy)" = "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-$nonce'; $rest" ] || fail "the policy is $(policy)"
call 200 GET /
[ "$nonce" != "$(sed 's/.*content="\([0-9a-f]*\)".*/\1/' "$dir/body")" ] || fail "a nonce was used twice"
call 200 GET /alerts/some/page
has csp-nonce
call 200 GET /assets/app-1.js
header 'Cache-Control: public, max-age=31536000, immutable'
etag=$(tr -d '\r' <"$dir/head" | sed -n 's/^ETag: //Ip')
call 304 GET /assets/app-1.js -H "If-None-Match: $etag"
header 'Vary: Accept-Encoding'
lacks 'Content-Encoding'
call 200 GET /assets/app-1.js --compressed
header 'Content-Encoding: gzip'
header 'Vary: Accept-Encoding'
header 'Cache-Control: public, max-age=31536000, immutable'
has 'console.log(1)'
packed=$(tr -d '\r' <"$dir/head" | sed -n 's/^ETag: //Ip')
[ "$packed" != "$etag" ] || fail "one ETag for two representations"
call 304 GET /assets/app-1.js -H "If-None-Match: $packed" -H 'Accept-Encoding: br, gzip'
call 200 GET /assets/app-1.js -H "If-None-Match: $etag" -H 'Accept-Encoding: gzip'
for accepted in 'gzip;q=0' 'gzip; q=0.000, *' 'x-gzipped' 'br, deflate'; do
	call 200 GET /assets/app-1.js -H "Accept-Encoding: $accepted"
	lacks 'Content-Encoding'
done
for accepted in 'br, GZIP ;q=0.5' 'deflate,gzip'; do
	call 200 GET /assets/app-1.js -H "Accept-Encoding: $accepted"
	header 'Content-Encoding: gzip'
done
for path in /../outside.txt /assets/../../outside.txt /assets/..%2f..%2foutside.txt //outside.txt /assets/missing.js; do
	call 404 GET "$path"
done
call 405 POST / -d x

# plain HTTP on this port is refused and harms nothing
curl -s --max-time 5 "http://localhost:$port/" >/dev/null 2>&1 && fail "plain HTTP was answered"
head -c 100000 /dev/urandom | timeout 5 openssl s_client -quiet -connect "localhost:$port" >/dev/null 2>&1 || true
call 200 GET /api/v1/session

# signing out
call 204 DELETE /api/v1/session
call 401 GET /api/v1/session
echo "ok"
