/* SPDX-License-Identifier: Apache-2.0 */
/* Between the password and the code. */
#include "access/private.h"
#include "access/second_factor.h"

static int insert(struct db_tx *tx, int64_t user, const uint8_t hash[SHA256_SIZE], struct str address,
		  int64_t now)
{
	int r = db_run(tx, "DELETE FROM sign_ins WHERE created <= ?1",
		       DB_ARGS(db_integer(now - SIGN_IN_PATIENCE)));

	if (r >= 0)
		r = db_run(tx,
			   "DELETE FROM sign_ins WHERE token_hash IN (SELECT token_hash FROM sign_ins"
			   " WHERE user = ?1 ORDER BY created DESC LIMIT -1 OFFSET ?2)",
			   DB_ARGS(db_integer(user), db_integer(SIGN_INS_PER_USER - 1)));
	if (r >= 0)
		r = db_run(tx, "INSERT INTO sign_ins VALUES (?1, ?2, ?3, ?4)",
			   DB_ARGS(db_blob(hash, SHA256_SIZE), db_integer(user), db_integer(now),
				   db_text(address)));
	return r;
}

int sign_in_begin(struct db *db, int64_t user, struct str address, int64_t now,
		  char ret_token[SIGN_IN_TOKEN_SIZE])
{
	uint8_t hash[SHA256_SIZE];
	struct db_tx *tx;
	int r = db_begin(db, DB_WRITE, &tx);

	if (r < 0)
		return r;
	make_token(ret_token);
	hash_token(str_from(ret_token), hash);
	r = db_end(tx, insert(tx, user, hash, address, now));
	return r < 0 ? r : 0;
}

int sign_in_find(struct db *db, struct str token, struct str address, int64_t now, struct user *ret_user)
{
	static const char sql[] =
		"SELECT " USER_COLUMNS " FROM sign_ins JOIN users ON users.id = sign_ins.user"
		" WHERE token_hash = ?1 AND address = ?2 AND sign_ins.created > ?3"
		" AND NOT users.disabled";
	uint8_t hash[SHA256_SIZE];
	struct db_rows *rows;
	struct db_tx *tx;
	int r = db_begin(db, DB_READ, &tx);

	if (r < 0)
		return r;
	hash_token(token, hash);
	rows = db_query(
		tx, sql,
		DB_ARGS(db_blob(hash, sizeof(hash)), db_text(address), db_integer(now - SIGN_IN_PATIENCE)));
	r = db_next(rows);
	if (r > 0)
		user_read(rows, 0, ret_user);
	r = db_end(tx, r == 0 ? ERR_DENIED : r);
	return r < 0 ? r : 0;
}

int sign_in_end(struct db *db, struct str token)
{
	uint8_t hash[SHA256_SIZE];
	struct db_tx *tx;
	int r = db_begin(db, DB_WRITE, &tx);

	if (r < 0)
		return r;
	hash_token(token, hash);
	r = db_end(tx, db_run(tx, "DELETE FROM sign_ins WHERE token_hash = ?1",
			      DB_ARGS(db_blob(hash, sizeof(hash)))));
	return r < 0 ? r : 0;
}
