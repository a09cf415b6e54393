/* SPDX-License-Identifier: Apache-2.0 */
#include "access/second_factor.h"

#include <string.h>

#include "access/seal.h"

#define RECOVERY_LETTERS 25

int factor_rule_parse(struct str text, enum factor_rule *ret_rule)
{
	static const struct str names[] = {[FACTOR_ADMINISTRATORS] = STR("administrators"),
					   [FACTOR_ALL] = STR("all"),
					   [FACTOR_NONE] = STR("none")};

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_eq(text, names[i])) {
			*ret_rule = (enum factor_rule)i;
			return 0;
		}
	return ERR_UNKNOWN;
}

bool factor_needed(enum factor_rule rule, enum role role)
{
	return rule == FACTOR_ALL || (rule == FACTOR_ADMINISTRATORS && (role & ROLES_ADMINISTRATORS));
}

/* --- recovery codes ----------------------------------------------------------------------------------- */

/* Five bits a letter, none that looks like another. */
static void make_code(char ret_code[RECOVERY_CODE_SIZE])
{
	static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
	uint8_t bytes[RECOVERY_LETTERS];
	char *out = ret_code;

	_Static_assert(sizeof(letters) == 33, "five bits");
	random_bytes(bytes, sizeof(bytes));
	for (int i = 0; i < RECOVERY_LETTERS; i++) {
		if (i && i % 5 == 0)
			*out++ = '-';
		*out++ = letters[bytes[i] & 31];
	}
	*out = 0;
}

/* What a person typed, without what was only there to be read; empty where it is too long. */
static struct str plain_code(struct str code, char out[SECOND_FACTOR_CODE_MAX])
{
	size_t len = 0;

	if (code.len > SECOND_FACTOR_CODE_MAX)
		return (struct str){0};
	for (size_t i = 0; i < code.len; i++)
		if (code.ptr[i] != '-' && !char_is_space(code.ptr[i]))
			out[len++] = char_lower(code.ptr[i]);
	return str_of(out, len);
}

static void hash_code(struct str code, uint8_t ret_hash[SHA256_SIZE])
{
	char plain[SECOND_FACTOR_CODE_MAX];

	hash_token(plain_code(code, plain), ret_hash);
}

static int replace_codes(struct db_tx *tx, int64_t user, char codes[RECOVERY_CODES][RECOVERY_CODE_SIZE])
{
	uint8_t hash[SHA256_SIZE];
	int r = db_run(tx, "DELETE FROM recovery_codes WHERE user = ?1", DB_ARGS(db_integer(user)));

	for (int i = 0; i < RECOVERY_CODES && r >= 0; i++) {
		make_code(codes[i]);
		hash_code(str_from(codes[i]), hash);
		r = db_run(tx, "INSERT INTO recovery_codes VALUES (?1, ?2)",
			   DB_ARGS(db_integer(user), db_blob(hash, sizeof(hash))));
	}
	return r;
}

int second_factor_new_codes(struct db *db, int64_t user, char ret_codes[RECOVERY_CODES][RECOVERY_CODE_SIZE])
{
	struct db_tx *tx;
	int r = db_begin(db, DB_WRITE, &tx);

	if (r == 0)
		r = db_end(tx, replace_codes(tx, user, ret_codes));
	return r < 0 ? r : 0;
}

int second_factor_codes_left(struct db *db, int64_t user, int64_t *ret_count)
{
	struct db_tx *tx;
	int r = db_begin(db, DB_READ, &tx);

	if (r == 0)
		r = db_end(tx, db_get_integer(tx, "SELECT count(*) FROM recovery_codes WHERE user = ?1",
					      DB_ARGS(db_integer(user)), ret_count));
	return r < 0 ? r : 0;
}

/* --- setting it up ------------------------------------------------------------------------------------ */

int second_factor_begin(struct db *db, const struct secret_key *key, int64_t user,
			uint8_t ret_secret[TOTP_SECRET_SIZE])
{
	static const char sql[] = "INSERT INTO second_factors (user, pending) VALUES (?1, ?2)"
				  " ON CONFLICT (user) DO UPDATE SET pending = excluded.pending";
	uint8_t secret[TOTP_SECRET_SIZE], sealed[SEALED_SIZE];
	struct db_tx *tx;
	int r;

	totp_secret(secret);
	secret_seal(key, user, secret, sealed);
	r = db_begin(db, DB_WRITE, &tx);
	if (r == 0)
		r = db_end(tx, db_run(tx, sql, DB_ARGS(db_integer(user), db_blob(sealed, sizeof(sealed)))));
	if (r < 0)
		return r;
	memcpy(ret_secret, secret, sizeof(secret));
	return 0;
}

struct factor {
	bool there; /* as asked: the one in force, or the pending one */
	uint8_t secret[TOTP_SECRET_SIZE];
	int64_t step, failures;
};

static int load(struct db_tx *tx, const struct secret_key *key, int64_t user, bool pending,
		struct factor *ret)
{
	struct db_rows *rows = db_query(
		tx, "SELECT iif(?2, pending, secret), step, failures FROM second_factors WHERE user = ?1",
		DB_ARGS(db_integer(user), db_integer(pending)));
	struct str sealed;
	int r = db_next(rows);

	*ret = (struct factor){0};
	if (r <= 0)
		return r;
	ret->step = db_column_integer(rows, 1);
	ret->failures = db_column_integer(rows, 2);
	sealed = db_column_blob(rows, 0);
	if (!sealed.len)
		return 0;
	ret->there = true;
	return secret_open(key, user, sealed, ret->secret);
}

static int confirm(struct db_tx *tx, const struct secret_key *key, int64_t user, struct str code, int64_t now,
		   char codes[RECOVERY_CODES][RECOVERY_CODE_SIZE])
{
	static const char sql[] = "UPDATE second_factors SET secret = pending, pending = NULL, since = ?2,"
				  " step = ?3, failures = 0 WHERE user = ?1";
	struct factor factor;
	int64_t step = 0;
	int r = load(tx, key, user, true, &factor);

	if (r == 0)
		r = factor.there ? totp_check(factor.secret, code, now, 0, &step) : ERR_UNKNOWN;
	if (r == 0)
		r = db_run(tx, sql, DB_ARGS(db_integer(user), db_integer(now), db_integer(step)));
	return r < 0 ? r : replace_codes(tx, user, codes);
}

int second_factor_confirm(struct db *db, const struct secret_key *key, int64_t user, struct str code,
			  int64_t now, char ret_codes[RECOVERY_CODES][RECOVERY_CODE_SIZE])
{
	char plain[SECOND_FACTOR_CODE_MAX];
	struct db_tx *tx;
	int r = db_begin(db, DB_WRITE, &tx);

	if (r == 0)
		r = db_end(tx, confirm(tx, key, user, plain_code(code, plain), now, ret_codes));
	return r < 0 ? r : 0;
}

/* --- checking a code ---------------------------------------------------------------------------------- */

static int take_recovery_code(struct db_tx *tx, int64_t user, struct str code)
{
	uint8_t hash[SHA256_SIZE];
	int r;

	hash_code(code, hash);
	r = db_run(tx, "DELETE FROM recovery_codes WHERE user = ?1 AND hash = ?2",
		   DB_ARGS(db_integer(user), db_blob(hash, sizeof(hash))));
	return r == 0 ? ERR_DENIED : r;
}

static int take_code(struct db_tx *tx, const struct secret_key *key, int64_t user, struct str code,
		     int64_t now, bool *ret_recovery)
{
	struct factor factor = {0};
	int64_t step = 0;
	int r;

	*ret_recovery = code.len == RECOVERY_LETTERS;
	if (*ret_recovery) {
		r = take_recovery_code(tx, user, code); /* codes by time go on from where they were */
	} else {
		r = load(tx, key, user, false, &factor);
		if (r == 0 && factor.failures >= SECOND_FACTOR_FAILURES_MAX)
			r = ERR_LIMIT;
		if (r == 0)
			r = factor.there ? totp_check(factor.secret, code, now, factor.step, &step)
					 : ERR_DENIED;
	}
	if (r < 0)
		return r;
	return db_run(tx, "UPDATE second_factors SET step = max(step, ?2), failures = 0 WHERE user = ?1",
		      DB_ARGS(db_integer(user), db_integer(step)));
}

/* A wrong code leaves something behind, so the transaction ends well. */
static int check(struct db_tx *tx, const struct secret_key *key, int64_t user, struct str code, int64_t now,
		 bool *ret_recovery, int *ret_verdict)
{
	char plain[SECOND_FACTOR_CODE_MAX];
	int r = take_code(tx, key, user, plain_code(code, plain), now, ret_recovery);

	*ret_verdict = r < 0 ? r : 0;
	if (r != ERR_DENIED)
		return r == ERR_LIMIT ? 0 : r;
	return db_run(tx, "UPDATE second_factors SET failures = failures + 1 WHERE user = ?1",
		      DB_ARGS(db_integer(user)));
}

int second_factor_check(struct db *db, const struct secret_key *key, int64_t user, struct str code,
			int64_t now, bool *ret_recovery)
{
	bool recovery = false;
	struct db_tx *tx;
	int r = db_begin(db, DB_WRITE, &tx), verdict = ERR_DENIED;

	if (r == 0)
		r = db_end(tx, check(tx, key, user, code, now, &recovery, &verdict));
	if (r < 0 || verdict < 0)
		return r < 0 ? r : verdict;
	*ret_recovery = recovery;
	return 0;
}

static int remove_in(struct db_tx *tx, struct str name, int64_t due, struct str keep)
{
	static const char *const statements[] = {"DELETE FROM second_factors WHERE user = ?1",
						 "DELETE FROM recovery_codes WHERE user = ?1",
						 "DELETE FROM sign_ins WHERE user = ?1"};
	int64_t id;
	int r = db_get_integer(tx, "SELECT id FROM users WHERE name = ?1", DB_ARGS(db_text(name)), &id);

	if (r <= 0)
		return r == 0 ? ERR_UNKNOWN : r;
	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]) && r >= 0; i++)
		r = db_run(tx, statements[i], DB_ARGS(db_integer(id)));
	if (r >= 0)
		r = db_run(tx, "UPDATE users SET factor_due = ?2, version = version + 1 WHERE id = ?1",
			   DB_ARGS(db_integer(id), db_integer(due)));
	return r < 0 ? r : sessions_end_in(tx, id, keep);
}

int second_factor_remove(struct db *db, struct str name, int64_t due, struct str keep)
{
	struct db_tx *tx;
	int r = db_begin(db, DB_WRITE, &tx);

	if (r == 0)
		r = db_end(tx, remove_in(tx, name, due, keep));
	return r < 0 ? r : 0;
}
