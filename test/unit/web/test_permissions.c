/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every route, asked by everybody: without a session, by each role, with a token, with the secret of a link,
 * from another site. What comes out is held against the table of permissions. Routes are asked with nonsense:
 * a handler may answer whatever it likes to that, but what the guards say never comes from a handler.
 */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>
#include <curl/curl.h>

#include "base/clock.h"
#include "web/route.h"

#define PASSWORD "correct horse battery"
#define UNIT 7

static char folder[64];
static struct db *db;
static struct web *web;
static CURL *curl;
static int port, refusals;

static int audit(void *context, const struct web_notice *notice)
{
	(void)context;
	refusals += strcmp(notice->outcome, "refused") == 0;
	return 0;
}

/* An account, and what its requests carry. */
struct person {
	struct user user;
	char token[SESSION_TOKEN_SIZE], cookie[160], csrf[100], api[100];
};

enum { ROLES = 7, PEOPLE = ROLES + 1 };

static const enum role roles[ROLES] = {
#define X(id, bit, name) id,
	ROLE_TABLE(X)
#undef X
};

static struct person people[PEOPLE], *const unbound = &people[ROLES];

/* One password is hashed for all, which takes its time. */
static void add_person(struct person *person, const char *name, enum role role, int64_t unit)
{
	struct user_change change = {.unit = &unit};

	assert_int_equal(user_add(db, str_from(name), role, STR(PASSWORD), false, clock_now(), NULL), 0);
	if (unit)
		assert_int_equal(user_change(db, str_from(name), &change, NULL), 0);
	assert_int_equal(user_find(db, str_from(name), &person->user), 0);
}

static int set_up(void **state)
{
	struct web_options options = {.data = folder, .version = "test", .listen_count = 1, .audit = audit};
	struct sockaddr_in address;
	socklen_t len = sizeof(address);
	int fd = http_listen("127.0.0.1:0", NULL);

	(void)state;
	strcpy(folder, "/tmp/wl-permit-XXXXXX");
	if (!mkdtemp(folder) || web_open_database(folder, &db, NULL) < 0)
		return -1;
	getsockname(fd, (struct sockaddr *)&address, &len);
	port = ntohs(address.sin_port);
	options.listen_fds = &fd;
	options.db = db;
	for (int i = 0; i < ROLES; i++)
		add_person(&people[i], role_name(roles[i]), roles[i],
			   roles[i] == ROLE_UNIT_RESPONSIBLE ? UNIT : 0);
	add_person(unbound, "unbound", ROLE_UNIT_RESPONSIBLE, 0);
	curl = curl_easy_init();
	return web_start(&options, &web, NULL);
}

static int tear_down(void **state)
{
	char command[100];

	(void)state;
	curl_easy_cleanup(curl);
	web_stop(web);
	db_close(db);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

/* Signed in, also where the request before has signed out. */
static void enter(struct person *person)
{
	struct session session;

	if (session_find(db, str_from(person->token), clock_now(), &session) < 0) {
		assert_int_equal(
			session_start(db, &person->user, STR("::1"), STR(""), clock_now(), person->token), 0);
		assert_int_equal(session_find(db, str_from(person->token), clock_now(), &session), 0);
	}
	snprintf(person->cookie, sizeof(person->cookie), "Cookie: " WEB_COOKIE "=%s", person->token);
	snprintf(person->csrf, sizeof(person->csrf), "X-CSRF-Token: %s", session.csrf_token);
}

/* A stream has no end: its first words are enough. */
static size_t take(char *bytes, size_t size, size_t count, void *context)
{
	buf_add(context, bytes, size * count);
	return str_starts(buf_str(context), STR("event: ")) ? 0 : size * count;
}

/* /accounts/{name}/password → /api/v1/accounts/1/password */
static void write_path(const char *pattern, char *out)
{
	out += sprintf(out, "https://127.0.0.1:%d/api/v1", port);
	for (; *pattern; pattern++)
		if (*pattern == '{') {
			*out++ = '1';
			pattern = strchr(pattern, '}');
		} else {
			*out++ = *pattern;
		}
	*out = 0;
}

/* What was answered: "401 not_signed_in"; the code of a problem, else nothing behind the status. */
static const char *ask(const struct route *route, const char *const *headers)
{
	static char answer[100];
	bool changes = strcmp(route->method, "GET") != 0;
	struct curl_slist *list = NULL;
	struct buf body = {0};
	char url[300];
	CURLcode code;
	long status;
	json_t *root;

	write_path(route->path, url);
	for (; *headers; headers++)
		list = curl_slist_append(list, *headers);
	curl_easy_reset(curl);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, 30L);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
	if (changes)
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, "{}");
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, route->method);
	code = curl_easy_perform(curl);
	assert_true(code == CURLE_OK || (code == CURLE_WRITE_ERROR && strcmp(route->path, "/stream") == 0));
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	root = json_loadb(body.len ? body.ptr : "", body.len, 0, NULL);
	snprintf(answer, sizeof(answer), "%ld %s", status,
		 json_string_value(json_object_get(root, "code"))
			 ? json_string_value(json_object_get(root, "code"))
			 : "");
	json_decref(root);
	buf_done(&body);
	curl_slist_free_all(list);
	return answer;
}

/* Whether a guard has answered, and not a handler. */
static bool is_guard(const char *answer)
{
	static const char *const guards[] = {"401 not_signed_in",
					     "401 bad_token",
					     "401 bad_link",
					     "403 forbidden",
					     "403 no_unit",
					     "403 cross_origin",
					     "403 bad_csrf_token",
					     "403 password_change_required",
					     "403 second_factor_required",
					     "415 bad_content_type"};

	for (size_t i = 0; i < sizeof(guards) / sizeof(guards[0]); i++)
		if (strcmp(answer, guards[i]) == 0)
			return true;
	return false;
}

static void expect(const struct route *route, const char *who, const char *answer, const char *wanted)
{
	if (wanted && strcmp(wanted, "401 bad_link") == 0 && strcmp(answer, "429 too_many_attempts") == 0)
		return; /* as many wrong links as we show */
	if (wanted ? strcmp(answer, wanted) != 0 : is_guard(answer))
		fail_msg("%s %s, %s: %s, not %s", route->method, route->path, who, answer,
			 wanted ? wanted : "what the handler says");
}

static bool is_open(const struct route *route)
{
	return route->permission == PERMIT_NONE || route->permission == PERMIT_LINK;
}

static bool changes(const struct route *route)
{
	return strcmp(route->method, "GET") != 0;
}

static void test_without_a_session(void **state)
{
	static const char *const none[] = {"Content-Type: application/json", NULL};
	static const char *const old[] = {"Content-Type: application/json", "Cookie: " WEB_COOKIE "=00",
					  NULL};

	(void)state;
	for (size_t i = 0; i < web_route_count; i++) {
		const struct route *route = &web_routes[i];
		const char *wanted = route->permission == PERMIT_NONE   ? NULL
				     : route->permission == PERMIT_LINK ? "401 bad_link"
									: "401 not_signed_in";

		expect(route, "nobody", ask(route, none), wanted);
		expect(route, "a session that ended", ask(route, old), wanted);
	}
}

/* What the table says of it; NULL: the handler is reached. */
static const char *verdict(const struct route *route, const struct user *user)
{
	if (route->permission == PERMIT_NONE)
		return NULL;
	if (route->permission == PERMIT_LINK)
		return "401 bad_link"; /* a session is no link */
	if (!role_may(user->role, route->permission))
		return "403 forbidden";
	if (user->role != ROLE_UNIT_RESPONSIBLE || route->permission == PERMIT_SELF)
		return NULL;
	if (!user->unit)
		return "403 no_unit";
	return route->flags & ROUTE_SCOPED ? NULL : "403 forbidden";
}

static void test_each_role(void **state)
{
	(void)state;
	for (size_t i = 0; i < web_route_count; i++)
		for (int k = 0; k < PEOPLE; k++) {
			const struct route *route = &web_routes[i];
			struct person *person = &people[k];
			const char *headers[] = {person->cookie, person->csrf,
						 "Content-Type: application/json", NULL};
			const char *wanted = verdict(route, &person->user);
			int before = refusals;

			enter(person);
			expect(route, person->user.name, ask(route, headers), wanted);
			if (wanted && (route->audit == AUDIT_BEFORE || route->audit == AUDIT_WITH_BODY) &&
			    !is_open(route) && refusals != before + 1)
				fail_msg("%s %s: %s was refused and nobody knows", route->method, route->path,
					 person->user.name);
		}
}

/* Somebody who may do all that it needs: the first role that may. */
static struct person *somebody_who_may(const struct route *route)
{
	for (int k = 0; k < ROLES; k++)
		if (!verdict(route, &people[k].user))
			return &people[k];
	fail_msg("nobody may %s %s", route->method, route->path);
	return NULL;
}

static void test_forged_requests(void **state)
{
	(void)state;
	for (size_t i = 0; i < web_route_count; i++) {
		const struct route *route = &web_routes[i];
		struct person *person;

		if (!changes(route))
			continue;
		if (route->permission == PERMIT_LINK && (route->flags & ROUTE_LARGE))
			continue; /* before the body is read it is asked whose link it is: nobody's, here */
		person = is_open(route) ? &people[0] : somebody_who_may(route);
		const char *const without[] = {person->cookie, "Content-Type: application/json", NULL};
		const char *const elsewhere[] = {person->cookie, person->csrf,
						 "Content-Type: application/json",
						 "Origin: https://evil.example", NULL};
		const char *const beside[] = {person->cookie, person->csrf, "Content-Type: application/json",
					      "Sec-Fetch-Site: same-site", NULL};
		const char *const form[] = {person->cookie, person->csrf,
					    "Content-Type: application/x-www-form-urlencoded", NULL};
		const char *const plain[] = {person->cookie, person->csrf, "Content-Type: text/plain", NULL};

		enter(person);
		if (!is_open(route))
			expect(route, "without CSRF token", ask(route, without), "403 bad_csrf_token");
		expect(route, "another site", ask(route, elsewhere), "403 cross_origin");
		expect(route, "a neighbour", ask(route, beside), "403 cross_origin");
		expect(route, "a form", ask(route, form), "415 bad_content_type");
		expect(route, "plain text", ask(route, plain), "415 bad_content_type");
	}
}

static void give_token(struct person *person, const char *name, bool read_only)
{
	struct api_token token = {.permissions = token_permissions(person->user.role),
				  .read_only = read_only,
				  .expires = clock_now() + CLOCK_DAY};
	char text[TOKEN_SIZE];

	snprintf(token.name, sizeof(token.name), "%s", name);
	assert_int_equal(token_add(db, &person->user, &token, clock_now(), text), 0);
	snprintf(person->api, sizeof(person->api), "Authorization: Bearer %s", text);
}

static bool is_for_persons(const struct route *route)
{
	return route->permission == PERMIT_SELF || route->permission == PERMIT_ACCOUNT_MANAGE;
}

/* A token needs no CSRF token, and does what its owner may, but nothing that is for persons. */
static void test_tokens(void **state)
{
	(void)state;
	for (int k = 0; k < PEOPLE; k++)
		for (int read_only = 0; read_only < 2; read_only++) {
			struct person *person = &people[k];
			const char *headers[] = {person->api, "Content-Type: application/json", NULL};

			give_token(person, read_only ? "r" : "w", read_only);
			for (size_t i = 0; i < web_route_count; i++) {
				const struct route *route = &web_routes[i];
				const char *wanted = verdict(route, &person->user);

				if (!is_open(route) &&
				    (is_for_persons(route) || (read_only && changes(route))))
					wanted = "403 forbidden";
				if (route->permission != PERMIT_LINK)
					expect(route, person->user.name, ask(route, headers), wanted);
			}
		}
}

/* The secret of a link opens nothing else, and hides no cookie: who shows it is not who is signed in. */
static void test_links(void **state)
{
	static const char *const secret[] = {"X-Link-Token: 00112233445566778899aabbccddeeff",
					     "Content-Type: application/json", NULL},
				 *const bearer[] = {"Authorization: Bearer 00112233445566778899aabbccddeeff",
						    "Content-Type: application/json", NULL};

	(void)state;
	for (size_t i = 0; i < web_route_count; i++) {
		const struct route *route = &web_routes[i];
		struct person *person = &people[0];
		const char *both[] = {person->cookie, person->csrf, bearer[0], bearer[1], NULL};
		const char *wanted = route->permission == PERMIT_LINK ? "401 bad_link" : NULL;

		enter(person);
		expect(route, "a link", ask(route, secret), is_open(route) ? wanted : "401 not_signed_in");
		expect(route, "a link as a token", ask(route, bearer),
		       is_open(route) ? wanted : "401 bad_token");
		expect(route, "such a token and a session", ask(route, both),
		       is_open(route) ? wanted : "401 bad_token");
	}
}

/* First things first: a new password, then a second factor. */
static void test_what_is_due(void **state)
{
	struct person person = {0};
	const char *headers[] = {person.cookie, person.csrf, "Content-Type: application/json", NULL};
	static const bool yes = true;
	struct user_change must = {.must_change_password = &yes};

	(void)state;
	add_person(&person, "late", ROLE_SYSTEM_ADMINISTRATOR, 0);
	assert_int_equal(second_factor_remove(db, STR("late"), clock_now() - 1, (struct str){0}), 0);
	for (int old = 0; old < 2; old++) {
		if (old)
			assert_int_equal(user_change(db, STR("late"), &must, NULL), 0);
		for (size_t i = 0; i < web_route_count; i++) {
			const struct route *route = &web_routes[i];
			const char *wanted = verdict(route, &person.user);

			if (!wanted && !is_open(route) && old && !(route->flags & ROUTE_WITH_OLD_PASSWORD))
				wanted = "403 password_change_required";
			else if (!wanted && !is_open(route) && !old && route->permission != PERMIT_SELF)
				wanted = "403 second_factor_required";
			enter(&person);
			expect(route, "late", ask(route, headers), wanted);
		}
	}
}

/* The table itself: each permission is somebody's, and what must be apart is. */
static void test_table(void **state)
{
	(void)state;
	for (unsigned i = 0; i < PERMISSION_COUNT; i++) {
		bool somebody = false;

		for (int k = 0; k < ROLES; k++)
			somebody |= role_may(roles[k], (enum permission)i);
		assert_int_equal(somebody, i != PERMIT_NONE && i != PERMIT_LINK);
	}
	assert_int_equal(role_permissions(ROLE_SYSTEM_ADMINISTRATOR) & PERMISSION_BIT(PERMIT_TRAIL_READ), 0);
	assert_int_equal(role_permissions(ROLE_SECURITY_ADMINISTRATOR) &
				 (PERMISSION_BIT(PERMIT_TRAIL_READ) | PERMISSION_BIT(PERMIT_ACCOUNT_MANAGE)),
			 0);
	for (size_t i = 0; i < web_route_count; i++) {
		const struct route *route = &web_routes[i];

		if (!changes(route) || route->permission == PERMIT_SELF || is_open(route) ||
		    str_ends(str_from(permission_name(route->permission)), STR(".read")))
			continue; /* to ask by POST, or to say what one took along, changes nothing */
		assert_false(role_may(ROLE_AUDIT_ADMINISTRATOR, route->permission));
		assert_false(role_may(ROLE_READER, route->permission));
		assert_false(role_may(ROLE_UNIT_RESPONSIBLE, route->permission));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),       cmocka_unit_test(test_without_a_session),
		cmocka_unit_test(test_each_role),   cmocka_unit_test(test_forged_requests),
		cmocka_unit_test(test_tokens),      cmocka_unit_test(test_links),
		cmocka_unit_test(test_what_is_due),
	};

	curl_global_init(CURL_GLOBAL_ALL);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
