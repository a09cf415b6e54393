/* SPDX-License-Identifier: Apache-2.0 */
#include "access/user.h"

#include <errno.h>
#include <string.h>

#include "access/private.h"

#define FIRST_USER STR("admin")

static const struct {
	enum role role;
	const char *name;
} roles[] = {
#define X(id, bit, name) {id, name},
	ROLE_TABLE(X)
#undef X
};

#define ROLE_COUNT (sizeof(roles) / sizeof(roles[0]))

const char *role_name(enum role role)
{
	for (size_t i = 0; i < ROLE_COUNT; i++)
		if (roles[i].role == role)
			return roles[i].name;
	return "none";
}

int role_parse(struct str name, enum role *ret_role)
{
	for (size_t i = 0; i < ROLE_COUNT; i++)
		if (str_eq(name, str_from(roles[i].name))) {
			*ret_role = roles[i].role;
			return 0;
		}
	return ERR_UNKNOWN;
}

static bool is_alphanumeric(char c)
{
	return char_is_digit(c) || (unsigned char)(char_lower(c) - 'a') < 26;
}

static int check_name(struct str name, struct err *ret_err)
{
	bool good = name.len > 0 && name.len <= USER_NAME_MAX && is_alphanumeric(name.ptr[0]);

	for (size_t i = 0; good && i < name.len; i++)
		good = is_alphanumeric(name.ptr[i]) || (name.ptr[i] && strchr("._-@", name.ptr[i]));
	if (good)
		return 0;
	return err_set(ret_err, ERR_RANGE, 0, 0,
		       "a user name has 1 to %d letters, digits or . _ - @, beginning with a letter or digit",
		       USER_NAME_MAX);
}

/* Says what a database failure means; passes through what was explained before. */
static int explain(int r, struct str name, struct err *ret_err)
{
	if (r == ERR_DUPLICATE)
		return err_set(ret_err, r, 0, 0, "there is an account named %.*s already", STR_FMT(name));
	if (r == ERR_UNKNOWN)
		return err_set(ret_err, r, 0, 0, "there is no account named %.*s", STR_FMT(name));
	if (r == ERR_BUSY)
		return err_set(ret_err, r, 0, 0, "somebody else has changed %.*s meanwhile", STR_FMT(name));
	if (r == ERR_DENIED || r == ERR_RANGE)
		return r; /* whoever said so has said why */
	return r < 0 ? err_set(ret_err, r, 0, 0, "the accounts cannot be changed: %s", err_text(r)) : r;
}

static int insert_user(struct db_tx *tx, struct str name, enum role role, const struct password_hash *hash,
		       bool must_change, int64_t now)
{
	static const char sql[] =
		"INSERT INTO users (name, role, must_change_password, scrypt_log_n, scrypt_r, scrypt_p,"
		" salt, hash, created, password_changed, factor_due)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, ?10)";

	return db_run(tx, sql,
		      DB_ARGS(db_text(name), db_integer(role), db_integer(must_change),
			      db_integer(hash->log_n), db_integer(hash->r), db_integer(hash->p),
			      db_blob(hash->salt, sizeof(hash->salt)),
			      db_blob(hash->hash, sizeof(hash->hash)), db_integer(now),
			      db_integer(now + SECOND_FACTOR_GRACE)));
}

int user_add(struct db *db, struct str name, enum role role, struct str password, bool must_change,
	     int64_t now, struct err *ret_err)
{
	struct password_hash hash;
	struct db_tx *tx;
	int r = check_name(name, ret_err);

	if (r == 0)
		r = password_check_policy(password, name, ret_err);
	if (r < 0)
		return r;
	password_make(password, &hash);
	r = db_begin(db, DB_WRITE, &tx);
	if (r == 0)
		r = db_end(tx, insert_user(tx, name, role, &hash, must_change, now));
	return r < 0 ? explain(r, name, ret_err) : 0;
}

/* Looks and adds in one transaction, so that two processes started at once make one account. */
static int add_where_empty(struct db_tx *tx, const struct password_hash *hash, int64_t now)
{
	int64_t count = 0;
	int r = db_get_integer(tx, "SELECT count(*) FROM users", DB_NONE, &count);

	if (r < 0 || count)
		return r < 0 ? r : 0;
	r = insert_user(tx, FIRST_USER, ROLE_SYSTEM_ADMINISTRATOR, hash, true, now);
	return r < 0 ? r : 1;
}

int user_add_first(struct db *db, int64_t now, char ret_password[PASSWORD_GENERATED_SIZE],
		   struct err *ret_err)
{
	char password[PASSWORD_GENERATED_SIZE];
	struct password_hash hash;
	struct db_tx *tx;
	int r;

	password_generate(password);
	password_make(str_from(password), &hash);
	r = db_begin(db, DB_WRITE, &tx);
	if (r == 0)
		r = db_end(tx, add_where_empty(tx, &hash, now));
	if (r < 0)
		return explain(r, FIRST_USER, ret_err);
	if (r > 0)
		memcpy(ret_password, password, sizeof(password));
	return r;
}

void user_read(struct db_rows *rows, int at, struct user *ret_user)
{
	struct str name = db_column_text(rows, at + 1);

	*ret_user = (struct user){
		.id = db_column_integer(rows, at),
		.role = (enum role)db_column_integer(rows, at + 2),
		.disabled = db_column_integer(rows, at + 3) != 0,
		.must_change_password = db_column_integer(rows, at + 4) != 0,
		.created = db_column_integer(rows, at + 5),
		.password_changed = db_column_integer(rows, at + 6),
		.last_login = db_column_integer(rows, at + 7),
		.unit = db_column_integer(rows, at + 8),
		.factor_due = db_column_integer(rows, at + 9),
		.version = db_column_integer(rows, at + 10),
		.factor_since = db_column_integer(rows, at + 11),
	};
	memcpy(ret_user->name, name.ptr, name.len < USER_NAME_MAX ? name.len : USER_NAME_MAX);
}

int user_list(struct db *db, int (*visit)(void *context, const struct user *user), void *context)
{
	struct db_rows *rows;
	struct db_tx *tx;
	struct user user;
	int r = db_begin(db, DB_READ, &tx), stop = 0;

	if (r < 0)
		return r;
	rows = db_query(tx, "SELECT " USER_COLUMNS " FROM users ORDER BY name", DB_NONE);
	while (stop == 0 && (r = db_next(rows)) > 0) {
		user_read(rows, 0, &user);
		stop = visit(context, &user);
	}
	r = db_end(tx, r < 0 ? r : 0);
	return r < 0 ? r : stop;
}

static int find_id(struct db_tx *tx, struct str name, int64_t *ret_id)
{
	int r = db_get_integer(tx, "SELECT id FROM users WHERE name = ?1", DB_ARGS(db_text(name)), ret_id);

	return r == 0 ? ERR_UNKNOWN : r < 0 ? r : 0;
}

static int replace_password(struct db_tx *tx, struct str name, const struct password_hash *hash,
			    bool must_change, struct str keep, int64_t now)
{
	static const char sql[] =
		"UPDATE users SET scrypt_log_n = ?2, scrypt_r = ?3, scrypt_p = ?4, salt = ?5, hash = ?6,"
		" must_change_password = ?7, password_changed = ?8, version = version + 1 WHERE id = ?1";
	int64_t id;
	int r = find_id(tx, name, &id);

	if (r < 0)
		return r;
	r = db_run(tx, sql,
		   DB_ARGS(db_integer(id), db_integer(hash->log_n), db_integer(hash->r), db_integer(hash->p),
			   db_blob(hash->salt, sizeof(hash->salt)), db_blob(hash->hash, sizeof(hash->hash)),
			   db_integer(must_change), db_integer(now)));
	if (r >= 0 && !keep.len)
		r = db_run(tx, "DELETE FROM tokens WHERE user = ?1", DB_ARGS(db_integer(id)));
	return r < 0 ? r : sessions_end_in(tx, id, keep);
}

int user_set_password(struct db *db, struct str name, struct str password, bool must_change, struct str keep,
		      int64_t now, struct err *ret_err)
{
	struct password_hash hash;
	struct db_tx *tx;
	int r = password_check_policy(password, name, ret_err);

	if (r < 0)
		return r;
	password_make(password, &hash);
	r = db_begin(db, DB_WRITE, &tx);
	if (r == 0)
		r = db_end(tx, replace_password(tx, name, &hash, must_change, keep, now));
	return r < 0 ? explain(r, name, ret_err) : 0;
}

/* The account with the change in it; what may not be is refused. */
static int apply_change(struct user *user, const struct user_change *change, struct err *ret_err)
{
	enum role old = user->role;

	if (change->version && change->version != user->version)
		return ERR_BUSY;
	if (change->role)
		user->role = *change->role;
	if (change->disabled)
		user->disabled = *change->disabled;
	if (change->must_change_password)
		user->must_change_password = *change->must_change_password;
	if (user->role != ROLE_UNIT_RESPONSIBLE)
		user->unit = 0;
	if (user->role != old && (user->role == ROLE_AUDIT_ADMINISTRATOR || old == ROLE_AUDIT_ADMINISTRATOR))
		return err_set(
			ret_err, ERR_DENIED, 0, 0,
			"an account never begins or ceases to be an audit administrator's: add another "
			"account and disable %s",
			user->name);
	if (change->unit && *change->unit && user->role != ROLE_UNIT_RESPONSIBLE)
		return err_set(ret_err, ERR_RANGE, 0, 0,
			       "only an account of the role unit_responsible has a unit");
	if (change->unit)
		user->unit = *change->unit;
	return 0;
}

static int write_change(struct db_tx *tx, const struct user *user)
{
	return db_run(tx,
		      "UPDATE users SET role = ?2, disabled = ?3, must_change_password = ?4, unit = ?5,"
		      " version = version + 1 WHERE id = ?1",
		      DB_ARGS(db_integer(user->id), db_integer(user->role), db_integer(user->disabled),
			      db_integer(user->must_change_password), db_integer(user->unit)));
}

/* Somebody must be left who can make accounts. */
static int check_somebody_is_left(struct db_tx *tx, const struct user *before, struct err *ret_err)
{
	static const char sql[] = "SELECT count(*) FROM users WHERE role = ?1 AND NOT disabled";
	int64_t left = 0;
	int r;

	if (before->role != ROLE_SYSTEM_ADMINISTRATOR || before->disabled)
		return 0;
	r = db_get_integer(tx, sql, DB_ARGS(db_integer(ROLE_SYSTEM_ADMINISTRATOR)), &left);
	if (r < 0 || left)
		return r < 0 ? r : 0;
	return err_set(ret_err, ERR_DENIED, 0, 0, "%s is the last system administrator who can sign in",
		       before->name);
}

static int find_in(struct db_tx *tx, struct str name, struct user *ret_user)
{
	struct db_rows *rows =
		db_query(tx, "SELECT " USER_COLUMNS " FROM users WHERE name = ?1", DB_ARGS(db_text(name)));
	int r = db_next(rows);

	if (r > 0)
		user_read(rows, 0, ret_user);
	return r == 0 ? ERR_UNKNOWN : r < 0 ? r : 0;
}

static int change_in(struct db_tx *tx, struct str name, const struct user_change *change, struct err *ret_err)
{
	struct user before, after;
	int r = find_in(tx, name, &before);

	if (r < 0)
		return r;
	after = before;
	r = apply_change(&after, change, ret_err);
	if (r == 0)
		r = write_change(tx, &after);
	if (r >= 0)
		r = check_somebody_is_left(tx, &before, ret_err);
	return r < 0 ? r : sessions_end_in(tx, before.id, (struct str){0});
}

int user_change(struct db *db, struct str name, const struct user_change *change, struct err *ret_err)
{
	struct db_tx *tx;
	int r = db_begin(db, DB_WRITE, &tx);

	if (r == 0)
		r = db_end(tx, change_in(tx, name, change, ret_err));
	return r < 0 ? explain(r, name, ret_err) : 0;
}

int user_set_disabled(struct db *db, struct str name, bool disabled, struct err *ret_err)
{
	return user_change(db, name, &(struct user_change){.disabled = &disabled}, ret_err);
}

int user_find(struct db *db, struct str name, struct user *ret_user)
{
	struct db_tx *tx;
	int r = db_begin(db, DB_READ, &tx);

	return r < 0 ? r : db_end(tx, find_in(tx, name, ret_user));
}

int user_count(struct db *db, enum role role, int64_t *ret_count)
{
	struct db_tx *tx;
	int r = db_begin(db, DB_READ, &tx);

	if (r == 0)
		r = db_end(tx, db_get_integer(tx, "SELECT count(*) FROM users WHERE role = ?1",
					      DB_ARGS(db_integer(role)), ret_count));
	return r < 0 ? r : 0;
}

static int load(struct db *db, struct str name, struct user *ret_user, struct password_hash *ret_hash)
{
	static const char sql[] = "SELECT " USER_COLUMNS ", scrypt_log_n, scrypt_r, scrypt_p, salt, hash"
				  " FROM users WHERE name = ?1";
	struct db_rows *rows;
	struct db_tx *tx;
	struct str salt, hash;
	int r = db_begin(db, DB_READ, &tx);

	if (r < 0)
		return r;
	rows = db_query(tx, sql, DB_ARGS(db_text(name)));
	r = db_next(rows);
	if (r > 0) {
		user_read(rows, 0, ret_user);
		ret_hash->log_n = (uint32_t)db_column_integer(rows, USER_COLUMN_COUNT);
		ret_hash->r = (uint32_t)db_column_integer(rows, USER_COLUMN_COUNT + 1);
		ret_hash->p = (uint32_t)db_column_integer(rows, USER_COLUMN_COUNT + 2);
		salt = db_column_blob(rows, USER_COLUMN_COUNT + 3);
		hash = db_column_blob(rows, USER_COLUMN_COUNT + 4);
		if (salt.len != PASSWORD_SALT_SIZE || hash.len != PASSWORD_HASH_SIZE)
			return db_end(tx, ERR_CORRUPT);
		memcpy(ret_hash->salt, salt.ptr, salt.len);
		memcpy(ret_hash->hash, hash.ptr, hash.len);
	}
	return db_end(tx, r == 0 ? ERR_UNKNOWN : r);
}

int user_check(struct db *db, struct str name, struct str password, struct user *ret_user)
{
	struct password_hash hash;
	struct user user = {0};
	int r = load(db, name, &user, &hash);

	if (r == ERR_UNKNOWN) { /* take the time all the same */
		password_make(password, &hash);
		return ERR_DENIED;
	}
	if (r < 0)
		return r;
	if (!password_matches(password, &hash) || user.disabled)
		return ERR_DENIED;
	*ret_user = user;
	return 0;
}
