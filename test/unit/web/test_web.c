/* SPDX-License-Identifier: Apache-2.0 */
/* The server over HTTPS, with everything a browser or somebody hostile may send. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <curl/curl.h>

#include "base/clock.h"
#include "cases/alert.h"
#include "http/server.h"
#include "access/session.h"
#include "trail/trail.h"
#include "web/route.h"
#include "web/web.h"

#define PASSWORD "correct horse battery"
#define ALERT_PATH "/api/v1/alerts/00000000000000000000000000000001"

static char folder[64];
static struct db *db;
static struct web *web;
static int port;

/* What the audit trail was told, a line each; and whether it can be written at all. */
static struct {
	pthread_mutex_t lock;
	struct buf lines;
	bool broken;
} trail = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int audit(void *context, const struct web_notice *notice)
{
	(void)context;
	if (trail.broken)
		return -ENOSPC;
	pthread_mutex_lock(&trail.lock);
	buf_printf(&trail.lines, "%.*s %.*s %.*s %.*s %s [%.*s] %.*s\n", STR_FMT(notice->action),
		   STR_FMT(notice->user), STR_FMT(notice->role), STR_FMT(notice->address), notice->outcome,
		   STR_FMT(notice->object), STR_FMT(notice->detail));
	pthread_mutex_unlock(&trail.lock);
	return 0;
}

static void add_alert(void)
{
	struct alert alert = {.id = STR("00000000000000000000000000000001"),
			      .time = clock_now() - 1000,
			      .level = ALERT_HIGH,
			      .rule_id = STR("r"),
			      .rule_title = STR("T"),
			      .rule_hash = STR("h"),
			      .why = STR("not json"),
			      .event = STR("{\"seq\":\"5\",\"fields\":{\"a\":[1]},\"attributes\":[]}")};

	assert_int_equal(alerts_add(db, &alert, 1), 1);
}

static int set_up(void **state)
{
	struct web_options options = {.data = folder, .version = "test", .listen_count = 1, .audit = audit};
	struct sockaddr_in address;
	socklen_t len = sizeof(address);
	struct err err = {0};
	int fd;

	(void)state;
	buf_clear(&trail.lines);
	trail.broken = false;
	strcpy(folder, "/tmp/wl-web-XXXXXX");
	if (!mkdtemp(folder) || web_open_database(folder, &db, &err) < 0)
		return -1;
	fd = http_listen("127.0.0.1:0", &err);
	getsockname(fd, (struct sockaddr *)&address, &len);
	port = ntohs(address.sin_port);
	options.listen_fds = &fd;
	options.db = db;
	add_alert();
	return web_start(&options, &web, &err);
}

static int tear_down(void **state)
{
	char command[100];

	(void)state;
	web_stop(web);
	db_close(db);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

struct answer {
	long status;
	struct buf body;
	char cookie[200];
};

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
	buf_add(context, bytes, size * count);
	return size * count;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *context)
{
	static const char name[] = "Set-Cookie: ";
	size_t len = size * count, skip = sizeof(name) - 1;
	char *cookie = context;

	if (len > skip && strncasecmp(bytes, name, skip) == 0)
		snprintf(cookie, 200, "%.*s", (int)strcspn(bytes + skip, ";"), bytes + skip);
	return len;
}

/* headers: lines, ended by NULL. */
static void ask(const char *method, const char *path, const char *const *headers, struct str body,
		struct answer *answer)
{
	CURL *curl = curl_easy_init();
	struct curl_slist *list = NULL;
	char url[4200], pem[100];

	snprintf(url, sizeof(url), "https://localhost:%d%s", port, path);
	snprintf(pem, sizeof(pem), "%s/tls.pem", folder);
	for (; headers && *headers; headers++)
		list = curl_slist_append(list, *headers);
	list = curl_slist_append(list, "Expect:");
	buf_clear(&answer->body);
	answer->cookie[0] = 0;
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_CAINFO, pem);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer->body);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, answer->cookie);
	if (body.ptr) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
		curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, body.ptr);
	}
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
	assert_int_equal(curl_easy_perform(curl), CURLE_OK);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
	buf_cstr(&answer->body);
	curl_slist_free_all(list);
	curl_easy_cleanup(curl);
}

/* A user, signed in past the server: the token and the headers that go with it. */
struct person {
	char cookie[160], csrf[100];
	const char *headers[8];
};

static void enter(struct person *person, const char *name, enum role role)
{
	char token[SESSION_TOKEN_SIZE];
	struct session session;
	struct user user;

	assert_int_equal(user_add(db, str_from(name), role, STR(PASSWORD), false, clock_now(), NULL), 0);
	assert_int_equal(user_check(db, str_from(name), STR(PASSWORD), &user), 0);
	assert_int_equal(session_start(db, &user, STR("::1"), STR("test"), clock_now(), token), 0);
	assert_int_equal(session_find(db, str_from(token), clock_now(), &session), 0);
	snprintf(person->cookie, sizeof(person->cookie), "Cookie: __Host-wanglou_session=%s", token);
	snprintf(person->csrf, sizeof(person->csrf), "X-CSRF-Token: %s", session.csrf_token);
	person->headers[0] = person->cookie;
	person->headers[1] = person->csrf;
	person->headers[2] = "Content-Type: application/json";
	person->headers[3] = NULL;
}

static long status_of(const char *method, const char *path, const char *const *headers, struct str body)
{
	struct answer answer = {0};

	ask(method, path, headers, body, &answer);
	buf_done(&answer.body);
	return answer.status;
}

static void test_roles(void **state)
{
	static const struct {
		enum role role;
		const char *name;
		long reads, changes;
	} cases[] = {
		{ROLE_SYSTEM_ADMINISTRATOR, "ann", 200, 403},
		{ROLE_ANALYST, "eve", 200, 200},
		{ROLE_AUDIT_ADMINISTRATOR, "joe", 200, 403},
		{ROLE_READER, "kim", 200, 403},
	};
	struct person person;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enter(&person, cases[i].name, cases[i].role);
		assert_int_equal(status_of("GET", ALERT_PATH, person.headers, (struct str){0}),
				 cases[i].reads);
		assert_int_equal(
			status_of("PATCH", ALERT_PATH, person.headers, STR("{\"status\":\"closed\"}")),
			cases[i].changes);
	}
}

static void test_csrf(void **state)
{
	static const struct str body = STR("{\"status\":\"closed\"}");
	static const char *const others[] = {"Origin: https://evil.example", "Origin: null",
					     "Origin: http://localhost", "Sec-Fetch-Site: cross-site",
					     "Sec-Fetch-Site: same-site"};
	struct person person, other;
	char origin[64];

	(void)state;
	enter(&person, "eve", ROLE_ANALYST);
	enter(&other, "ann", ROLE_ANALYST);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		person.headers[3] = others[i];
		person.headers[4] = NULL;
		assert_int_equal(status_of("PATCH", ALERT_PATH, person.headers, body), 403);
	}
	snprintf(origin, sizeof(origin), "Origin: https://localhost:%d", port);
	person.headers[3] = origin;
	assert_int_equal(status_of("PATCH", ALERT_PATH, person.headers, body), 200);
	person.headers[3] = NULL;
	person.headers[1] = other.csrf; /* of another session */
	assert_int_equal(status_of("PATCH", ALERT_PATH, person.headers, body), 403);
	person.headers[1] = "X-CSRF-Token: ";
	assert_int_equal(status_of("PATCH", ALERT_PATH, person.headers, body), 403);
	person.headers[1] = "X-Other: x";
	assert_int_equal(status_of("PATCH", ALERT_PATH, person.headers, body), 403);
	assert_int_equal(status_of("DELETE", "/api/v1/session", person.headers, (struct str){0}), 403);
	person.headers[1] = person.csrf;
	person.headers[2] = "Content-Type: text/plain";
	assert_int_equal(status_of("PATCH", ALERT_PATH, person.headers, body), 415);
}

static struct buf nested(size_t depth)
{
	struct buf body = {0};

	buf_add_str(&body, STR("{\"status\":"));
	for (size_t i = 0; i < depth; i++)
		buf_add_char(&body, '[');
	return body;
}

static void test_hostile_bodies(void **state)
{
	static const struct str bodies[] = {
		STR(""),
		STR("{"),
		STR("null"),
		STR("[]"),
		STR("{}"),
		STR("{\"status\":null}"),
		STR("{\"status\":5}"),
		STR("{\"status\":{}}"),
		STR("{\"status\":\"closed\",\"status\":\"new\"}"),
		STR("{\"status\":\"closed\"} x"),
		STR("{\"status\":\"clos\\u0000ed\"}"),
		STR("{\"note\":\"\\ud800\"}"),
		STR("{\"note\":\"\xff\"}"),
		STR("{\"status\":\"'; DROP TABLE alerts; --\"}"),
		STR("{\"note\":1e999}"),
		STR("\xef\xbb\xbf{}"),
		STR("{\"\\u0000\":1}"),
	};
	struct person person;
	struct buf body;

	(void)state;
	enter(&person, "eve", ROLE_ANALYST);
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		if (status_of("PATCH", ALERT_PATH, person.headers, bodies[i]) != 400)
			fail_msg("body %zu was taken: %s", i, bodies[i].ptr);
	body = nested(60000);
	assert_int_equal(status_of("PATCH", ALERT_PATH, person.headers, buf_str(&body)), 400);
	buf_done(&body);
	body = nested(WEB_BODY_MAX);
	assert_int_equal(status_of("PATCH", ALERT_PATH, person.headers, buf_str(&body)), 413);
	buf_done(&body);
	buf_add_str(&body, STR("{\"note\":\""));
	for (int i = 0; i <= ALERT_NOTE_MAX; i++)
		buf_add_str(&body, STR("字"));
	buf_add_str(&body, STR("\"}"));
	assert_int_equal(status_of("PATCH", ALERT_PATH, person.headers, buf_str(&body)), 400);
	buf_done(&body);
	assert_int_equal(status_of("GET", ALERT_PATH, person.headers, (struct str){0}), 200);
}

/* A large body is read where a route takes files and its sender may send them, and nowhere else. */
static void test_large_bodies(void **state)
{
	static const char *const nobody[] = {"Content-Type: text/csv", NULL};
	struct person person;
	struct buf body = {0};
	char path[200];
	size_t at = 0;

	(void)state;
	enter(&person, "eve", ROLE_SECURITY_ADMINISTRATOR);
	person.headers[2] = nobody[0];
	while (at < web_route_count &&
	       (!(web_routes[at].flags & ROUTE_LARGE) || strchr(web_routes[at].path, '{') ||
		web_routes[at].permission == PERMIT_LINK))
		at++;
	assert_true(at < web_route_count);
	snprintf(path, sizeof(path), "/api/v1%s", web_routes[at].path);
	memset(buf_reserve(&body, WEB_LARGE_BODY_MAX + 1), 'x', WEB_LARGE_BODY_MAX + 1);
	body.len = WEB_BODY_MAX + 1;
	assert_int_equal(status_of(web_routes[at].method, path, nobody, buf_str(&body)), 401);
	assert_int_not_equal(status_of(web_routes[at].method, path, person.headers, buf_str(&body)), 413);
	assert_int_equal(status_of("PATCH", ALERT_PATH, person.headers, buf_str(&body)), 413);
	body.len = WEB_LARGE_BODY_MAX + 1;
	assert_int_equal(status_of(web_routes[at].method, path, person.headers, buf_str(&body)), 413);
	buf_done(&body);
}

static void test_hostile_arguments(void **state)
{
	static const char *const bad[] = {"limit=0",
					  "limit=501",
					  "limit=-1",
					  "limit=x",
					  "limit=99999999999999999999",
					  "cursor=x",
					  "cursor=-5",
					  "cursor=99999999999999999999",
					  "from=x",
					  "to=x",
					  "from=now&to=-1h",
					  "tactic=,",
					  "tactic=Impact",
					  "tactic=x%27%29",
					  "tactic=a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q",
					  "level=,",
					  "level=high;low",
					  "status=open",
					  "drill=1",
					  "from=0001-01-01",
					  "from=now-1000000y",
					  "from=-290000y&to=-289999y",
					  "to=now-292200y-260y",
					  "from=-9223372036854775807w",
					  "from=-1.5h",
					  "from=2026-13-01"};
	static const char *const good[] = {"cursor=1",
					   "cursor=9223372036854775807",
					   "rule=%27%20OR%201%3D1",
					   "q=%22%20OR%20%22",
					   "q=%ff%fe",
					   "q=*",
					   "drill=",
					   "tactic=impact,no-such",
					   "level=&status=",
					   "unknown=1",
					   "limit=500",
					   "from=1950-01-01",
					   "level=high%00"};
	struct person person;
	char path[200];

	(void)state;
	enter(&person, "eve", ROLE_ANALYST);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(path, sizeof(path), "/api/v1/alerts?%s", bad[i]);
		if (status_of("GET", path, person.headers, (struct str){0}) != 400)
			fail_msg("%s was taken", bad[i]);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		snprintf(path, sizeof(path), "/api/v1/alerts?%s", good[i]);
		if (status_of("GET", path, person.headers, (struct str){0}) != 200)
			fail_msg("%s was not taken", good[i]);
	}
	assert_int_equal(
		status_of("GET", "/api/v1/overview?from=1950-01-01", person.headers, (struct str){0}), 200);
	assert_int_equal(status_of("GET", "/api/v1/alerts/%00", person.headers, (struct str){0}), 404);
	assert_int_equal(status_of("GET", "/api/v1/alerts/..%2f..%2fetc", person.headers, (struct str){0}),
			 404);
}

static void test_detail_is_json_whatever_was_stored(void **state)
{
	struct answer answer = {0};
	struct person person;

	(void)state;
	enter(&person, "eve", ROLE_ANALYST);
	ask("GET", ALERT_PATH, person.headers, (struct str){0}, &answer);
	assert_int_equal(answer.status, 200);
	assert_non_null(strstr(answer.body.ptr,
			       "\"why\":{},\"event\":{\"seq\":\"5\",\"fields\":{\"a\":[1]},\"attributes\":[],"
			       "\"raw_missing\":true},\"history\":[]}"));
	buf_done(&answer.body);
}

static void test_session_from_sign_in_to_end(void **state)
{
	static const char *const json[] = {"Content-Type: application/json", NULL};
	struct answer answer = {0};
	const char *headers[] = {NULL, NULL};
	char cookie[220];

	(void)state;
	assert_int_equal(user_add(db, STR("eve"), ROLE_ANALYST, STR(PASSWORD), true, clock_now(), NULL), 0);
	ask("POST", "/api/v1/session", json, STR("{\"username\":\"eve\",\"password\":\"" PASSWORD "\"}"),
	    &answer);
	assert_int_equal(answer.status, 200);
	assert_int_equal(strncmp(answer.cookie, "__Host-wanglou_session=", 23), 0);
	snprintf(cookie, sizeof(cookie), "Cookie: %s", answer.cookie);
	headers[0] = cookie;
	assert_int_equal(status_of("GET", "/api/v1/session", headers, (struct str){0}), 200);
	assert_int_equal(status_of("GET", "/api/v1/alerts", headers, (struct str){0}),
			 403); /* change the password */
	assert_int_equal(user_set_disabled(db, STR("eve"), true, NULL), 0);
	assert_int_equal(status_of("GET", "/api/v1/session", headers, (struct str){0}), 401);
	buf_done(&answer.body);
}

/* Twenty minutes after the last activity: what keeps the session alive, and what does not. */
static void test_activity(void **state)
{
	static const struct {
		const char *path, *header;
		bool counts;
	} cases[] = {
		{"/api/v1/status", "Accept: */*", false},
		{"/api/v1/overview", "X-Background: true", false},
		{"/api/v1/overview", "X-Background: false", true},
		{"/api/v1/alerts", "Accept: */*", true},
		{"/api/v1/nothing", "Accept: */*", false},
	};
	int64_t then = clock_now() - 20 * CLOCK_MINUTE;
	char token[SESSION_TOKEN_SIZE], cookie[160];
	struct session session;
	struct user user;

	(void)state;
	assert_int_equal(user_add(db, STR("eve"), ROLE_READER, STR(PASSWORD), false, then, NULL), 0);
	assert_int_equal(user_check(db, STR("eve"), STR(PASSWORD), &user), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *headers[] = {cookie, cases[i].header, NULL};

		assert_int_equal(session_start(db, &user, STR("::1"), STR("test"), then, token), 0);
		snprintf(cookie, sizeof(cookie), "Cookie: __Host-wanglou_session=%s", token);
		status_of("GET", cases[i].path, headers, (struct str){0});
		assert_int_equal(session_find(db, str_from(token), clock_now(), &session), 0);
		if ((session.last_seen > then) != cases[i].counts)
			fail_msg("%s with %s", cases[i].path, cases[i].header);
	}
}

static void test_guessing_is_slowed_down(void **state)
{
	static const char *const json[] = {"Content-Type: application/json", NULL};
	static const struct str wrong = STR("{\"username\":\"eve\",\"password\":\"wrong\"}");
	int refused = 0;

	(void)state;
	for (int i = 0; i < 7; i++) {
		long status = status_of("POST", "/api/v1/session", json, wrong);

		assert_true(status == 401 || status == 429);
		refused += status == 429;
	}
	assert_true(refused >= 1);
}

static void test_interface_not_built(void **state)
{
	struct answer answer = {0};

	(void)state;
	ask("GET", "/", NULL, (struct str){0}, &answer);
	assert_int_equal(answer.status, 503);
	assert_non_null(strstr(answer.body.ptr, "./dev build"));
	buf_done(&answer.body);
}

#define CLIENTS 12
#define REQUESTS 15

/* cmocka's assertions are for the main thread, so this one counts. */
static void *be_busy(void *context)
{
	static const char *const paths[] = {"/api/v1/alerts?q=T", "/api/v1/overview", "/api/v1/status",
					    "/api/v1/fields", "/"};
	const struct person *person = context;
	intptr_t failures = 0;

	for (int i = 0; i < REQUESTS; i++) {
		const char *path = paths[i % 5];
		long status = status_of("GET", path, person->headers, (struct str){0});

		failures += status != (strcmp(path, "/") == 0 ? 503 : 200);
		status = status_of("PATCH", ALERT_PATH, person->headers,
				   i % 2 ? STR("{\"status\":\"closed\"}") : STR("{\"status\":\"new\"}"));
		failures += status != 200;
	}
	return (void *)failures;
}

static void expect_trail(const char *wanted)
{
	assert_string_equal(buf_cstr(&trail.lines), wanted);
	buf_clear(&trail.lines);
}

static void test_what_people_do_is_recorded(void **state)
{
	static const char *const json[] = {"Content-Type: application/json", NULL};
	struct person eve, joe;

	(void)state;
	enter(&eve, "eve", ROLE_ANALYST);
	enter(&joe, "joe", ROLE_AUDIT_ADMINISTRATOR);
	assert_int_equal(status_of("POST", "/api/v1/session", json,
				   STR("{\"username\":\"Eve\",\"password\":\"wrong\"}")),
			 401);
	expect_trail("login Eve  127.0.0.1 refused [] {\"reason\":\"bad_credentials\"}\n");
	assert_int_equal(status_of("POST", "/api/v1/session", json,
				   STR("{\"username\":\"eve\",\"password\":\"" PASSWORD "\"}")),
			 200);
	expect_trail("login eve  127.0.0.1 allowed [] \n");
	status_of("GET", "/api/v1/events?q=a:%22b%22&limit=5", eve.headers, (struct str){0});
	expect_trail("search eve analyst 127.0.0.1 allowed [a:\"b\"] {\"limit\":\"5\"}\n");
	status_of("GET", "/api/v1/events/7", eve.headers, (struct str){0});
	expect_trail("event.view eve analyst 127.0.0.1 allowed [7] {}\n");
	assert_int_equal(status_of("PATCH", ALERT_PATH, eve.headers, STR("{\"status\":\"closed\"}")), 200);
	expect_trail("alert.update eve analyst 127.0.0.1 allowed [00000000000000000000000000000001] "
		     "{\"status\":\"closed\"}\n");
	assert_int_equal(status_of("PATCH", ALERT_PATH, joe.headers, STR("{\"status\":\"new\"}")), 403);
	expect_trail(
		"alert.update joe audit_administrator 127.0.0.1 refused [00000000000000000000000000000001] "
		"{\"status\":\"new\"}\n");
	status_of("GET", "/api/v1/events/export?q=x&format=csv&columns=message", eve.headers,
		  (struct str){0});
	expect_trail(
		"export eve analyst 127.0.0.1 allowed [x] {\"format\":\"csv\",\"columns\":\"message\"}\n");
	assert_int_equal(
		status_of("POST", "/api/v1/sql", eve.headers, STR("{\"query\":\"DROP TABLE events\"}")), 400);
	expect_trail("sql eve analyst 127.0.0.1 allowed [DROP TABLE events] {}\n");
	assert_int_equal(status_of("POST", "/api/v1/password", eve.headers,
				   STR("{\"current\":\"" PASSWORD "\",\"new\":\"short\"}")),
			 400);
	assert_int_equal(status_of("POST", "/api/v1/password", eve.headers,
				   STR("{\"current\":\"no\",\"new\":\"quite another one\"}")),
			 403);
	expect_trail("password.change eve analyst 127.0.0.1 refused [eve] "
		     "{\"reason\":\"bad_credentials\"}\n");
	assert_int_equal(status_of("POST", "/api/v1/password", eve.headers,
				   STR("{\"current\":\"" PASSWORD "\",\"new\":\"quite another one\"}")),
			 204);
	expect_trail("password.change eve analyst 127.0.0.1 allowed [eve] \n");
	assert_int_equal(status_of("DELETE", "/api/v1/session", eve.headers, (struct str){0}), 204);
	expect_trail("logout eve analyst 127.0.0.1 allowed [] {}\n");
}

static void test_pages_by_themselves_are_not(void **state)
{
	static const char *const paths[] = {
		"/api/v1/session", "/api/v1/status",  "/api/v1/overview",     "/api/v1/alerts?q=x",
		"/api/v1/fields",  "/api/v1/nothing", "/api/v1/alerts/rules", "/"};
	struct person eve;

	(void)state;
	enter(&eve, "eve", ROLE_READER);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		status_of("GET", paths[i], eve.headers, (struct str){0});
	status_of("GET", "/api/v1/events", NULL, (struct str){0}); /* nobody is signed in */
	expect_trail("");
}

static void test_what_cannot_be_recorded_is_not_done(void **state)
{
	static const char *const json[] = {"Content-Type: application/json", NULL};
	static const struct str right = STR("{\"username\":\"eve\",\"password\":\"" PASSWORD "\"}");
	struct answer answer = {0};
	struct person eve;

	(void)state;
	enter(&eve, "eve", ROLE_ANALYST);
	trail.broken = true;
	ask("PATCH", ALERT_PATH, eve.headers, STR("{\"status\":\"closed\"}"), &answer);
	assert_int_equal(answer.status, 503);
	assert_non_null(strstr(answer.body.ptr, "\"audit_unavailable\""));
	assert_int_equal(status_of("GET", "/api/v1/events?q=x", eve.headers, (struct str){0}), 503);
	ask("POST", "/api/v1/session", json, right, &answer);
	assert_int_equal(answer.status, 503);
	assert_string_equal(answer.cookie, "");
	assert_int_equal(status_of("POST", "/api/v1/session", json,
				   STR("{\"username\":\"eve\",\"password\":\"wrong\"}")),
			 503);
	assert_int_equal(status_of("POST", "/api/v1/password", eve.headers,
				   STR("{\"current\":\"" PASSWORD "\",\"new\":\"quite another one\"}")),
			 503);
	assert_int_equal(status_of("GET", "/api/v1/alerts", eve.headers, (struct str){0}), 200);
	trail.broken = false;
	assert_int_equal(status_of("POST", "/api/v1/session", json, right), 200); /* the old password */
	ask("GET", ALERT_PATH, eve.headers, (struct str){0}, &answer);
	assert_non_null(strstr(answer.body.ptr, "\"status\":\"new\""));
	trail.broken = true;
	assert_int_equal(status_of("DELETE", "/api/v1/session", eve.headers, (struct str){0}), 204);
	buf_done(&answer.body);
}

static void test_trail_pages_and_files(void **state)
{
	static const struct str text =
		STR("{\"action\":\"login\",\"user\":\"=1+1\",\"via\":\"console\",\"outcome\":\"refused\","
		    "\"object\":\"a \\\"b\\\"\",\"detail\":{\"reason\":\"x\"}}");
	struct answer answer = {0};
	struct person joe;
	int64_t now = clock_now() - CLOCK_MINUTE;

	(void)state;
	enter(&joe, "joe", ROLE_AUDIT_ADMINISTRATOR);
	for (uint64_t i = 1; i <= 3; i++)
		assert_int_equal(trail_add(db, &(struct trail_record){i, now, text}, 1), 0);
	ask("GET", "/api/v1/trail?limit=2&user=%3D1%2B1&outcome=refused&action=login&q=b", joe.headers,
	    (struct str){0}, &answer);
	assert_int_equal(answer.status, 200);
	assert_non_null(strstr(answer.body.ptr, "{\"entries\":[{\"seq\":\"3\""));
	assert_non_null(strstr(answer.body.ptr, "\"object\":\"a \\\"b\\\"\",\"outcome\":\"refused\","
						"\"detail\":{\"reason\":\"x\"}}],\"next_cursor\":\""));
	ask("GET", "/api/v1/trail/export?format=csv&limit=1", joe.headers, (struct str){0}, &answer);
	assert_int_equal(answer.status, 200);
	assert_non_null(strstr(answer.body.ptr, "\r\n\"3\",\""));
	assert_non_null(strstr(answer.body.ptr, ",\"'=1+1\",\"\",\"\",\"console\",\"login\",\"a \"\"b\"\"\","
						"\"refused\",\"{\"\"reason\"\":\"\"x\"\"}\"\r\n"));
	ask("GET", "/api/v1/trail/export", joe.headers, (struct str){0}, &answer);
	assert_non_null(strstr(answer.body.ptr, "}\n{\"seq\":\"2\""));
	assert_int_equal(status_of("GET", "/api/v1/trail/export?format=xml", joe.headers, (struct str){0}),
			 400);
	assert_int_equal(status_of("GET", "/api/v1/trail?cursor=x", joe.headers, (struct str){0}), 400);
	assert_int_equal(status_of("GET", "/api/v1/trail?limit=1001", joe.headers, (struct str){0}), 400);
	buf_done(&answer.body);
}

static void test_trail_is_for_auditors(void **state)
{
	static const struct {
		enum role role;
		const char *name;
		long status;
	} cases[] = {{ROLE_SYSTEM_ADMINISTRATOR, "ann", 403},
		     {ROLE_ANALYST, "eve", 403},
		     {ROLE_AUDIT_ADMINISTRATOR, "joe", 200},
		     {ROLE_READER, "kim", 403}};
	struct person person;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enter(&person, cases[i].name, cases[i].role);
		assert_int_equal(status_of("GET", "/api/v1/trail", person.headers, (struct str){0}),
				 cases[i].status);
		assert_int_equal(status_of("GET", "/api/v1/trail/export", person.headers, (struct str){0}),
				 cases[i].status);
	}
	assert_non_null(
		strstr(buf_cstr(&trail.lines), "trail.read ann system_administrator 127.0.0.1 refused"));
}

static int count_change(void *context, const struct alert_event *event)
{
	(void)event;
	++*(int *)context;
	return 0;
}

static void test_many_at_once(void **state)
{
	pthread_t threads[CLIENTS];
	struct person person;
	char id[33];
	void *failures;
	int changes = 0;

	(void)state;
	enter(&person, "eve", ROLE_ANALYST);
	for (int i = 0; i < CLIENTS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, be_busy, &person), 0);
	for (unsigned i = 0; i < 200; i++) { /* as they come from the pipeline */
		struct alert alert = {.time = clock_now(),
				      .rule_id = STR("r"),
				      .rule_title = STR("T"),
				      .rule_hash = STR("h")};

		snprintf(id, sizeof(id), "%032x", i + 16);
		alert.id = str_from(id);
		assert_int_equal(alerts_add(db, &alert, 1), 1);
	}
	for (int i = 0; i < CLIENTS; i++) {
		pthread_join(threads[i], &failures);
		assert_int_equal((intptr_t)failures, 0);
	}
	assert_int_equal(alert_history(db, STR("00000000000000000000000000000001"), count_change, &changes),
			 0);
	assert_int_equal(changes, CLIENTS * REQUESTS);
}

static void test_stops_with_connections_open(void **state)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fds[20];

	(void)state;
	inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
	for (int i = 0; i < 20; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM, 0);
		assert_int_equal(connect(fds[i], (struct sockaddr *)&address, sizeof(address)), 0);
		if (i % 2)
			assert_int_equal(write(fds[i], "GET / HTTP/1.1\r\n\r\n", 18), 18); /* plain HTTP */
	}
	web_stop(web);
	web = NULL;
	for (int i = 0; i < 20; i++)
		close(fds[i]);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_roles),
		CASE(test_csrf),
		CASE(test_hostile_bodies),
		CASE(test_large_bodies),
		CASE(test_hostile_arguments),
		CASE(test_detail_is_json_whatever_was_stored),
		CASE(test_session_from_sign_in_to_end),
		CASE(test_activity),
		CASE(test_guessing_is_slowed_down),
		CASE(test_interface_not_built),
		CASE(test_what_people_do_is_recorded),
		CASE(test_pages_by_themselves_are_not),
		CASE(test_what_cannot_be_recorded_is_not_done),
		CASE(test_trail_pages_and_files),
		CASE(test_trail_is_for_auditors),
		CASE(test_many_at_once),
		CASE(test_stops_with_connections_open),
	};

	curl_global_init(CURL_GLOBAL_ALL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
