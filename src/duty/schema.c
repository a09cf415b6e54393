/* SPDX-License-Identifier: Apache-2.0 */
#include "duty/shift.h"

/* Times are µs since 1970 UTC; place, kind and state the numbers of the headers. */
static const char roster[] =
	"CREATE TABLE duty_shifts ("
	"  id INTEGER PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1,"
	"  place INTEGER NOT NULL, starts INTEGER NOT NULL, ends INTEGER NOT NULL CHECK (ends > starts),"
	"  person INTEGER NOT NULL, user TEXT NOT NULL,"
	"  name TEXT NOT NULL, phone TEXT NOT NULL, mail TEXT NOT NULL, note TEXT NOT NULL"
	") STRICT;"
	/* A shift lasts a week at most, so what touches a moment began in the week before it. */
	"CREATE INDEX duty_shifts_by_time ON duty_shifts (starts, place);"
	"CREATE TABLE duty_swaps ("
	"  id INTEGER PRIMARY KEY, time INTEGER NOT NULL, decided INTEGER NOT NULL DEFAULT 0,"
	"  state INTEGER NOT NULL DEFAULT 0,"
	"  shift INTEGER NOT NULL, shift_version INTEGER NOT NULL,"
	"  against INTEGER NOT NULL, against_version INTEGER NOT NULL,"
	"  person INTEGER NOT NULL, user TEXT NOT NULL,"
	"  name TEXT NOT NULL, phone TEXT NOT NULL, mail TEXT NOT NULL,"
	"  by_user TEXT NOT NULL, reason TEXT NOT NULL"
	") STRICT;"
	"CREATE TABLE duty_log ("
	"  id INTEGER PRIMARY KEY, time INTEGER NOT NULL, kind INTEGER NOT NULL,"
	"  by_user TEXT NOT NULL, text TEXT NOT NULL, about INTEGER NOT NULL"
	") STRICT;"
	"CREATE INDEX duty_log_by_time ON duty_log (time);"
	"CREATE TABLE duty_handovers ("
	"  id INTEGER PRIMARY KEY, time INTEGER NOT NULL, by_user TEXT NOT NULL, note TEXT NOT NULL,"
	"  taken INTEGER NOT NULL DEFAULT 0, taken_by TEXT NOT NULL DEFAULT ''"
	") STRICT;"
	"CREATE TABLE duty_periods ("
	"  id INTEGER PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1, kind INTEGER NOT NULL,"
	"  starts INTEGER NOT NULL, ends INTEGER NOT NULL CHECK (ends > starts),"
	"  name TEXT NOT NULL, requirements TEXT NOT NULL, report_every INTEGER NOT NULL"
	") STRICT;"
	/* Who was told of an incident that nobody took up: after so many minutes, in that place. */
	"CREATE TABLE duty_escalations ("
	"  incident INTEGER NOT NULL, after INTEGER NOT NULL, place INTEGER NOT NULL,"
	"  time INTEGER NOT NULL, told TEXT NOT NULL,"
	"  PRIMARY KEY (incident, after, place)"
	") STRICT, WITHOUT ROWID;"
	/* content: JSON, as it was made; sha256: of its bytes. signed, reminded, sent: µs, 0: not yet. */
	"CREATE TABLE duty_reports ("
	"  id INTEGER PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1,"
	"  starts INTEGER NOT NULL, ends INTEGER NOT NULL CHECK (ends > starts), made INTEGER NOT NULL,"
	"  verdict INTEGER NOT NULL, content TEXT NOT NULL, sha256 TEXT NOT NULL,"
	"  signed INTEGER NOT NULL DEFAULT 0, signed_by TEXT NOT NULL DEFAULT '',"
	"  comment TEXT NOT NULL DEFAULT '',"
	"  reminded INTEGER NOT NULL DEFAULT 0, sent INTEGER NOT NULL DEFAULT 0,"
	"  UNIQUE (starts, ends)"
	") STRICT;"
	"CREATE INDEX duty_reports_by_end ON duty_reports (ends);";

static const char *const steps[] = {roster};

const struct db_schema duty_schema = {"duty", steps, sizeof(steps) / sizeof(steps[0])};
