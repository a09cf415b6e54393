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

static const char *const steps[] = {accounts};

/* The name under which files know this module from its first version on. */
const struct db_schema access_schema = {"people", steps, sizeof(steps) / sizeof(steps[0])};
