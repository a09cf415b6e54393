/* SPDX-License-Identifier: Apache-2.0 */
#include "people/register.h"

/*
 * Times are µs since 1970 UTC; 9223372036854775807 is "not yet" and "no end". Kinds and words: the numbers of
 * register.h, unit.h, owner.h, asset.h and identifier.h.
 *
 * A thing (unit, person, duty, asset) has a number and a version, that is all. What is said of it lies in
 * register_rows: from valid_from until valid_to it was as content says, as known from recorded until
 * superseded. Contents never change; rows get superseded once. change is the statement that first said it; a
 * row that a later statement cut in two keeps it.
 */
static const char tables[] =
	"CREATE TABLE register_things ("
	"  id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, version INTEGER NOT NULL"
	") STRICT;"
	"CREATE TABLE register_changes ("
	"  number INTEGER PRIMARY KEY,"
	"  thing INTEGER NOT NULL REFERENCES register_things (id), version INTEGER NOT NULL,"
	"  action INTEGER NOT NULL, at INTEGER NOT NULL, by_user TEXT NOT NULL, reason TEXT NOT NULL,"
	"  valid_from INTEGER NOT NULL, valid_to INTEGER NOT NULL,"
	"  past INTEGER NOT NULL" /* a correction: valid_from is before at */
	") STRICT;"
	"CREATE INDEX register_changes_by_thing ON register_changes (thing, number);"
	"CREATE INDEX register_changes_by_time ON register_changes (at);"
	"CREATE TABLE register_rows ("
	"  row INTEGER PRIMARY KEY,"
	"  thing INTEGER NOT NULL REFERENCES register_things (id),"
	"  kind INTEGER NOT NULL, content INTEGER NOT NULL,"
	"  valid_from INTEGER NOT NULL, valid_to INTEGER NOT NULL CHECK (valid_from < valid_to),"
	"  recorded INTEGER NOT NULL, superseded INTEGER NOT NULL DEFAULT 9223372036854775807,"
	"  change INTEGER NOT NULL REFERENCES register_changes (number)"
	") STRICT;"
	"CREATE INDEX register_rows_by_thing ON register_rows (thing, superseded, valid_from);"
	"CREATE INDEX register_rows_by_content ON register_rows (kind, content);"
	"CREATE INDEX register_rows_now ON register_rows (kind, thing)"
	" WHERE superseded = 9223372036854775807;"
	"CREATE TABLE register_units ("
	"  content INTEGER PRIMARY KEY,"
	"  code TEXT NOT NULL, name TEXT NOT NULL, kind INTEGER NOT NULL, parent INTEGER NOT NULL,"
	"  note TEXT NOT NULL"
	") STRICT;"
	"CREATE INDEX register_units_by_parent ON register_units (parent);"
	"CREATE INDEX register_units_by_code ON register_units (code);"
	"CREATE INDEX register_units_by_name ON register_units (name);"
	"CREATE TABLE register_persons ("
	"  content INTEGER PRIMARY KEY,"
	"  name TEXT NOT NULL, number TEXT NOT NULL, phone TEXT NOT NULL, mail TEXT NOT NULL,"
	"  unit INTEGER NOT NULL, note TEXT NOT NULL"
	") STRICT;"
	"CREATE INDEX register_persons_by_number ON register_persons (number);"
	"CREATE INDEX register_persons_by_name ON register_persons (name);"
	"CREATE INDEX register_persons_by_mail ON register_persons (mail COLLATE NOCASE);"
	"CREATE INDEX register_persons_by_unit ON register_persons (unit);"
	"CREATE TABLE register_duties ("
	"  content INTEGER PRIMARY KEY,"
	"  person INTEGER NOT NULL, unit INTEGER NOT NULL, asset INTEGER NOT NULL, duty INTEGER NOT NULL"
	") STRICT;"
	"CREATE INDEX register_duties_by_person ON register_duties (person);"
	"CREATE INDEX register_duties_by_unit ON register_duties (unit, duty);"
	"CREATE INDEX register_duties_by_asset ON register_duties (asset, duty);"
	"CREATE TABLE register_assets ("
	"  content INTEGER PRIMARY KEY,"
	"  name TEXT NOT NULL, kind INTEGER NOT NULL, identifiers TEXT NOT NULL, unit INTEGER NOT NULL,"
	"  purpose TEXT NOT NULL, exposure INTEGER NOT NULL, mlps_level INTEGER NOT NULL,"
	"  mlps_number TEXT NOT NULL, criticality INTEGER NOT NULL, life INTEGER NOT NULL,"
	"  note TEXT NOT NULL"
	") STRICT;"
	"CREATE INDEX register_assets_by_unit ON register_assets (unit);";

/*
 * Indexes of register_assets.identifiers, for people/owner_find.c. Ranges overlap and nest, and SQLite has no
 * index of intervals of 16 bytes; so a range is kept as the networks it is made of, and an address is looked
 * for as each network that holds it: as many searches as there are lengths of prefixes in use
 * (register_prefixes), at most 129. width is last - first of the whole range, so that the narrowest wins.
 * superseded is the latest of the content's rows: what nobody says any more is not even looked at.
 */
static const char lookups[] =
	"CREATE TABLE register_networks ("
	"  bits INTEGER NOT NULL, prefix BLOB NOT NULL, superseded INTEGER NOT NULL,"
	"  content INTEGER NOT NULL, width BLOB NOT NULL,"
	"  PRIMARY KEY (bits, prefix, superseded, content, width)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX register_networks_by_content ON register_networks (content);"
	"CREATE TABLE register_prefixes (bits INTEGER PRIMARY KEY) STRICT;"
	"CREATE TABLE register_names ("
	"  kind INTEGER NOT NULL, text TEXT NOT NULL, superseded INTEGER NOT NULL, content INTEGER NOT NULL,"
	"  PRIMARY KEY (kind, text, superseded, content)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX register_names_by_content ON register_names (content);";

/* people/ignored.h. ends: until, or when it was taken back before. */
static const char ignored[] =
	"CREATE TABLE register_ignored ("
	"  number INTEGER PRIMARY KEY, kind INTEGER NOT NULL, value TEXT NOT NULL,"
	"  said INTEGER NOT NULL, until INTEGER NOT NULL, ends INTEGER NOT NULL,"
	"  by_user TEXT NOT NULL, reason TEXT NOT NULL"
	") STRICT;"
	"CREATE INDEX register_ignored_by_value ON register_ignored (kind, value, ends);";

static const char *const steps[] = {tables, lookups, ignored};

const struct db_schema register_schema = {"register", steps, sizeof(steps) / sizeof(steps[0])};
