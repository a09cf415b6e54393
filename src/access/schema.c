/* SPDX-License-Identifier: Apache-2.0 */
#include "access/user.h"

/* Times are µs since 1970 UTC. Names compare without regard to case, so that Admin cannot pose as admin. */
static const char accounts[] =
	"CREATE TABLE users ("
	"  id INTEGER PRIMARY KEY,"
	"  name TEXT NOT NULL UNIQUE COLLATE NOCASE,"
	"  role INTEGER NOT NULL CHECK (role IN (1, 2, 4, 8)),"
	"  disabled INTEGER NOT NULL DEFAULT 0,"
	"  must_change_password INTEGER NOT NULL DEFAULT 0,"
	"  scrypt_log_n INTEGER NOT NULL, scrypt_r INTEGER NOT NULL, scrypt_p INTEGER NOT NULL,"
	"  salt BLOB NOT NULL, hash BLOB NOT NULL,"
	"  created INTEGER NOT NULL, password_changed INTEGER NOT NULL,"
	"  last_login INTEGER NOT NULL DEFAULT 0"
	") STRICT;"
	/* The token itself is only in the browser: who reads this table cannot sign in with it. */
	"CREATE TABLE sessions ("
	"  token_hash BLOB PRIMARY KEY,"
	"  user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
	"  created INTEGER NOT NULL, last_seen INTEGER NOT NULL,"
	"  address TEXT NOT NULL"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX sessions_by_user ON sessions (user);";

/* Roles of the three administrators, a unit, versions, the second factor, tokens. The numbers of the roles
   there were stay: administrator is system_administrator now, auditor audit_administrator, viewer reader. Who
   is signed in signs in again. The time until which a second factor must be set up is counted from now on. */
static const char roles[] =
	"DROP TABLE sessions;"
	"CREATE TABLE users_new ("
	"  id INTEGER PRIMARY KEY,"
	"  name TEXT NOT NULL UNIQUE COLLATE NOCASE,"
	"  role INTEGER NOT NULL CHECK (role IN (1, 2, 4, 8, 16, 32, 64)),"
	"  disabled INTEGER NOT NULL DEFAULT 0,"
	"  must_change_password INTEGER NOT NULL DEFAULT 0,"
	"  scrypt_log_n INTEGER NOT NULL, scrypt_r INTEGER NOT NULL, scrypt_p INTEGER NOT NULL,"
	"  salt BLOB NOT NULL, hash BLOB NOT NULL,"
	"  created INTEGER NOT NULL, password_changed INTEGER NOT NULL,"
	"  last_login INTEGER NOT NULL DEFAULT 0,"
	"  unit INTEGER NOT NULL DEFAULT 0," /* of people/; 0: none */
	"  factor_due INTEGER NOT NULL," /* from then on nothing is done without, where the role needs one */
	"  version INTEGER NOT NULL DEFAULT 1"
	") STRICT;"
	"INSERT INTO users_new SELECT id, name, role, disabled, must_change_password, scrypt_log_n, scrypt_r,"
	"  scrypt_p, salt, hash, created, password_changed, last_login, 0, (unixepoch() + 14 * 86400) * "
	"1000000, 1"
	"  FROM users;"
	"DROP TABLE users;"
	"ALTER TABLE users_new RENAME TO users;"
	/* The token itself is only in the browser: who reads this table cannot sign in with it. */
	"CREATE TABLE sessions ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  token_hash BLOB NOT NULL UNIQUE,"
	"  user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
	"  created INTEGER NOT NULL, last_seen INTEGER NOT NULL,"
	"  address TEXT NOT NULL, agent TEXT NOT NULL"
	") STRICT;"
	"CREATE INDEX sessions_by_user ON sessions (user);"
	/* Between the password and the code. */
	"CREATE TABLE sign_ins ("
	"  token_hash BLOB PRIMARY KEY,"
	"  user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
	"  created INTEGER NOT NULL, address TEXT NOT NULL"
	") STRICT, WITHOUT ROWID;"
	/* Secrets are sealed with a key that is not in this file. step: the newest a code was taken of. */
	"CREATE TABLE second_factors ("
	"  user INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,"
	"  secret BLOB, pending BLOB,"
	"  since INTEGER NOT NULL DEFAULT 0, step INTEGER NOT NULL DEFAULT 0,"
	"  failures INTEGER NOT NULL DEFAULT 0"
	") STRICT;"
	"CREATE TABLE recovery_codes ("
	"  user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
	"  hash BLOB NOT NULL, PRIMARY KEY (user, hash)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE tokens ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
	"  name TEXT NOT NULL, hash BLOB NOT NULL UNIQUE,"
	"  permissions TEXT NOT NULL," /* names with spaces between */
	"  read_only INTEGER NOT NULL,"
	"  created INTEGER NOT NULL, expires INTEGER NOT NULL,"
	"  last_used INTEGER NOT NULL DEFAULT 0, last_address TEXT NOT NULL DEFAULT '',"
	"  UNIQUE (user, name)"
	") STRICT;";

static const char *const steps[] = {accounts, roles};

/* The name under which files know this module from its first version on. */
const struct db_schema access_schema = {"people", steps, sizeof(steps) / sizeof(steps[0])};
