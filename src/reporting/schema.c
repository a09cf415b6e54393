/* SPDX-License-Identifier: Apache-2.0 */
#include "reporting/reporting.h"

/*
 * reporting_incidents: how each incident stood when its duties were last made. facts: what they depend on, as
 * text, to see whether it changed. settled: it is not open any more, and was seen so. reporting_duties:
 * limit_unit, since, stage, state as numbered in the headers. steps: "25:3 10:7 0:15", the warnings as they
 * were when it was made; step: how many of them are behind; again: after the last. next: when the next is
 * due, 0: none.
 */
static const char *const steps[] = {
	"CREATE TABLE reporting_incidents ("
	"  incident INTEGER PRIMARY KEY, version INTEGER NOT NULL, facts TEXT NOT NULL,"
	"  level INTEGER NOT NULL, known INTEGER NOT NULL, handled INTEGER NOT NULL, settled INTEGER NOT NULL"
	") STRICT;"
	"CREATE INDEX reporting_incidents_open ON reporting_incidents (incident) WHERE settled = 0;"
	"CREATE TABLE reporting_duties ("
	"  id INTEGER PRIMARY KEY, incident INTEGER NOT NULL, rule TEXT NOT NULL,"
	"  version INTEGER NOT NULL DEFAULT 1, stage INTEGER NOT NULL, state INTEGER NOT NULL,"
	"  recipient TEXT NOT NULL, source TEXT NOT NULL, clause TEXT NOT NULL, note TEXT NOT NULL,"
	"  tables TEXT NOT NULL, general INTEGER NOT NULL, proposed INTEGER NOT NULL,"
	"  assumed INTEGER NOT NULL DEFAULT 0, limit_amount INTEGER NOT NULL, limit_unit INTEGER NOT NULL,"
	"  since INTEGER NOT NULL, made INTEGER NOT NULL, start INTEGER NOT NULL DEFAULT 0,"
	"  due INTEGER NOT NULL DEFAULT 0, submitted INTEGER NOT NULL DEFAULT 0,"
	"  waived INTEGER NOT NULL DEFAULT 0, waived_by TEXT NOT NULL DEFAULT '',"
	"  reason TEXT NOT NULL DEFAULT '', steps TEXT NOT NULL, again INTEGER NOT NULL,"
	"  again_most INTEGER NOT NULL, step INTEGER NOT NULL DEFAULT 0, next INTEGER NOT NULL DEFAULT 0,"
	"  UNIQUE (incident, rule)"
	") STRICT;"
	"CREATE INDEX reporting_duties_due ON reporting_duties (due) WHERE state = 1;"
	"CREATE INDEX reporting_duties_next ON reporting_duties (next) WHERE state = 1 AND next > 0;"
	"CREATE TABLE reporting_submissions ("
	"  id INTEGER PRIMARY KEY, duty INTEGER NOT NULL REFERENCES reporting_duties (id),"
	"  submitted INTEGER NOT NULL, recorded INTEGER NOT NULL, by_user TEXT NOT NULL,"
	"  channel TEXT NOT NULL, receipt TEXT NOT NULL, sha256 TEXT NOT NULL, file_name TEXT NOT NULL,"
	"  note TEXT NOT NULL"
	") STRICT;"
	"CREATE INDEX reporting_submissions_by_duty ON reporting_submissions (duty);",
	/* Deadlines, as cases/ keeps those of everybody. 1: pending. */
	"INSERT INTO incident_deadlines SELECT 'report', id, incident, due FROM reporting_duties WHERE state "
	"= 1;"
	"CREATE TRIGGER reporting_duties_added AFTER INSERT ON reporting_duties WHEN new.state = 1"
	" BEGIN INSERT INTO incident_deadlines VALUES ('report', new.id, new.incident, new.due); END;"
	"CREATE TRIGGER reporting_duties_changed AFTER UPDATE OF incident, state, due ON reporting_duties "
	"BEGIN"
	" DELETE FROM incident_deadlines WHERE kind = 'report' AND id = new.id;"
	" INSERT INTO incident_deadlines SELECT 'report', new.id, new.incident, new.due"
	" WHERE new.state = 1; END;",
};

const struct db_schema reporting_schema = {"reporting", steps, sizeof(steps) / sizeof(steps[0])};
