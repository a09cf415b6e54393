/* SPDX-License-Identifier: Apache-2.0 */
#include "access/user.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "access/session.h"
#include "access/throttle.h"

#define NOW INT64_C(1795000000000000)
#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define GOOD STR("correct horse battery")

static char folder[64];
static struct db *db;

static int set_up(void **state)
{
	const struct db_schema *schemas[] = {&access_schema};
	char path[80];

	(void)state;
	strcpy(folder, "/tmp/wl-user-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/core.db", folder);
	return db_open(path, schemas, 1, &db, NULL);
}

static int tear_down(void **state)
{
	char command[100];

	(void)state;
	db_close(db);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static void test_policy(void **state)
{
	static const char with_nul[] = "twelve chars\0more";
	char long_one[PASSWORD_BYTES_MAX + 2];
	struct err err = {0};

	(void)state;
	memset(long_one, 'a', sizeof(long_one));
	long_one[0] = 'b';
	assert_int_equal(password_check_policy(GOOD, STR("eve"), NULL), 0);
	assert_int_equal(password_check_policy(STR("十一个字的密码太短了啊"), STR("eve"), NULL), ERR_RANGE);
	assert_int_equal(password_check_policy(STR("这是一个十二个字的密码吗"), STR("eve"), NULL), 0);
	assert_int_equal(password_check_policy(STR("short"), STR("eve"), &err), ERR_RANGE);
	assert_non_null(strstr(err.message, "12"));
	assert_int_equal(password_check_policy(STR("aaaaaaaaaaaaaaaa"), STR("eve"), NULL), ERR_RANGE);
	assert_int_equal(password_check_policy(STR("Administrator1"), STR("administrator1"), NULL),
			 ERR_RANGE);
	assert_int_equal(password_check_policy(str_of(with_nul, sizeof(with_nul) - 1), STR("eve"), NULL),
			 ERR_RANGE);
	assert_int_equal(password_check_policy(STR("\xff\xfe not text at all"), STR("eve"), NULL), ERR_RANGE);
	assert_int_equal(password_check_policy(str_of(long_one, sizeof(long_one)), STR("eve"), NULL),
			 ERR_RANGE);
}

static void test_hash(void **state)
{
	struct password_hash a, b;

	(void)state;
	password_make(GOOD, &a);
	password_make(GOOD, &b);
	assert_memory_not_equal(a.salt, b.salt, sizeof(a.salt));
	assert_memory_not_equal(a.hash, b.hash, sizeof(a.hash));
	assert_true(password_matches(GOOD, &a));
	assert_false(password_matches(STR("correct horse batterz"), &a));
	assert_false(password_matches(STR(""), &a));
	a.log_n = 40; /* a damaged row must not eat the machine */
	assert_false(password_matches(GOOD, &a));
}

static void test_generate(void **state)
{
	char a[PASSWORD_GENERATED_SIZE], b[PASSWORD_GENERATED_SIZE];

	(void)state;
	password_generate(a);
	password_generate(b);
	assert_int_equal(strlen(a), PASSWORD_GENERATED_SIZE - 1);
	assert_string_not_equal(a, b);
	assert_int_equal(strspn(a, "abcdefghjkmnpqrstuvwxyz23456789-"), strlen(a));
	assert_int_equal(a[5], '-');
	assert_int_equal(password_check_policy(str_from(a), STR("admin"), NULL), 0);
}

static void test_names_and_roles(void **state)
{
	static const char *const bad[] = {
		"",       ".dot", "a b", "a'--",
		"管理员", "a/b",  "-x",  "x1234567890123456789012345678901234567890123456789012345678901234"};
	struct err err = {0};
	enum role role;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(user_add(db, str_from(bad[i]), ROLE_READER, GOOD, false, NOW, &err),
				 ERR_RANGE);
	assert_int_equal(user_add(db, STR("a\0b"), ROLE_READER, GOOD, false, NOW, &err), ERR_RANGE);
	assert_int_equal(user_add(db, STR("li.wei@cs"), ROLE_ANALYST, GOOD, false, NOW, &err), 0);
	assert_int_equal(user_add(db, STR("Li.Wei@CS"), ROLE_ANALYST, GOOD, false, NOW, &err), ERR_DUPLICATE);
	assert_non_null(strstr(err.message, "Li.Wei@CS"));
	assert_int_equal(role_parse(STR("audit_administrator"), &role), 0);
	assert_int_equal(role, ROLE_AUDIT_ADMINISTRATOR);
	assert_int_equal(role_parse(STR("root"), &role), ERR_UNKNOWN);
	assert_string_equal(role_name(ROLE_ANALYST), "analyst");
}

static int count_user(void *context, const struct user *user)
{
	(void)user;
	++*(int *)context;
	return 0;
}

static void test_first_run(void **state)
{
	char password[PASSWORD_GENERATED_SIZE] = "unchanged";
	struct user user;
	int users = 0;

	(void)state;
	assert_int_equal(user_add_first(db, NOW, password, NULL), 1);
	assert_int_equal(user_check(db, STR("admin"), str_from(password), &user), 0);
	assert_int_equal(user.role, ROLE_SYSTEM_ADMINISTRATOR);
	assert_true(user.must_change_password);
	strcpy(password, "unchanged");
	assert_int_equal(user_add_first(db, NOW, password, NULL), 0);
	assert_string_equal(password, "unchanged");
	assert_int_equal(user_list(db, count_user, &users), 0);
	assert_int_equal(users, 1);
}

static void test_check_and_change(void **state)
{
	struct err err = {0};
	struct user user;

	(void)state;
	assert_int_equal(user_add(db, STR("eve"), ROLE_ANALYST, GOOD, true, NOW, NULL), 0);
	assert_int_equal(user_check(db, STR("EVE"), GOOD, &user), 0);
	assert_string_equal(user.name, "eve");
	assert_int_equal(user_check(db, STR("eve"), STR("wrong"), &user), ERR_DENIED);
	assert_int_equal(user_check(db, STR("nobody"), GOOD, &user), ERR_DENIED);
	assert_int_equal(user_check(db, STR("' OR 1=1 --"), GOOD, &user), ERR_DENIED);
	assert_int_equal(user_set_password(db, STR("eve"), STR("short"), false, (struct str){0}, NOW, &err),
			 ERR_RANGE);
	assert_int_equal(
		user_set_password(db, STR("eve"), STR("another password"), false, (struct str){0}, NOW, NULL),
		0);
	assert_int_equal(
		user_set_password(db, STR("eva"), STR("another password"), false, (struct str){0}, NOW, &err),
		ERR_UNKNOWN);
	assert_int_equal(user_check(db, STR("eve"), GOOD, &user), ERR_DENIED);
	assert_int_equal(user_check(db, STR("eve"), STR("another password"), &user), 0);
	assert_false(user.must_change_password);
}

static void test_disable(void **state)
{
	struct err err = {0};
	struct user user;

	(void)state;
	user_add(db, STR("eve"), ROLE_ANALYST, GOOD, false, NOW, NULL);
	assert_int_equal(user_set_disabled(db, STR("eve"), true, NULL),
			 0); /* no administrator, but none is lost */
	assert_int_equal(user_set_disabled(db, STR("eve"), false, NULL), 0);
	user_add(db, STR("root1"), ROLE_SYSTEM_ADMINISTRATOR, GOOD, false, NOW, NULL);
	assert_int_equal(user_set_disabled(db, STR("root1"), true, &err), ERR_DENIED);
	assert_non_null(strstr(err.message, "last system administrator"));
	assert_int_equal(user_check(db, STR("root1"), GOOD, &user), 0); /* nothing was changed */
	assert_int_equal(user_set_disabled(db, STR("eve"), true, NULL), 0);
	assert_int_equal(user_check(db, STR("eve"), GOOD, &user), ERR_DENIED);
	assert_int_equal(user_set_disabled(db, STR("eve"), false, NULL), 0);
	assert_int_equal(user_check(db, STR("eve"), GOOD, &user), 0);
	assert_int_equal(user_set_disabled(db, STR("nobody"), true, &err), ERR_UNKNOWN);
}

static void start(const char *name, int64_t now, char token[SESSION_TOKEN_SIZE])
{
	struct user user;

	assert_int_equal(user_check(db, str_from(name), GOOD, &user), 0);
	assert_int_equal(session_start(db, &user, STR("192.0.2.1"), STR("test"), now, token), 0);
}

static int find(const char *token, int64_t now)
{
	struct session session;

	return session_find(db, str_from(token), now, &session);
}

/* Finds it and is active. */
static int use(const char *token, int64_t now)
{
	struct session session;
	int r = session_find(db, str_from(token), now, &session);

	return r < 0 ? r : session_touch(db, str_from(token), &session, now);
}

static void test_session_times(void **state)
{
	char token[SESSION_TOKEN_SIZE], other[SESSION_TOKEN_SIZE];
	struct session session;
	int64_t now;

	(void)state;
	user_add(db, STR("eve"), ROLE_ANALYST, GOOD, false, NOW, NULL);
	start("eve", NOW, token);
	assert_int_equal(session_find(db, str_from(token), NOW, &session), 0);
	assert_string_equal(session.user.name, "eve");
	assert_int_equal(strlen(session.csrf_token), 64);
	assert_string_not_equal(session.csrf_token, token);
	assert_int_equal(session.user.last_login, NOW);

	assert_int_equal(find(token, NOW + SESSION_IDLE - 1), 0); /* looking at it does not count */
	assert_int_equal(find(token, NOW + SESSION_IDLE), ERR_DENIED);
	assert_int_equal(use(token, NOW + SESSION_IDLE - 1), 0);
	assert_int_equal(find(token, NOW + 2 * SESSION_IDLE - 2), 0);
	assert_int_equal(find(token, NOW + 3 * SESSION_IDLE - 2), ERR_DENIED);

	start("eve", NOW, token); /* kept busy, it ends all the same */
	for (now = NOW; now < NOW + SESSION_ABSOLUTE; now += 20 * MINUTE)
		assert_int_equal(use(token, now), 0);
	assert_int_equal(find(token, NOW + SESSION_ABSOLUTE), ERR_DENIED);

	start("eve", NOW, token);
	start("eve", NOW, other);
	assert_int_equal(session_end(db, str_from(token)), 0);
	assert_int_equal(find(token, NOW), ERR_DENIED);
	assert_int_equal(find(other, NOW), 0);
	other[10] ^= 1;
	assert_int_equal(find(other, NOW), ERR_DENIED);
	assert_int_equal(find("", NOW), ERR_DENIED);
	assert_int_equal(find("short", NOW), ERR_DENIED);
}

static void test_sessions_end_with_the_password(void **state)
{
	char kept[SESSION_TOKEN_SIZE], ended[SESSION_TOKEN_SIZE], other[SESSION_TOKEN_SIZE];

	(void)state;
	user_add(db, STR("eve"), ROLE_ANALYST, GOOD, false, NOW, NULL);
	user_add(db, STR("ann"), ROLE_SYSTEM_ADMINISTRATOR, GOOD, false, NOW, NULL);
	start("eve", NOW, kept);
	start("eve", NOW, ended);
	start("ann", NOW, other);
	assert_int_equal(
		user_set_password(db, STR("eve"), STR("another password"), false, str_from(kept), NOW, NULL),
		0);
	assert_int_equal(find(kept, NOW), 0);
	assert_int_equal(find(ended, NOW), ERR_DENIED);
	assert_int_equal(find(other, NOW), 0);
	assert_int_equal(user_set_disabled(db, STR("eve"), true, NULL), 0);
	assert_int_equal(find(kept, NOW), ERR_DENIED);
}

static void test_sessions_are_bounded(void **state)
{
	char first[SESSION_TOKEN_SIZE], token[SESSION_TOKEN_SIZE];
	struct user user;

	(void)state;
	user_add(db, STR("eve"), ROLE_ANALYST, GOOD, false, NOW, NULL);
	start("eve", NOW, first);
	assert_int_equal(user_check(db, STR("eve"), GOOD, &user), 0);
	for (int i = 1; i < SESSIONS_PER_USER; i++)
		session_start(db, &user, STR("192.0.2.1"), STR("test"), NOW + i, token);
	assert_int_equal(find(first, NOW + 100), 0);
	session_start(db, &user, STR("192.0.2.1"), STR("test"), NOW + 100, token);
	assert_int_equal(find(first, NOW + 100), ERR_DENIED);
	assert_int_equal(find(token, NOW + 100), 0);
}

static void make_address(uint8_t out[16], unsigned n)
{
	memset(out, 0, 16);
	memset(out + 10, 0xff, 2);
	out[12] = 198;
	out[13] = 51;
	out[14] = (uint8_t)(n >> 8);
	out[15] = (uint8_t)n;
}

static void test_throttle(void **state)
{
	struct throttle *throttle = throttle_new();
	int64_t now = NOW, wait, last = 0;
	uint8_t here[16], there[16];

	(void)state;
	make_address(here, 1);
	make_address(there, 2);
	for (int i = 0; i < THROTTLE_FREE; i++)
		assert_int_equal(throttle_begin(throttle, STR("eve"), here, now), 0);
	wait = throttle_begin(throttle, STR("eve"), here, now);
	assert_int_equal(wait, SECOND);
	assert_true(throttle_begin(throttle, STR("EVE"), there, now) > 0); /* the account, from anywhere */
	assert_true(throttle_begin(throttle, STR("ann"), here, now) > 0);  /* the address, for anybody */
	assert_int_equal(throttle_begin(throttle, STR("ann"), there, now), 0);
	for (int i = 0; i < 20; i++) { /* doubles up to its limit */
		now += wait;
		assert_int_equal(throttle_begin(throttle, STR("eve"), here, now), 0);
		wait = throttle_begin(throttle, STR("eve"), here, now);
		assert_true(wait >= last && wait <= THROTTLE_ADDRESS_WAIT_MAX);
		last = wait;
	}
	assert_int_equal(last, THROTTLE_ADDRESS_WAIT_MAX);
	/* the account's owner, elsewhere, waits a minute at most */
	assert_true(throttle_begin(throttle, STR("eve"), there, now) <= THROTTLE_ACCOUNT_WAIT_MAX);
	assert_int_equal(throttle_begin(throttle, STR("eve"), here, now + 2 * THROTTLE_MEMORY), 0);
	throttle_free(throttle);
}

static void test_throttle_success(void **state)
{
	struct throttle *throttle = throttle_new();
	uint8_t here[16], there[16];

	(void)state;
	make_address(here, 1);
	make_address(there, 2);
	for (int i = 0; i < 100; i++) { /* right passwords never add up */
		assert_int_equal(throttle_begin(throttle, STR("eve"), here, NOW), 0);
		throttle_succeeded(throttle, STR("eve"), here);
	}
	for (int i = 0; i < THROTTLE_FREE - 1;
	     i++) /* a right one of his own does not clear a guesser's address */
		assert_int_equal(throttle_begin(throttle, STR("ann"), here, NOW), 0);
	assert_int_equal(throttle_begin(throttle, STR("mallory"), here, NOW), 0);
	throttle_succeeded(throttle, STR("mallory"), here);
	assert_int_equal(throttle_begin(throttle, STR("bob"), here, NOW), 0);
	assert_true(throttle_begin(throttle, STR("bob"), here, NOW) > 0);
	throttle_free(throttle);
}

static void test_throttle_ipv6_is_a_network(void **state)
{
	struct throttle *throttle = throttle_new();
	uint8_t address[16] = {0x20, 0x01, 0x0d, 0xb8};
	char name[16];
	int64_t wait = 0;

	(void)state;
	for (int i = 0; i <= THROTTLE_FREE; i++) {
		address[15] = (uint8_t)i;
		snprintf(name, sizeof(name), "user%d", i);
		wait = throttle_begin(throttle, str_from(name), address, NOW);
	}
	assert_true(wait > 0);
	throttle_free(throttle);
}

static void test_throttle_is_bounded(void **state)
{
	struct throttle *throttle = throttle_new();
	uint8_t here[16];
	char name[16];

	(void)state;
	for (unsigned i = 0; i < 3 * THROTTLE_ENTRIES; i++) {
		make_address(here, i);
		snprintf(name, sizeof(name), "u%u", i);
		throttle_begin(throttle, str_from(name), here, NOW + i);
	}
	throttle_free(throttle);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_generate),
		CASE(test_names_and_roles),
		CASE(test_first_run),
		CASE(test_check_and_change),
		CASE(test_disable),
		CASE(test_session_times),
		CASE(test_sessions_end_with_the_password),
		CASE(test_sessions_are_bounded),
		cmocka_unit_test(test_throttle),
		cmocka_unit_test(test_throttle_success),
		cmocka_unit_test(test_throttle_ipv6_is_a_network),
		cmocka_unit_test(test_throttle_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
