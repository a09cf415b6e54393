/* SPDX-License-Identifier: Apache-2.0 */
/* Roles and what may become of them, tokens, one's own sessions, and an upgrade from the roles before. */
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
#include "access/token.h"
#include "base/buf.h"

#define NOW INT64_C(1795000000000000)
#define SECOND INT64_C(1000000)
#define DAY (86400 * SECOND)
#define GOOD STR("correct horse battery")

static char folder[64];
static struct db *db;

static int open_with(const struct db_schema *schema)
{
	const struct db_schema *schemas[] = {schema};
	char path[80];

	snprintf(path, sizeof(path), "%s/core.db", folder);
	return db_open(path, schemas, 1, &db, NULL);
}

static int make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/wl-account-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int set_up(void **state)
{
	return make_folder(state) < 0 ? -1 : open_with(&access_schema);
}

static int tear_down(void **state)
{
	char command[100];

	(void)state;
	db_close(db);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static struct user add(const char *name, enum role role)
{
	struct user user;

	assert_int_equal(user_add(db, str_from(name), role, GOOD, false, NOW, NULL), 0);
	assert_int_equal(user_find(db, str_from(name), &user), 0);
	return user;
}

static int give_role(const char *name, enum role role)
{
	return user_change(db, str_from(name), &(struct user_change){.role = &role}, NULL);
}

static void test_who_is_watched_never_watches(void **state)
{
	(void)state;
	add("root1", ROLE_SYSTEM_ADMINISTRATOR);
	add("root2", ROLE_SYSTEM_ADMINISTRATOR);
	add("shen", ROLE_AUDIT_ADMINISTRATOR);
	assert_int_equal(give_role("root1", ROLE_AUDIT_ADMINISTRATOR), ERR_DENIED);
	assert_int_equal(give_role("shen", ROLE_READER), ERR_DENIED);
	assert_int_equal(give_role("shen", ROLE_AUDIT_ADMINISTRATOR), 0);
	assert_int_equal(give_role("root1", ROLE_SECURITY_ADMINISTRATOR), 0);
	assert_int_equal(give_role("root2", ROLE_ANALYST), ERR_DENIED); /* the last one */
	assert_int_equal(give_role("nobody", ROLE_ANALYST), ERR_UNKNOWN);
}

static void test_units(void **state)
{
	struct user user = add("zhou", ROLE_UNIT_RESPONSIBLE);
	int64_t unit = 7, none = 0;

	(void)state;
	add("eve", ROLE_ANALYST);
	assert_int_equal(user_change(db, STR("eve"), &(struct user_change){.unit = &unit}, NULL), ERR_RANGE);
	assert_int_equal(user_change(db, STR("eve"), &(struct user_change){.unit = &none}, NULL), 0);
	assert_int_equal(user.unit, 0);
	assert_int_equal(
		user_change(db, STR("zhou"), &(struct user_change){.unit = &unit, .version = 1}, NULL), 0);
	assert_int_equal(
		user_change(db, STR("zhou"), &(struct user_change){.unit = &none, .version = 1}, NULL),
		ERR_BUSY);
	assert_int_equal(user_find(db, STR("zhou"), &user), 0);
	assert_int_equal(user.unit, 7);
	assert_int_equal(user.version, 2);
	assert_int_equal(give_role("zhou", ROLE_READER), 0);
	assert_int_equal(user_find(db, STR("zhou"), &user), 0);
	assert_int_equal(user.unit, 0);
}

static int collect(void *context, const struct session_row *row)
{
	struct buf *out = context;

	buf_printf(out, "%.*s %.*s;", STR_FMT(row->address), STR_FMT(row->agent));
	return 0;
}

static void test_own_sessions(void **state)
{
	struct user eve = add("eve", ROLE_ANALYST), ann = add("ann", ROLE_ANALYST);
	char first[SESSION_TOKEN_SIZE], second[SESSION_TOKEN_SIZE], hers[SESSION_TOKEN_SIZE];
	struct session session, other;
	struct buf out = {0};

	(void)state;
	assert_int_equal(session_start(db, &eve, STR("192.0.2.1"), STR("A"), NOW, first), 0);
	assert_int_equal(session_start(db, &eve, STR("192.0.2.2"), STR("B"), NOW + 1, second), 0);
	assert_int_equal(session_start(db, &ann, STR("192.0.2.3"), STR("C"), NOW, hers), 0);
	assert_int_equal(session_list(db, eve.id, NOW + 2, collect, &out), 0);
	assert_string_equal(buf_cstr(&out), "192.0.2.2 B;192.0.2.1 A;");
	buf_clear(&out);
	assert_int_equal(session_list(db, eve.id, NOW + SESSION_IDLE, collect, &out), 0);
	assert_string_equal(buf_cstr(&out), "192.0.2.2 B;");
	assert_int_equal(session_find(db, str_from(hers), NOW, &other), 0);
	assert_int_equal(session_end_one(db, eve.id, other.id), ERR_UNKNOWN); /* not hers to end */
	assert_int_equal(session_find(db, str_from(first), NOW, &session), 0);
	assert_int_equal(session_end_one(db, eve.id, session.id), 0);
	assert_int_equal(session_find(db, str_from(first), NOW, &session), ERR_DENIED);
	assert_int_equal(session_start(db, &eve, STR("192.0.2.1"), STR("A"), NOW, first), 0);
	assert_int_equal(session_end_all(db, eve.id, str_from(first)), 0);
	assert_int_equal(session_find(db, str_from(second), NOW, &session), ERR_DENIED);
	assert_int_equal(session_find(db, str_from(first), NOW, &session), 0);
	assert_int_equal(session_find(db, str_from(hers), NOW, &other), 0);
	buf_done(&out);
}

static struct api_token wish(const char *name, uint64_t permissions, int64_t days)
{
	struct api_token token = {.permissions = permissions, .expires = NOW + days * DAY};

	snprintf(token.name, sizeof(token.name), "%s", name);
	return token;
}

static int count(void *context, const struct api_token *token)
{
	(void)token;
	++*(int *)context;
	return 0;
}

#define READ (PERMISSION_BIT(PERMIT_ALERT_READ))
#define CHANGE (PERMISSION_BIT(PERMIT_ALERT_CHANGE))

static void test_tokens(void **state)
{
	struct user eve = add("eve", ROLE_ANALYST), ann = add("ann", ROLE_READER), owner;
	struct api_token token = wish("siem", READ | CHANGE, 30), found;
	char text[TOKEN_SIZE], more[TOKEN_SIZE];
	int n = 0;

	(void)state;
	assert_int_equal(token_add(db, &eve, &token, NOW, text), 0);
	assert_int_equal(strncmp(text, "wlt_", 4), 0);
	assert_int_equal(token_find(db, str_from(text), NOW, &found, &owner), 0);
	assert_string_equal(owner.name, "eve");
	assert_int_equal(found.permissions, READ | CHANGE);
	assert_int_equal(token_find(db, STR("wlt_x"), NOW, &found, &owner), ERR_DENIED);
	assert_int_equal(token_find(db, str_of(text + 4, 64), NOW, &found, &owner), ERR_DENIED);
	assert_int_equal(token_find(db, str_from(text), NOW + 30 * DAY, &found, &owner), ERR_DENIED);
	assert_int_equal(token_add(db, &eve, &token, NOW, more), ERR_DUPLICATE);
	token = wish("siem", CHANGE, 1); /* a reader cannot give what a reader has not */
	assert_int_equal(token_add(db, &ann, &token, NOW, more), ERR_RANGE);
	token = wish("self", PERMISSION_BIT(PERMIT_SELF), 1);
	assert_int_equal(token_add(db, &eve, &token, NOW, more), ERR_RANGE);
	token = wish("long", READ, TOKEN_DAYS_MAX + 1);
	assert_int_equal(token_add(db, &eve, &token, NOW, more), ERR_RANGE);
	assert_int_equal(give_role("eve", ROLE_READER), 0); /* the token loses what the owner loses */
	assert_int_equal(token_find(db, str_from(text), NOW, &found, &owner), 0);
	assert_int_equal(found.permissions, READ);
	assert_int_equal(token_touch(db, &found, STR("192.0.2.9"), NOW + 5), 0);
	assert_int_equal(token_find(db, str_from(text), NOW, &found, &owner), 0);
	assert_int_equal(found.last_used, NOW + 5);
	assert_string_equal(found.last_address, "192.0.2.9");
	assert_int_equal(user_set_disabled(db, STR("eve"), true, NULL), 0);
	assert_int_equal(token_find(db, str_from(text), NOW, &found, &owner), ERR_DENIED);
	assert_int_equal(user_set_disabled(db, STR("eve"), false, NULL), 0);
	assert_int_equal(token_remove(db, ann.id, found.id), ERR_UNKNOWN);
	assert_int_equal(user_set_password(db, STR("eve"), GOOD, true, (struct str){0}, NOW, NULL), 0);
	assert_int_equal(token_list(db, eve.id, count, &n), 0);
	assert_int_equal(n, 0); /* somebody else set the password: nothing of before is left */
}

static void test_many_tokens(void **state)
{
	struct user eve = add("eve", ROLE_ANALYST);
	struct api_token token, found = {0};
	char text[TOKEN_SIZE], name[16];
	struct user owner;

	(void)state;
	for (int i = 0; i <= TOKENS_PER_USER; i++) {
		snprintf(name, sizeof(name), "t%d", i);
		token = wish(name, READ, 1);
		assert_int_equal(token_add(db, &eve, &token, NOW, text), i < TOKENS_PER_USER ? 0 : ERR_LIMIT);
		if (i == 0)
			assert_int_equal(token_find(db, str_from(text), NOW, &found, &owner), 0);
	}
	assert_int_equal(token_remove(db, eve.id, found.id), 0);
	assert_int_equal(token_add(db, &eve, &token, NOW, text), 0);
}

/* A file of the version before: the first step alone, with one of each role that was. */
static void test_upgrade(void **state)
{
	static const char *const names[] = {"reader", "system", "analyst", "audit"};
	static const enum role roles[] = {ROLE_READER, ROLE_SYSTEM_ADMINISTRATOR, ROLE_ANALYST,
					  ROLE_AUDIT_ADMINISTRATOR};
	static const int64_t bits[] = {8, 1, 2, 4};
	struct db_schema before = access_schema;
	struct password_hash hash;
	struct db_tx *tx;
	struct user user;

	(void)state;
	before.count = 1;
	assert_int_equal(open_with(&before), 0);
	password_make(GOOD, &hash);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
		assert_int_equal(
			db_end(tx, db_run(tx,
					  "INSERT INTO users (name, role, scrypt_log_n, scrypt_r, scrypt_p, "
					  "salt, hash,"
					  " created, password_changed, last_login) VALUES (?1, ?2, ?3, ?4, "
					  "?5, ?6, ?7, 5, 6, 7)",
					  DB_ARGS(db_text(str_from(names[i])), db_integer(bits[i]),
						  db_integer(hash.log_n), db_integer(hash.r),
						  db_integer(hash.p), db_blob(hash.salt, sizeof(hash.salt)),
						  db_blob(hash.hash, sizeof(hash.hash))))),
			1);
	}
	db_close(db);
	assert_int_equal(open_with(&access_schema), 0);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(user_check(db, str_from(names[i]), GOOD, &user), 0);
		assert_int_equal(user.role, roles[i]);
		assert_int_equal(user.last_login, 7);
		assert_int_equal(user.version, 1);
		assert_true(user.factor_due > 14 * DAY); /* not at once: nobody is locked out */
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_who_is_watched_never_watches),
		CASE(test_units),
		CASE(test_own_sessions),
		CASE(test_tokens),
		CASE(test_many_tokens),
		cmocka_unit_test_setup_teardown(test_upgrade, make_folder, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
