/* SPDX-License-Identifier: Apache-2.0 */
#include "access/token.h"

#include <string.h>

#include "access/private.h"
#include "base/buf.h"

#define DAY INT64_C(86400000000)
#define COLUMNS \
	"tokens.id, tokens.name, permissions, read_only, tokens.created, expires, last_used, last_address"
#define COLUMN_COUNT 8

uint64_t token_permissions(enum role role)
{
	return role_permissions(role) &
	       ~(PERMISSION_BIT(PERMIT_SELF) | PERMISSION_BIT(PERMIT_ACCOUNT_MANAGE));
}

static void write_permissions(uint64_t set, struct buf *out)
{
	for (unsigned i = 0; i < PERMISSION_COUNT; i++)
		if (set & PERMISSION_BIT(i))
			buf_printf(out, "%s%s", out->len ? " " : "", permission_name((enum permission)i));
}

/* A name that is unknown now, of a version before or behind, permits nothing. */
static uint64_t read_permissions(struct str text)
{
	enum permission permission;
	struct str name;
	uint64_t set = 0;

	while (str_split(&text, ' ', &name))
		if (permission_parse(name, &permission) == 0)
			set |= PERMISSION_BIT(permission);
	return set;
}

static void copy(char *out, size_t size, struct str text)
{
	size_t len = text.len < size - 1 ? text.len : size - 1;

	if (len)
		memcpy(out, text.ptr, len);
	out[len] = 0;
}

static void read_token(struct db_rows *rows, struct api_token *ret_token)
{
	*ret_token = (struct api_token){
		.id = db_column_integer(rows, 0),
		.permissions = read_permissions(db_column_text(rows, 2)),
		.read_only = db_column_integer(rows, 3) != 0,
		.created = db_column_integer(rows, 4),
		.expires = db_column_integer(rows, 5),
		.last_used = db_column_integer(rows, 6),
	};
	copy(ret_token->name, sizeof(ret_token->name), db_column_text(rows, 1));
	copy(ret_token->last_address, sizeof(ret_token->last_address), db_column_text(rows, 7));
}

static int insert(struct db_tx *tx, const struct user *user, const struct api_token *token,
		  const uint8_t hash[SHA256_SIZE], struct str permissions, int64_t now)
{
	static const char sql[] =
		"INSERT INTO tokens (user, name, hash, permissions, read_only, created, expires)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
	int64_t count = 0;
	int r = db_get_integer(tx, "SELECT count(*) FROM tokens WHERE user = ?1",
			       DB_ARGS(db_integer(user->id)), &count);

	if (r >= 0 && count >= TOKENS_PER_USER)
		return ERR_LIMIT;
	if (r < 0)
		return r;
	return db_run(tx, sql,
		      DB_ARGS(db_integer(user->id), db_text(str_from(token->name)),
			      db_blob(hash, SHA256_SIZE), db_text(permissions), db_integer(token->read_only),
			      db_integer(now), db_integer(token->expires)));
}

int token_add(struct db *db, const struct user *user, const struct api_token *token, int64_t now,
	      char ret_token[TOKEN_SIZE])
{
	char text[TOKEN_SIZE] = TOKEN_PREFIX;
	struct buf permissions = {0};
	uint8_t hash[SHA256_SIZE];
	struct db_tx *tx;
	int r;

	if (!token->name[0] || !token->permissions || (token->permissions & ~token_permissions(user->role)) ||
	    token->expires <= now || token->expires > now + TOKEN_DAYS_MAX * DAY)
		return ERR_RANGE;
	make_token(text + sizeof(TOKEN_PREFIX) - 1);
	hash_token(str_from(text), hash);
	write_permissions(token->permissions, &permissions);
	r = db_begin(db, DB_WRITE, &tx);
	if (r == 0)
		r = db_end(tx, insert(tx, user, token, hash, buf_str(&permissions), now));
	buf_done(&permissions);
	if (r < 0)
		return r;
	memcpy(ret_token, text, sizeof(text));
	return 0;
}

int token_list(struct db *db, int64_t user, int (*visit)(void *context, const struct api_token *token),
	       void *context)
{
	struct api_token token;
	struct db_rows *rows;
	struct db_tx *tx;
	int r = db_begin(db, DB_READ, &tx), stop = 0;

	if (r < 0)
		return r;
	rows = db_query(tx, "SELECT " COLUMNS " FROM tokens WHERE user = ?1 ORDER BY id DESC",
			DB_ARGS(db_integer(user)));
	while (stop == 0 && (r = db_next(rows)) > 0) {
		read_token(rows, &token);
		stop = visit(context, &token);
	}
	r = db_end(tx, r < 0 ? r : 0);
	return r < 0 ? r : stop;
}

int token_remove(struct db *db, int64_t user, int64_t id)
{
	struct db_tx *tx;
	int r = db_begin(db, DB_WRITE, &tx);

	if (r == 0)
		r = db_end(tx, db_run(tx, "DELETE FROM tokens WHERE id = ?1 AND user = ?2",
				      DB_ARGS(db_integer(id), db_integer(user))));
	return r < 0 ? r : r == 0 ? ERR_UNKNOWN : 0;
}

/* The lookup is by the hash, so its timing tells nothing about the token. */
int token_find(struct db *db, struct str text, int64_t now, struct api_token *ret_token,
	       struct user *ret_user)
{
	static const char sql[] =
		"SELECT " COLUMNS ", " USER_COLUMNS " FROM tokens JOIN users ON users.id = tokens.user"
		" WHERE tokens.hash = ?1 AND expires > ?2 AND NOT users.disabled";
	uint8_t hash[SHA256_SIZE];
	struct db_rows *rows;
	struct db_tx *tx;
	int r;

	if (text.len != TOKEN_SIZE - 1 || !str_starts(text, STR(TOKEN_PREFIX)))
		return ERR_DENIED;
	hash_token(text, hash);
	r = db_begin(db, DB_READ, &tx);
	if (r < 0)
		return r;
	rows = db_query(tx, sql, DB_ARGS(db_blob(hash, sizeof(hash)), db_integer(now)));
	r = db_next(rows);
	if (r > 0) {
		read_token(rows, ret_token);
		user_read(rows, COLUMN_COUNT, ret_user);
		ret_token->permissions &= token_permissions(ret_user->role);
	}
	r = db_end(tx, r == 0 ? ERR_DENIED : r);
	return r < 0 ? r : 0;
}

int token_touch(struct db *db, const struct api_token *token, struct str address, int64_t now)
{
	struct db_tx *tx;
	int r;

	if (now - token->last_used < TOKEN_TOUCH && str_eq(address, str_from(token->last_address)))
		return 0;
	r = db_begin(db, DB_WRITE, &tx);
	if (r == 0)
		r = db_end(tx, db_run(tx, "UPDATE tokens SET last_used = ?2, last_address = ?3 WHERE id = ?1",
				      DB_ARGS(db_integer(token->id), db_integer(now), db_text(address))));
	return r < 0 ? r : 0;
}
