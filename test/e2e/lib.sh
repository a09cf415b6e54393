# SPDX-License-Identifier: Apache-2.0
# Sourced by the tests of this folder: one program of one's own on a fresh data folder and free loopback ports,
# and the ways to ask it. A test is run from the repository's root, prints what went wrong and exits 1; with 77
# its last line says why it was skipped. $WANGLOU is the program.
#
# What a test finds here: $work (deleted at the end), $data, $here, $password once the program ran, and the ports
# $syslog, $ingest, $console, $store of 127.0.0.1.
set -eu

WANGLOU=$(realpath -e "${WANGLOU:-build/wanglou}") || exit 1
here=$PWD/test/e2e
work=$(mktemp -d "${TMPDIR:-/tmp}/wanglou-e2e.XXXXXX")
chmod 755 "$work" # else root's processes could not give up root
data=$work/data
server=
password=
csrf=

# --- saying how it went ------------------------------------------------------------------------------------

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

skip() {
	echo "skipped: $*"
	exit 77
}

# is WHAT GOT WANTED
is() {
	[ "$2" = "$3" ] || fail "$1: got '$2', wanted '$3'"
}

# has FILE TEXT: the file holds the text.
has() {
	grep -qF -- "$2" "$1" || fail "no '$2' in: $(head -c 2000 "$1")"
}

needs() {
	for each; do command -v "$each" >/dev/null || skip "needs $each"; done
}

needs_packages() {
	for each; do
		[ -d "$here/node_modules/$each" ] || skip "needs npm's $each: npm --prefix test/e2e ci"
	done
}

# For a walk through the console: the built console, its browser.
needs_browser() {
	needs node jq
	[ -e ui/dist/index.html ] || skip 'the console is not built: npm --prefix ui run build'
	[ -d ui/node_modules/playwright-core ] || skip "needs npm's playwright-core: npm --prefix ui ci"
	CHROMIUM=${CHROMIUM:-$(command -v chromium || true)}
	[ -n "$CHROMIUM" ] || skip 'needs chromium'
}

# walk FILE [NAME=VALUE…]: walks through the console of the program with a file of this folder (browser.mjs).
walk() {
	file=$1
	shift
	env WANGLOU_URL="https://127.0.0.1:$console" WANGLOU_SHOTS="${WANGLOU_SCREENSHOTS:-}" CHROMIUM="$CHROMIUM" "$@" \
		node "$here/$file"
}

# exits STATUS COMMAND…: runs it, with what it says in $work/said and $work/complained.
exits() {
	wanted=$1
	shift
	status=0
	"$@" >"$work/said" 2>"$work/complained" || status=$?
	[ "$status" = "$wanted" ] || fail "$* exited $status, not $wanted: $(cat "$work/said" "$work/complained")"
}

# wait_for SECONDS WHAT COMMAND…: until the command succeeds; ten tries a second, each in a shell of its own.
wait_for() {
	limit=$(($(date +%s) + $1))
	what=$2
	shift 2
	until ("$@") >/dev/null 2>&1; do
		[ "$(date +%s)" -lt "$limit" ] || fail "timed out waiting for $what"
		[ -z "$server" ] || kill -0 "$server" 2>/dev/null || fail "the program ended while waiting for $what"
		sleep 0.1
	done
}

# --- the program -------------------------------------------------------------------------------------------

# Below the ports that the kernel gives to outgoing connections, so that none is taken between here and the start.
free_ports() {
	node -e '
		const net = require("node:net")
		const port = () => 10000 + Math.floor(Math.random() * 20000)
		const next = left => left && net.createServer().on("error", () => next(left))
			.listen(port(), "127.0.0.1", function () { console.log(this.address().port); this.close(); next(left - 1) })
		next(+process.argv[1])' "$1"
}

# settings [LINE…]: writes wanglou.yaml with ports of this test's own, then the lines.
settings() {
	mkdir -p "$data"
	# shellcheck disable=SC2046
	set -- $(free_ports 4) "$@"
	syslog=$1 ingest=$2 console=$3 store=$4
	shift 4
	{
		printf 'listen:\n'
		printf '  %s: 127.0.0.1:%s\n' syslog_udp "$syslog" syslog_tcp "$syslog" ingest "$ingest" console "$console"
		[ $# = 0 ] || printf '%s\n' "$@"
	} >"$data/wanglou.yaml"
}

# spawn [OPTION…]: starts the program and does not wait for it.
spawn() {
	[ -e "$data/wanglou.yaml" ] || settings
	: >"$work/out"
	"$WANGLOU" run --data "$data" --content content --ui ui/dist "$@" >"$work/out" 2>>"$work/err" &
	server=$!
}

# start [OPTION…]: until every process serves.
start() {
	spawn "$@"
	wait_for 180 'the start' grep -q 'is up' "$work/out"
	printed=$(sed -n 's/.*user admin, password \([^ ]*\) .*/\1/p' "$work/out")
	password=${printed:-$password}
}

# The drill's days are on the screen: they are all sent, their alerts are raised and nothing waits.
drill_is_played() {
	[ -e "$data/drill/played" ] && [ "$("$WANGLOU" status --json --data "$data" | jq '.backlog == 0 and .store.events > 1000')" = true ]
}

# start_drilled [OPTION…]: with the demo university's register, and the drill's days played.
start_drilled() {
	start "$@"
	exits 0 "$WANGLOU" register import --demo --data "$data"
	stop
	start --drill "$@"
	wait_for 180 'the drill' drill_is_played
}

# Stops it as a service manager does; it must end by itself, in peace.
stop() {
	kill -TERM "$server"
	status=0
	wait "$server" || status=$?
	server=
	is 'exit status after SIGTERM' "$status" 0
}

# pid_of PROCESS: 0 while it does not run.
pid_of() {
	jq -r --arg name "$1" '.[] | select(.name == $name) | .pid' "$data/run/processes.json"
}

all_run() {
	[ "$(jq '[.[] | select(.state != "running")] | length' "$data/run/processes.json")" = 0 ]
}

# cleanup may be given more to do: finally COMMAND…, last one first.
finals=
finally() {
	finals="$*; $finals"
}

cleanup() {
	result=$?
	trap - EXIT INT TERM
	set +e
	eval "$finals"
	if [ -n "$server" ]; then
		kill -CONT $(jq '.[].pid | select(. > 0)' "$data/run/processes.json" 2>/dev/null) 2>/dev/null
		kill -TERM "$server" 2>/dev/null
		wait "$server"
	fi
	if [ $result != 0 ] && [ $result != 77 ]; then
		[ ! -s "$work/err" ] || tail -n 30 "$work/err" >&2
	fi
	[ -n "${WANGLOU_KEEP:-}" ] && [ $result != 0 ] && echo "kept: $work" >&2 || rm -rf "$work"
	exit $result
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# --- what is stored ----------------------------------------------------------------------------------------

# sql QUERY: asks the store, as text.
sql() {
	curl -sS --fail-with-body --max-time 30 --unix-socket "$data/run/store.sock" http://store/ --data-binary "$1"
}

# count [CONDITION]: without what the platform says of itself (listener 6).
count() {
	sql "SELECT count() FROM events WHERE listener != 6 AND (${1:-1})"
}

# stored LINES [CONDITION]
stored() {
	[ "$(count "${2:-1}")" -ge "$1" ]
}

# wait_stored LINES [CONDITION]: until as many are stored, and then no more than these.
wait_stored() {
	wait_for "${PATIENCE:-60}" "$1 stored events" stored "$@"
	is 'stored events' "$(count "${2:-1}")" "$1"
}

# Every number of the journal is stored once.
no_doubles() {
	is 'events by their number' "$(sql 'SELECT count() - uniqExact(seq) FROM events')" 0
}

# --- the API, as a browser meets it ---------------------------------------------------------------------------

# call STATUS METHOD PATH [CURL OPTIONS]: leaves the body in $work/body and the headers in $work/head.
call() {
	wanted=$1 method=$2 path=$3
	shift 3
	got=$(curl -ksS --max-time 60 -X "$method" --path-as-is -D "$work/head" -o "$work/body" -w '%{http_code}' \
		-b "$work/jar" -c "$work/jar" ${csrf:+-H "X-CSRF-Token: $csrf"} "$@" "https://127.0.0.1:$console$path") ||
		fail "$method $path: curl ended with $?"
	[ "$got" = "$wanted" ] || fail "$method $path answered $got, not $wanted: $(head -c 600 "$work/body")"
}

# get PATH [CURL OPTIONS]: the body of what must go well.
get() {
	path=$1
	shift
	call 200 GET "$path" "$@"
	cat "$work/body"
}

# send STATUS METHOD PATH JSON [CURL OPTIONS]
send() {
	status=$1 method=$2 path=$3 json=$4
	shift 4
	call "$status" "$method" "$path" -H 'Content-Type: application/json' -d "$json" "$@"
}

# patient STATUS METHOD PATH JSON: send, again where there were too many wrong passwords or codes and it must wait.
patient() {
	(send "$@") 2>"$work/patience" && return
	while grep -q 'answered 429' "$work/patience"; do
		sleep 1
		(send "$@") 2>"$work/patience" && return
	done
	fail "$(cat "$work/patience")"
}

# make_user NAME ROLE: an account with the password "NAME of the campus".
make_user() {
	exits 0 "$WANGLOU" user add "$1" --role "$2" --password-stdin --data "$data" <<-END
		$1 of the campus
	END
}

# leave: forgets who is signed in. enter USER PASSWORD: signs in.
leave() {
	rm -f "$work/jar"
	csrf=
}
enter() {
	leave
	send 200 POST /api/v1/session "$(jq -cn --arg u "$1" --arg p "$2" '{username: $u, password: $p}')"
	csrf=$(jq -r .csrf_token "$work/body")
}

# Signs in as the security administrator, who may do most things; the account is made where it is not there.
login() {
	"$WANGLOU" user list --json --data "$data" | jq -e 'select(.name == "security")' >"$work/who" ||
		make_user security security_administrator
	enter security 'security of the campus'
}

# Signs in as admin with the password that was printed, and changes it, as one must.
login_admin() {
	send 200 POST /api/v1/session "$(jq -cn --arg p "$password" '{username: "admin", password: $p}')"
	csrf=$(jq -r .csrf_token "$work/body")
	[ "$(jq .must_change_password "$work/body")" = true ] || return 0
	send 204 POST /api/v1/password "$(jq -cn --arg p "$password" '{current: $p, new: ("new " + $p)}')"
	password="new $password"
}
