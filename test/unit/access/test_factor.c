/* SPDX-License-Identifier: Apache-2.0 */
/* The second factor, from the bytes of RFC 6238 to an account that lost its telephone. */
#include "access/second_factor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "access/session.h"
#include "base/io.h"

#define NOW INT64_C(1795000000000000)
#define SECOND INT64_C(1000000)
#define DAY (86400 * SECOND)
#define GOOD STR("correct horse battery")

static char folder[64];
static struct db *db;
static struct secret_key key;
static struct user eve;
static char codes[RECOVERY_CODES][RECOVERY_CODE_SIZE];
static uint8_t secret[TOTP_SECRET_SIZE];

static int set_up(void **state)
{
	const struct db_schema *schemas[] = {&access_schema};
	char path[80];

	(void)state;
	strcpy(folder, "/tmp/wl-factor-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/core.db", folder);
	assert_int_equal(db_open(path, schemas, 1, &db, NULL), 0);
	snprintf(path, sizeof(path), "%s/secrets.key", folder);
	assert_int_equal(secret_key_load(path, &key, NULL), 0);
	assert_int_equal(user_add(db, STR("eve"), ROLE_ANALYST, GOOD, false, NOW, NULL), 0);
	return user_find(db, STR("eve"), &eve);
}

static int tear_down(void **state)
{
	char command[100];

	(void)state;
	db_close(db);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static struct str code_at(int64_t time)
{
	static char code[TOTP_DIGITS + 1];

	totp_code(secret, time, code);
	return str_from(code);
}

/* Sets it up with the code of NOW, as a person does. */
static void enrol(void)
{
	assert_int_equal(second_factor_begin(db, &key, eve.id, secret), 0);
	assert_int_equal(second_factor_confirm(db, &key, eve.id, code_at(NOW), NOW, codes), 0);
	assert_int_equal(user_find(db, STR("eve"), &eve), 0);
}

static int check(struct str code, int64_t now)
{
	bool recovery;

	return second_factor_check(db, &key, eve.id, code, now, &recovery);
}

/* The last six digits of RFC 6238, appendix B, SHA-1. */
static void test_codes_of_the_standard(void **state)
{
	static const struct {
		int64_t seconds;
		const char *code;
	} cases[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
		     {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
	char code[TOTP_DIGITS + 1], text[TOTP_BASE32_SIZE];
	uint8_t bytes[TOTP_SECRET_SIZE];

	(void)state;
	memcpy(bytes, "12345678901234567890", sizeof(bytes));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		totp_code(bytes, cases[i].seconds * SECOND, code);
		assert_string_equal(code, cases[i].code);
	}
	totp_base32(bytes, text);
	assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

static void test_picture(void **state)
{
	struct arena *arena = arena_new(0);
	char long_text[4000];
	struct str uri, modules;
	int size;

	(void)state;
	totp_secret(secret);
	uri = totp_uri(secret, STR("li.wei@cs"), arena);
	assert_true(str_starts(uri, STR("otpauth://totp/Wanglou:li.wei@cs?secret=")));
	assert_int_equal(qr_encode(uri, arena, &size, &modules), 0);
	assert_int_equal(modules.len, size * size);
	assert_memory_equal(modules.ptr, "11111110", 8); /* a corner's eye */
	assert_int_equal(strspn(modules.ptr, "01"), modules.len);
	memset(long_text, 'x', sizeof(long_text));
	assert_int_equal(qr_encode(str_of(long_text, sizeof(long_text)), arena, &size, &modules), ERR_LIMIT);
	arena_free(arena);
}

static void test_nothing_holds_before_it_is_confirmed(void **state)
{
	(void)state;
	assert_int_equal(second_factor_confirm(db, &key, eve.id, STR("123456"), NOW, codes), ERR_UNKNOWN);
	assert_int_equal(second_factor_begin(db, &key, eve.id, secret), 0);
	assert_int_equal(user_find(db, STR("eve"), &eve), 0);
	assert_int_equal(eve.factor_since, 0);
	assert_int_equal(check(code_at(NOW), NOW), ERR_DENIED);
	assert_int_equal(second_factor_confirm(db, &key, eve.id, code_at(NOW + 600 * SECOND), NOW, codes),
			 ERR_DENIED);
	assert_int_equal(second_factor_confirm(db, &key, eve.id, code_at(NOW), NOW, codes), 0);
	assert_int_equal(user_find(db, STR("eve"), &eve), 0);
	assert_int_equal(eve.factor_since, NOW);
	assert_int_equal(second_factor_confirm(db, &key, eve.id, code_at(NOW), NOW, codes), ERR_UNKNOWN);
}

static void test_a_code_is_good_once_and_in_its_time(void **state)
{
	int64_t now = NOW + 600 * SECOND;
	char text[16];

	(void)state;
	enrol();
	assert_int_equal(check(code_at(NOW), NOW), ERR_DENIED); /* the one it was confirmed with */
	assert_int_equal(check(code_at(now - 60 * SECOND), now), ERR_DENIED);
	assert_int_equal(check(code_at(now + 60 * SECOND), now), ERR_DENIED);
	assert_int_equal(check(code_at(now - 30 * SECOND), now), 0);
	snprintf(text, sizeof(text), " %.3s %.3s ", code_at(now).ptr, code_at(now).ptr + 3);
	assert_int_equal(check(str_from(text), now), 0);
	assert_int_equal(check(code_at(now), now), ERR_DENIED);
	assert_int_equal(check(code_at(now - 30 * SECOND), now),
			 ERR_DENIED); /* older than the newest taken */
	assert_int_equal(check(code_at(now + 30 * SECOND), now), 0);
	assert_int_equal(check(STR(""), now), ERR_DENIED);
	assert_int_equal(check(STR("12345"), now), ERR_DENIED);
	assert_int_equal(check(STR("1234567"), now), ERR_DENIED);
}

static void test_recovery_codes(void **state)
{
	char text[SECOND_FACTOR_CODE_MAX];
	bool recovery = false;
	int64_t left = 0;

	(void)state;
	enrol();
	assert_int_equal(second_factor_codes_left(db, eve.id, &left), 0);
	assert_int_equal(left, RECOVERY_CODES);
	snprintf(text, sizeof(text), " %s ", codes[3]);
	for (char *c = text; *c; c++)
		*c = *c == '-' ? ' ' : (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c);
	assert_int_equal(second_factor_check(db, &key, eve.id, str_from(text), NOW, &recovery), 0);
	assert_true(recovery);
	assert_int_equal(check(str_from(codes[3]), NOW), ERR_DENIED);
	assert_int_equal(check(str_from(codes[4]), NOW), 0);
	assert_int_equal(second_factor_codes_left(db, eve.id, &left), 0);
	assert_int_equal(left, RECOVERY_CODES - 2);
	memcpy(text, codes[5], RECOVERY_CODE_SIZE);
	assert_int_equal(second_factor_new_codes(db, eve.id, codes), 0);
	assert_int_equal(check(str_from(text), NOW), ERR_DENIED);
	assert_int_equal(check(str_from(codes[0]), NOW), 0);
}

static void test_guessing_ends(void **state)
{
	int64_t now = NOW + 600 * SECOND;

	(void)state;
	enrol();
	for (int i = 0; i < SECOND_FACTOR_FAILURES_MAX; i++)
		assert_int_equal(check(STR("0000000"), now), ERR_DENIED);
	assert_int_equal(check(code_at(now), now), ERR_LIMIT);
	assert_int_equal(check(str_from(codes[0]), now), 0);
	assert_int_equal(check(code_at(now), now), 0);
}

/* A new secret replaces the old one only when it is confirmed. */
static void test_a_new_telephone(void **state)
{
	int64_t now = NOW + 600 * SECOND;
	uint8_t fresh[TOTP_SECRET_SIZE], old[TOTP_SECRET_SIZE];

	(void)state;
	enrol();
	assert_int_equal(second_factor_begin(db, &key, eve.id, fresh), 0);
	assert_int_equal(check(code_at(now), now), 0);
	memcpy(old, secret, sizeof(old));
	memcpy(secret, fresh, sizeof(fresh));
	assert_int_equal(second_factor_confirm(db, &key, eve.id, code_at(now), now, codes), 0);
	assert_int_equal(check(code_at(now + 30 * SECOND), now), 0);
	memcpy(secret, old, sizeof(old));
	assert_int_equal(check(code_at(now + 60 * SECOND), now + 60 * SECOND), ERR_DENIED);
}

/* What lies in the database is worth nothing without the key, or in another row. */
static void test_secrets_are_sealed(void **state)
{
	struct secret_key other;
	struct buf file = {0};
	struct stat status;
	struct user ann;
	struct db_tx *tx;
	char path[80];
	bool recovery;

	(void)state;
	enrol();
	snprintf(path, sizeof(path), "%s/secrets.key", folder);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(secret_key_load(path, &other, NULL), 0);
	assert_memory_equal(&other, &key, sizeof(key));
	other.bytes[0] ^= 1;
	assert_int_equal(second_factor_check(db, &other, eve.id, code_at(NOW), NOW, &recovery), ERR_CORRUPT);
	assert_int_equal(second_factor_check(db, &other, eve.id, str_from(codes[0]), NOW, &recovery), 0);
	assert_int_equal(user_add(db, STR("ann"), ROLE_ANALYST, GOOD, false, NOW, NULL), 0);
	assert_int_equal(user_find(db, STR("ann"), &ann), 0);
	assert_int_equal(db_begin(db, DB_WRITE, &tx), 0);
	assert_int_equal(
		db_end(tx, db_run(tx, "UPDATE second_factors SET user = ?1", DB_ARGS(db_integer(ann.id)))),
		1);
	assert_int_equal(second_factor_check(db, &key, ann.id, code_at(NOW + 60 * SECOND), NOW + 60 * SECOND,
					     &recovery),
			 ERR_CORRUPT);
	assert_int_equal(io_replace_file(path, "short", 5, 0600), 0);
	assert_int_equal(secret_key_load(path, &other, NULL), ERR_CORRUPT);
	snprintf(path, sizeof(path), "%s/core.db-wal", folder);
	assert_int_equal(io_read_file(path, 1 << 24, &file), 0);
	assert_int_equal(str_find(buf_str(&file), str_of((char *)secret, sizeof(secret))), STR_NOT_FOUND);
	assert_int_equal(str_find(buf_str(&file), str_from(codes[1])), STR_NOT_FOUND);
	buf_done(&file);
}

static void test_taken_off(void **state)
{
	char token[SESSION_TOKEN_SIZE];
	struct session session;
	int64_t left = 1;

	(void)state;
	enrol();
	assert_int_equal(session_start(db, &eve, STR("::1"), STR(""), NOW, token), 0);
	assert_int_equal(second_factor_remove(db, STR("nobody"), NOW, (struct str){0}), ERR_UNKNOWN);
	assert_int_equal(second_factor_remove(db, STR("EVE"), NOW + DAY, (struct str){0}), 0);
	assert_int_equal(session_find(db, str_from(token), NOW, &session), ERR_DENIED);
	assert_int_equal(user_find(db, STR("eve"), &eve), 0);
	assert_int_equal(eve.factor_since, 0);
	assert_int_equal(eve.factor_due, NOW + DAY);
	assert_int_equal(check(code_at(NOW + 60 * SECOND), NOW + 60 * SECOND), ERR_DENIED);
	assert_int_equal(check(str_from(codes[0]), NOW), ERR_DENIED);
	assert_int_equal(second_factor_codes_left(db, eve.id, &left), 0);
	assert_int_equal(left, 0);
}

/* Between the password and the code: from the same place, in time, once, and not of somebody disabled. */
static void test_between_password_and_code(void **state)
{
	char token[SIGN_IN_TOKEN_SIZE], more[SIGN_IN_TOKEN_SIZE];
	struct user user;

	(void)state;
	assert_int_equal(sign_in_begin(db, eve.id, STR("192.0.2.1"), NOW, token), 0);
	assert_int_equal(sign_in_find(db, str_from(token), STR("192.0.2.1"), NOW + 60 * SECOND, &user), 0);
	assert_string_equal(user.name, "eve");
	assert_int_equal(sign_in_find(db, str_from(token), STR("192.0.2.2"), NOW, &user), ERR_DENIED);
	assert_int_equal(sign_in_find(db, STR("x"), STR("192.0.2.1"), NOW, &user), ERR_DENIED);
	assert_int_equal(sign_in_find(db, str_from(token), STR("192.0.2.1"), NOW + SIGN_IN_PATIENCE, &user),
			 ERR_DENIED);
	for (int i = 1; i <= SIGN_INS_PER_USER; i++)
		assert_int_equal(sign_in_begin(db, eve.id, STR("192.0.2.1"), NOW + i, more), 0);
	assert_int_equal(sign_in_find(db, str_from(token), STR("192.0.2.1"), NOW, &user), ERR_DENIED);
	assert_int_equal(sign_in_find(db, str_from(more), STR("192.0.2.1"), NOW, &user), 0);
	assert_int_equal(user_set_disabled(db, STR("eve"), true, NULL), 0);
	assert_int_equal(sign_in_find(db, str_from(more), STR("192.0.2.1"), NOW, &user), ERR_DENIED);
	assert_int_equal(user_set_disabled(db, STR("eve"), false, NULL), 0);
	assert_int_equal(sign_in_end(db, str_from(more)), 0);
	assert_int_equal(sign_in_find(db, str_from(more), STR("192.0.2.1"), NOW, &user), ERR_DENIED);
}

static void test_who_needs_one(void **state)
{
	enum factor_rule rule;

	(void)state;
	assert_int_equal(factor_rule_parse(STR("some"), &rule), ERR_UNKNOWN);
	assert_int_equal(factor_rule_parse(STR("administrators"), &rule), 0);
	assert_true(factor_needed(rule, ROLE_SYSTEM_ADMINISTRATOR));
	assert_true(factor_needed(rule, ROLE_AUDIT_ADMINISTRATOR));
	assert_false(factor_needed(rule, ROLE_ANALYST));
	assert_int_equal(factor_rule_parse(STR("all"), &rule), 0);
	assert_true(factor_needed(rule, ROLE_READER));
	assert_int_equal(factor_rule_parse(STR("none"), &rule), 0);
	assert_false(factor_needed(rule, ROLE_SYSTEM_ADMINISTRATOR));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes_of_the_standard),
		cmocka_unit_test(test_picture),
		cmocka_unit_test(test_who_needs_one),
		CASE(test_nothing_holds_before_it_is_confirmed),
		CASE(test_a_code_is_good_once_and_in_its_time),
		CASE(test_recovery_codes),
		CASE(test_guessing_ends),
		CASE(test_a_new_telephone),
		CASE(test_secrets_are_sealed),
		CASE(test_taken_off),
		CASE(test_between_password_and_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
