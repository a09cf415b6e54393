/* SPDX-License-Identifier: Apache-2.0 */
#include "access/session.h"

#include <string.h>

#include "base/hash.h"
#include "access/private.h"

#define TOKEN_BYTES 32

void make_token(char ret_token[SESSION_TOKEN_SIZE])
{
	uint8_t secret[TOKEN_BYTES];

	random_bytes(secret, sizeof(secret));
	hex_encode(secret, sizeof(secret), ret_token);
}

void hash_token(struct str token, uint8_t ret_hash[SHA256_SIZE])
{
	sha256(token.len ? token.ptr : "", token.len, ret_hash);
}

static void derive_csrf(struct str token, char ret_text[SESSION_TOKEN_SIZE])
{
	static const char purpose[] = "wanglou csrf ";
	char text[sizeof(purpose) + SESSION_TOKEN_SIZE];
	uint8_t digest[SHA256_SIZE];

	sha256(text, (size_t)snprintf(text, sizeof(text), "%s%.*s", purpose, STR_FMT(token)), digest);
	hex_encode(digest, sizeof(digest), ret_text);
}

/* Those past their time, and of this user's the oldest beyond SESSIONS_PER_USER. */
static int sweep(struct db_tx *tx, int64_t user, int64_t now)
{
	int r = db_run(tx, "DELETE FROM sessions WHERE last_seen <= ?1 OR created <= ?2",
		       DB_ARGS(db_integer(now - SESSION_IDLE), db_integer(now - SESSION_ABSOLUTE)));

	if (r < 0)
		return r;
	return db_run(tx,
		      "DELETE FROM sessions WHERE token_hash IN (SELECT token_hash FROM sessions"
		      " WHERE user = ?1 ORDER BY last_seen DESC LIMIT -1 OFFSET ?2)",
		      DB_ARGS(db_integer(user), db_integer(SESSIONS_PER_USER - 1)));
}

static int insert_session(struct db_tx *tx, int64_t user, const uint8_t hash[SHA256_SIZE], struct str address,
			  struct str agent, int64_t now)
{
	int r = sweep(tx, user, now);

	if (r >= 0)
		r = db_run(tx,
			   "INSERT INTO sessions (token_hash, user, created, last_seen, address, agent)"
			   " VALUES (?1, ?2, ?3, ?3, ?4, ?5)",
			   DB_ARGS(db_blob(hash, SHA256_SIZE), db_integer(user), db_integer(now),
				   db_text(address), db_text(str_head(agent, SESSION_AGENT_MAX))));
	if (r >= 0)
		r = db_run(tx, "UPDATE users SET last_login = ?2 WHERE id = ?1",
			   DB_ARGS(db_integer(user), db_integer(now)));
	return r;
}

int session_start(struct db *db, const struct user *user, struct str address, struct str agent, int64_t now,
		  char ret_token[SESSION_TOKEN_SIZE])
{
	char token[SESSION_TOKEN_SIZE];
	uint8_t hash[SHA256_SIZE];
	struct db_tx *tx;
	int r;

	make_token(token);
	hash_token(str_from(token), hash);
	r = db_begin(db, DB_WRITE, &tx);
	if (r == 0)
		r = db_end(tx, insert_session(tx, user->id, hash, address, agent, now));
	if (r < 0)
		return r;
	memcpy(ret_token, token, sizeof(token));
	return 0;
}

/* The lookup is by the token's hash, so its timing tells nothing about the token. */
int session_find(struct db *db, struct str token, int64_t now, struct session *ret_session)
{
	static const char sql[] = "SELECT sessions.created, last_seen, sessions.id, " USER_COLUMNS
				  " FROM sessions JOIN users ON users.id = sessions.user"
				  " WHERE token_hash = ?1 AND last_seen > ?2 AND sessions.created > ?3"
				  " AND NOT users.disabled";
	struct session session = {0};
	uint8_t hash[SHA256_SIZE];
	struct db_rows *rows;
	struct db_tx *tx;
	int r;

	if (token.len != SESSION_TOKEN_SIZE - 1)
		return ERR_DENIED;
	hash_token(token, hash);
	r = db_begin(db, DB_READ, &tx);
	if (r < 0)
		return r;
	rows = db_query(tx, sql,
			DB_ARGS(db_blob(hash, sizeof(hash)), db_integer(now - SESSION_IDLE),
				db_integer(now - SESSION_ABSOLUTE)));
	r = db_next(rows);
	if (r > 0) {
		session.created = db_column_integer(rows, 0);
		session.last_seen = db_column_integer(rows, 1);
		session.id = db_column_integer(rows, 2);
		user_read(rows, 3, &session.user);
	}
	r = db_end(tx, r == 0 ? ERR_DENIED : r);
	if (r < 0)
		return r;
	derive_csrf(token, session.csrf_token);
	*ret_session = session;
	return 0;
}

int session_touch(struct db *db, struct str token, const struct session *session, int64_t now)
{
	uint8_t hash[SHA256_SIZE];
	struct db_tx *tx;
	int r;

	if (now - session->last_seen < SESSION_TOUCH)
		return 0;
	hash_token(token, hash);
	r = db_begin(db, DB_WRITE, &tx);
	if (r == 0)
		r = db_end(tx, db_run(tx, "UPDATE sessions SET last_seen = ?2 WHERE token_hash = ?1",
				      DB_ARGS(db_blob(hash, sizeof(hash)), db_integer(now))));
	return r < 0 ? r : 0;
}

int session_end(struct db *db, struct str token)
{
	uint8_t hash[SHA256_SIZE];
	struct db_tx *tx;
	int r = db_begin(db, DB_WRITE, &tx);

	if (r < 0)
		return r;
	hash_token(token, hash);
	r = db_end(tx, db_run(tx, "DELETE FROM sessions WHERE token_hash = ?1",
			      DB_ARGS(db_blob(hash, sizeof(hash)))));
	return r < 0 ? r : 0;
}

int sessions_end_in(struct db_tx *tx, int64_t user, struct str keep)
{
	uint8_t hash[SHA256_SIZE];

	hash_token(keep, hash);
	return db_run(tx, "DELETE FROM sessions WHERE user = ?1 AND token_hash <> ?2",
		      DB_ARGS(db_integer(user), db_blob(hash, sizeof(hash))));
}

int session_end_all(struct db *db, int64_t user, struct str keep)
{
	struct db_tx *tx;
	int r = db_begin(db, DB_WRITE, &tx);

	if (r == 0)
		r = db_end(tx, sessions_end_in(tx, user, keep));
	return r < 0 ? r : 0;
}

int session_end_one(struct db *db, int64_t user, int64_t id)
{
	struct db_tx *tx;
	int r = db_begin(db, DB_WRITE, &tx);

	if (r == 0)
		r = db_end(tx, db_run(tx, "DELETE FROM sessions WHERE id = ?1 AND user = ?2",
				      DB_ARGS(db_integer(id), db_integer(user))));
	return r < 0 ? r : r == 0 ? ERR_UNKNOWN : 0;
}

int session_list(struct db *db, int64_t user, int64_t now,
		 int (*visit)(void *context, const struct session_row *row), void *context)
{
	static const char sql[] =
		"SELECT id, created, last_seen, address, agent FROM sessions WHERE user = ?1"
		" AND last_seen > ?2 AND created > ?3 ORDER BY last_seen DESC, id DESC";
	struct session_row row;
	struct db_rows *rows;
	struct db_tx *tx;
	int r = db_begin(db, DB_READ, &tx), stop = 0;

	if (r < 0)
		return r;
	rows = db_query(tx, sql,
			DB_ARGS(db_integer(user), db_integer(now - SESSION_IDLE),
				db_integer(now - SESSION_ABSOLUTE)));
	while (stop == 0 && (r = db_next(rows)) > 0) {
		row = (struct session_row){db_column_integer(rows, 0), db_column_integer(rows, 1),
					   db_column_integer(rows, 2), db_column_text(rows, 3),
					   db_column_text(rows, 4)};
		stop = visit(context, &row);
	}
	r = db_end(tx, r < 0 ? r : 0);
	return r < 0 ? r : stop;
}
