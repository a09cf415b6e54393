/* SPDX-License-Identifier: Apache-2.0 */
#include "rectification/centre.h"

/* Times are µs. A step of the escalation is taken once for each moment that it counts from (base), so that a
   new deadline begins anew. Evidence files lie beside the database under their SHA-256. */
static const char first[] =
	"CREATE TABLE rectifications ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT, version INTEGER NOT NULL DEFAULT 1,"
	"  state INTEGER NOT NULL DEFAULT 0,"
	"  year INTEGER NOT NULL DEFAULT 0, serial INTEGER NOT NULL DEFAULT 0,"
	"  number TEXT NOT NULL DEFAULT '',"
	"  incident INTEGER NOT NULL, incident_number TEXT NOT NULL,"
	"  unit INTEGER NOT NULL, unit_name TEXT NOT NULL,"
	"  title TEXT NOT NULL, facts TEXT NOT NULL, requirements TEXT NOT NULL, contact TEXT NOT NULL,"
	"  deadline INTEGER NOT NULL,"
	"  created INTEGER NOT NULL, created_by TEXT NOT NULL,"
	"  sent INTEGER NOT NULL DEFAULT 0,"
	"  confirmed INTEGER NOT NULL DEFAULT 0, confirmed_by TEXT NOT NULL DEFAULT '',"
	"  reported INTEGER NOT NULL DEFAULT 0, reported_by TEXT NOT NULL DEFAULT '',"
	"  closed INTEGER NOT NULL DEFAULT 0,"
	"  cause TEXT NOT NULL DEFAULT '', measures TEXT NOT NULL DEFAULT '',"
	"  result TEXT NOT NULL DEFAULT '', saved INTEGER NOT NULL DEFAULT 0,"
	"  answer TEXT NOT NULL DEFAULT '', answered_by TEXT NOT NULL DEFAULT '',"
	"  extension INTEGER NOT NULL DEFAULT 0, extension_until INTEGER NOT NULL DEFAULT 0,"
	"  extension_reason TEXT NOT NULL DEFAULT '', extension_answer TEXT NOT NULL DEFAULT ''"
	") STRICT;"
	"CREATE UNIQUE INDEX rectification_numbers ON rectifications (year, serial) WHERE serial > 0;"
	"CREATE INDEX rectification_incidents ON rectifications (incident);"
	"CREATE INDEX rectification_open ON rectifications (state, id) WHERE state IN (1, 2, 4);"
	"CREATE TABLE rectification_people ("
	"  rectification INTEGER NOT NULL, person INTEGER NOT NULL,"
	"  name TEXT NOT NULL, phone TEXT NOT NULL, mail TEXT NOT NULL, unit_name TEXT NOT NULL,"
	"  duty INTEGER NOT NULL, distance INTEGER NOT NULL, told INTEGER NOT NULL,"
	"  PRIMARY KEY (rectification, person)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE rectification_links ("
	"  hash BLOB PRIMARY KEY,"
	"  rectification INTEGER NOT NULL, person INTEGER NOT NULL,"
	"  created INTEGER NOT NULL, expires INTEGER NOT NULL, revoked INTEGER NOT NULL DEFAULT 0,"
	"  used INTEGER NOT NULL DEFAULT 0,"
	"  hour INTEGER NOT NULL DEFAULT 0, changes INTEGER NOT NULL DEFAULT 0"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX rectification_links_of ON rectification_links (rectification, person, created);"
	"CREATE TABLE rectification_history ("
	"  id INTEGER PRIMARY KEY, rectification INTEGER NOT NULL, time INTEGER NOT NULL,"
	"  action INTEGER NOT NULL, by_name TEXT NOT NULL, of_unit INTEGER NOT NULL, text TEXT NOT NULL"
	") STRICT;"
	"CREATE INDEX rectification_history_of ON rectification_history (rectification, id);"
	"CREATE TABLE rectification_steps ("
	"  rectification INTEGER NOT NULL, step TEXT NOT NULL, base INTEGER NOT NULL,"
	"  time INTEGER NOT NULL, taken INTEGER NOT NULL,"
	"  PRIMARY KEY (rectification, step, base)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE rectification_files ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT, rectification INTEGER NOT NULL,"
	"  name TEXT NOT NULL, type TEXT NOT NULL, size INTEGER NOT NULL, sha256 BLOB NOT NULL,"
	"  added INTEGER NOT NULL, by_name TEXT NOT NULL, removed INTEGER NOT NULL DEFAULT 0"
	") STRICT;"
	"CREATE INDEX rectification_files_of ON rectification_files (rectification, id);";

/* Deadlines, as cases/ keeps those of everybody, while the unit is to act: sent, confirmed, returned. */
static const char deadlines[] =
	"INSERT INTO incident_deadlines SELECT 'rectification', id, incident, deadline FROM rectifications"
	" WHERE state IN (1, 2, 4);"
	"CREATE TRIGGER rectifications_changed AFTER UPDATE OF incident, state, deadline ON rectifications "
	"BEGIN"
	" DELETE FROM incident_deadlines WHERE kind = 'rectification' AND id = new.id;"
	" INSERT INTO incident_deadlines SELECT 'rectification', new.id, new.incident, new.deadline"
	" WHERE new.state IN (1, 2, 4); END;";

static const char *const steps[] = {first, deadlines};

const struct db_schema rectification_schema = {"rectification", steps, sizeof(steps) / sizeof(steps[0])};
